"""What the interpreter is told where many threads ask NetSuite and write what it answers."""

import gc
import sys

_NEW_OBJECTS = 20_000  # until garbage is looked for; by then most of an answer is gone by itself
_TURN = 0.0005  # seconds of a thread while others wait, lest an answer wait to be read


def make_room() -> None:
    """Expect thousands of objects at once, and threads that share the interpreter."""
    gc.set_threshold(_NEW_OBJECTS)
    sys.setswitchinterval(_TURN)
