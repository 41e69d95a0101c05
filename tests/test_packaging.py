"""The wheel carries all that a program needs, wherever it is installed and run from."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl")
    return made


def test_styles_and_migrations_travel_inside_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("styles", "migrations"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix != ".pyc":
                assert f"nsconsole/_data/{path.relative_to(ROOT)}" in names
    assert not [name for name in names if name.startswith("tests")]


def test_an_installed_wheel_runs_from_another_folder(wheel, tmp_path):
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": folder, "platbase": folder}))
    zipfile.ZipFile(wheel).extractall(site)
    # Its dependencies are those of this environment; a checkout on the path would hide a mistake.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    environ = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    code = """
import nsconsole
from nsconsole.__main__ import main
assert "venv" in nsconsole.__file__, nsconsole.__file__
assert main(["--home", "home", "init", "--json", "--operator", "mike"]) == 0
from nsconsole.console.app import NsConsole
assert all(path.exists() for path in NsConsole.CSS_PATH), NsConsole.CSS_PATH
"""
    done = subprocess.run(
        [folder / "bin" / "python", "-c", code],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "home" / "nsconsole.db").exists()
