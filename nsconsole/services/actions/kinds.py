"""The registry: one entry a kind of action. To add a kind, add an entry."""

import difflib
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from nsconsole.services.actions.records import (
    CONTACT,
    CUSTOMER,
    ITEM,
    VENDOR,
    VENDOR_BILL,
    Record,
)


class Operation(StrEnum):
    """What is done to a record, in the RESTlet's words."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Risk(IntEnum):
    """How much harm a wrong approval does; the number sorts."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def tier(self) -> str:
        """The tier's word, as it is stored."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of action.

    `record` is None for the generic kinds, which take any. `fields` are the names that a change may
    hold; empty means all of the record. A proposal cannot ask for less risk than `least_risk`.
    """

    name: str
    operation: Operation
    record: Record | None
    fields: tuple[str, ...] = ()
    risk: Risk = Risk.MEDIUM
    least_risk: Risk = Risk.LOW


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("update_vendor_cost", Operation.UPDATE, VENDOR, ("cost",)),
        Kind("update_vendor_terms", Operation.UPDATE, VENDOR, ("terms",)),
        Kind(
            "update_vendor_contact",
            Operation.UPDATE,
            VENDOR,
            ("email", "phone", "comments"),
            risk=Risk.LOW,
        ),
        Kind("update_customer_terms", Operation.UPDATE, CUSTOMER, ("terms",)),
        Kind(
            "update_customer_credit_limit",
            Operation.UPDATE,
            CUSTOMER,
            ("credit_limit",),
            risk=Risk.HIGH,
        ),
        Kind(
            "update_customer_contact",
            Operation.UPDATE,
            CUSTOMER,
            ("email", "phone", "comments"),
            risk=Risk.LOW,
        ),
        Kind("update_item_price", Operation.UPDATE, ITEM, ("price",)),
        Kind("update_item_cost", Operation.UPDATE, ITEM, ("cost",)),
        Kind(
            "update_item_reorder_point",
            Operation.UPDATE,
            ITEM,
            ("reorder_point", "preferred_stock", "lead_time"),
            risk=Risk.LOW,
        ),
        Kind("update_contact", Operation.UPDATE, CONTACT, risk=Risk.LOW),
        Kind("create_vendor_bill", Operation.CREATE, VENDOR_BILL, risk=Risk.HIGH),
        Kind("create_record", Operation.CREATE, None, risk=Risk.HIGH),
        Kind("update_record", Operation.UPDATE, None, risk=Risk.MEDIUM),
        Kind("delete_record", Operation.DELETE, None, risk=Risk.HIGH, least_risk=Risk.HIGH),
    )
}


APPLY_PHASE = "apply_phase"
"""The action that changes the mirror and not NetSuite: a plan stages it, and it makes no push."""


def nearest(name: str) -> str | None:
    """Give the known kind whose name is most like `name`, if any is."""
    near = difflib.get_close_matches(name, KINDS, n=1)
    return near[0] if near else None
