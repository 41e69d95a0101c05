"""The keys at the bottom, drawn anew only when others are offered than before."""

from textual.screen import Screen
from textual.widgets import Footer as LibraryFooter


class Footer(LibraryFooter):
    """The library's footer, which would make all its keys again with each change of the focus."""

    _offered: tuple[object, ...] = ()

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show the keys of `screen`, if they are not shown already."""
        if not (self.is_attached and screen is self.screen and screen.app.app_focus):
            return
        offered = tuple(
            (binding.key, binding.description, enabled)
            for _, binding, enabled, _ in screen.active_bindings.values()
            if binding.show
        )
        if offered != self._offered:
            self._offered = offered
            super().bindings_changed(screen)
