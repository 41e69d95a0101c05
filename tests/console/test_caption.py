"""Texts around the lists: they cost nothing while they stay, and little when they change."""

import pytest
from textual.app import App

from nsconsole.console.caption import Caption, Notice


class Watched(Caption):
    """A caption that counts how often it is drawn anew, and how often the screen with it."""

    drawn = laid_out = 0

    def refresh(self, *regions, layout=False, **named):
        self.drawn += 1
        self.laid_out += layout
        return super().refresh(*regions, layout=layout, **named)


class Shown(App):
    """Shows captions one below the other."""

    CSS = "#of-one-line { height: 1; }"

    def __init__(self, *captions):
        super().__init__()
        self._captions = captions

    def compose(self):
        yield from self._captions


@pytest.mark.parametrize(("place", "laid_out"), [("of-one-line", 0), ("of-any-height", 1)])
async def test_a_caption_lays_out_the_screen_only_if_its_height_goes_by_its_text(place, laid_out):
    caption = Watched("before", id=place)
    async with Shown(caption).run_test():
        caption.drawn = caption.laid_out = 0
        caption.say("after")
        assert (caption.drawn, caption.laid_out) == (1, laid_out)
        assert caption.render().plain == "after"


async def test_what_is_said_again_is_not_drawn_again():
    caption = Watched("the same", id="of-any-height")
    async with Shown(caption).run_test():
        caption.drawn = 0
        caption.say("the same")
        assert caption.drawn == 0


async def test_markup_in_a_caption_is_shown_literally():
    caption = Caption("[red]first[/]", id="of-any-height")
    async with Shown(caption).run_test():
        assert caption.render().plain == "[red]first[/]"
        caption.say("[@click=app.quit]second[/]")
        assert caption.render().plain == "[@click=app.quit]second[/]"


async def test_a_notice_takes_no_room_while_there_is_nothing_to_say():
    notice, below = Notice(id="notice"), Caption("below", id="of-one-line")
    async with Shown(notice, below).run_test() as pilot:
        for said, rows in (("two\nlines", 2), ("", 0), ("one line", 1)):
            notice.say(said)
            await pilot.pause()
            assert below.region.y == rows


async def test_trouble_comes_before_anything_else_and_looks_like_it():
    notice = Notice(id="notice")
    async with Shown(notice).run_test():
        notice.warn("NetSuite cannot be reached.", "Three columns are new.")
        assert notice.render().plain == "NetSuite cannot be reached."
        assert notice.has_class("-trouble")
        notice.warn("", "Three columns are new.")
        assert notice.render().plain == "Three columns are new."
        assert not notice.has_class("-trouble")
