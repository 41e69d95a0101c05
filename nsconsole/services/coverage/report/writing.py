"""The page and its twin as files of the workspace, and the page in a browser."""

import os
import tempfile
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nsconsole.services.coverage.report.page import page
from nsconsole.services.coverage.report.reading import read_report
from nsconsole.services.coverage.report.twin import twin
from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace

_PAGE, _TWIN = "netsuite-coverage.html", "netsuite-coverage.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the page is, and whether a browser took it."""

    path: Path
    shown: bool


def write_report(
    workspace: Workspace, audit_id: int | None = None, *, also: Path | None = None
) -> Path:
    """Write the page of an audit, the last one by default, and its twin; give the page's place.

    A reader finds the old page or the new one, never a part. `also` names another file for the
    page. Raises BadInputError if there is no such audit, or a file cannot be written.
    """
    report = read_report(workspace, audit_id)
    content = page(report).encode()
    folder = workspace.settings.home / "coverage"
    _write(folder / _TWIN, twin(report))
    _write(folder / _PAGE, content)
    if also:
        _write(also, content)
    return folder / _PAGE


def open_report(workspace: Workspace) -> Opened:
    """Open the page of the last audit in the browser, as it stands now.

    A browser that would take over the terminal is not started. Raises as `write_report` does.
    """
    path = write_report(workspace)
    with suppress(webbrowser.Error, OSError):
        browser = webbrowser.get()
        if type(browser) not in (webbrowser.GenericBrowser, webbrowser.Elinks):
            return Opened(path, browser.open(path.absolute().as_uri()))
    return Opened(path, shown=False)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and not path.is_file():  # a pipe, say, which nothing may take the place of
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for us alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
