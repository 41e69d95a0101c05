import shutil
import subprocess

import pytest


def _script(bare, shell):
    result = bare.here("completion", shell)
    assert (result.code, result.err) == (0, "")
    return result.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_script_is_printed_that_knows_the_commands(bare, shell):
    script = _script(bare, shell)
    for word in ("nsconsole", "propose", "decide", "rotate", "--exit-with-stdin"):
        assert word.removeprefix("--") in script, word


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_shell_takes_the_script(bare, shell):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    done = subprocess.run(
        [shell, "-n"], input=_script(bare, shell), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("inb", {"inbox"}),
        ("decide app", {"approve"}),
        ("inbox --status pen", {"pending"}),
        ("operator ro", {"rotate"}),
        ("operator add bob --role v", {"viewer"}),
        ("sandbox --exit", {"--exit-with-stdin"}),
    ],
)
def test_bash_completes_commands_and_choices(bare, typed, offered):
    words = ["nsconsole", *typed.split()]
    quoted = " ".join(f"'{word}'" for word in words)
    ask = f"""
        COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}
        complete -p nsconsole >/dev/null
        _shtab_nsconsole
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "-c", _script(bare, "bash") + ask], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == offered
