"""Script governance: what the calls of SuiteScript cost, and when the script is stopped.

Units: Oracle, "SuiteScript 2.x API Governance"; limits: "RESTlet Governance".
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import script_error

if TYPE_CHECKING:
    from nsconsole.sandbox.behaviour import Behaviour

SECONDS = 300
"""How long one call of the script may run."""
QUERY = 10
"""What a SuiteQL query costs."""
REMEMBERING = 4
"""What it costs to save the custom record that remembers a request id."""


class Weight(Enum):
    """What record.load and record.create cost, and record.save and record.delete."""

    TRANSACTION = (10, 20)
    CUSTOM = (2, 4)
    OTHER = (5, 10)

    @property
    def loading(self) -> int:
        """The units of loading a record, or of making an empty one."""
        return self.value[0]

    @property
    def saving(self) -> int:
        """The units of saving or deleting a record."""
        return self.value[1]


class Meter:
    """The units and the sandbox's seconds that one call of the script has used.

    Whatever was saved before the script is stopped stays saved, and the caller is told of none.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self._units = behaviour.usage_units
        self._seconds_each = behaviour.operation_seconds
        self.elapsed = timedelta()

    def spend(self, units: int) -> None:
        """Use `units`.

        Raises:
            Refusal: there are not so many left.
        """
        self._units -= units
        if self._units < 0:
            raise script_error("SSS_USAGE_LIMIT_EXCEEDED", "Script Execution Usage Limit Exceeded")

    def begin_operation(self) -> None:
        """Let the time of one operation pass.

        Raises:
            Refusal: it is over the script's limit.
        """
        self.elapsed += timedelta(seconds=self._seconds_each)
        if self.elapsed > timedelta(seconds=SECONDS):
            raise script_error("SSS_TIME_LIMIT_EXCEEDED", "Script Execution Time Exceeded.")
