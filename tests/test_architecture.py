"""The house stands as it is drawn: arrows point down, and a start imports only what it needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {
    "alembic",
    "apscheduler",
    "cryptography",
    "httpx",
    "jinja2",
    "jwt",
    "keyring",
    "oauthlib",
    "requests",
    "sqlalchemy",
    "sqlglot",
    "starlette",
    "textual",
    "uvicorn",
}


def loaded_after(code):
    """The heavy packages that a fresh interpreter has loaded after some code."""
    report = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=True
    )
    return HEAVY & set(done.stdout.split("\n")[-2].split())


def test_every_arrow_points_down():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_first_frame_loads_textual_and_nothing_else_that_is_heavy():
    assert loaded_after("import nsconsole.__main__, nsconsole.launch, nsconsole.console.app") == {
        "textual"
    }


def test_the_first_rows_are_read_without_the_database_layer():
    assert loaded_after("import nsconsole.services.lines") == set()


@pytest.mark.parametrize("flag", ["--version", "--help", "propose --help"])
def test_help_and_version_load_nothing_heavy(flag):
    code = f"""
from nsconsole.__main__ import main
try:
    main({flag.split()!r})
except SystemExit:
    pass
"""
    assert loaded_after(code) == set()


def test_an_open_workspace_that_needs_no_migration_loads_no_alembic_and_no_http(tmp_path):
    code = f"""
from pathlib import Path
from nsconsole.settings import load_settings
from nsconsole.services.workspace import open_workspace
open_workspace(load_settings({{}}, home=Path({str(tmp_path)!r}))).close()
"""
    assert "alembic" in loaded_after(code)  # the first time it is made
    assert loaded_after(code) == {"sqlalchemy"}


def test_no_package_is_required_that_nothing_uses():
    imported = {"requests-oauthlib": "requests_oauthlib", "pyjwt": "jwt", "tzdata": "zoneinfo"}
    sources = "\n".join(path.read_text() for path in (ROOT / "nsconsole").rglob("*.py"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [line.split("=")[0].split(">")[0].strip() for line in project["dependencies"]]
    unused = [
        name
        for name in names
        if f"import {imported.get(name, name)}" not in sources
        and f"from {imported.get(name, name)}" not in sources
    ]
    assert unused == []
    assert all("<" in line or "==" in line for line in project["dependencies"])


def test_the_styles_name_no_colour_of_their_own():
    for path in (ROOT / "styles").glob("*.tcss"):
        text = path.read_text()
        assert "#" not in "".join(
            line.split(":", 1)[1] for line in text.splitlines() if ":" in line and ";" in line
        ), path
