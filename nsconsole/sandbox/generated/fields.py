"""The custom fields that ten years of projects and bundles have left on the core's tables."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from nsconsole.sandbox.generated.records import mapping
from nsconsole.sandbox.schema import Access, Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BUNDLES = (
    "gfs", "edi", "celigo", "ava", "rfs", "wms", "shp", "frt", "qc", "ap", "crm", "cpq", "pos",
    "b2b", "mfg", "tax", "bank", "legacy", "sps", "pacejet", "hub",
)  # fmt: skip
"""Who added a field: the company itself, then its connectors and bundles."""

_SUBJECTS = {
    "custbody": """
        order shipment invoice payment freight carton pallet wave pick pack ack label route dock
        customs duty broker inspection return rebate commission promo credit approval budget project
        contract quote buyer warehouse carrier tracking delivery exemption deposit portal import job
        """,
    "custcol": """
        line item lot serial promise commit allocation substitute kit bundle price cost discount
        rebate commission contract blanket release dropship pick pack ack duty project
        """,
    "custentity": """
        account territory route credit terms tax exemption portal edi invoice statement freight
        shipping buyer rebate program contact survey visit score group compliance insurance
        """,
    "custitem": """
        case pallet catalog web image spec cert hazmat origin tariff vendor brand series replacement
        forecast count slot velocity warranty rebate price label barcode safety compliance
        """,
    "custevent": "case task call visit followup survey escalation outcome channel campaign",
}

_ASPECTS: tuple[tuple[str, Kind, str | None], ...] = (
    ("id", Kind.TEXT, None),
    ("number", Kind.TEXT, None),
    ("reference", Kind.TEXT, None),
    ("date", Kind.DATE, None),
    ("updated_on", Kind.DATETIME, None),
    ("status", Kind.INTEGER, "customlist_gfs_sync_status"),
    ("line_status", Kind.INTEGER, "customlist_gfs_line_status"),
    ("priority", Kind.INTEGER, "customlist_gfs_priority"),
    ("region", Kind.INTEGER, "customlist_gfs_region"),
    ("owner", Kind.INTEGER, "employee"),
    ("amount", Kind.DECIMAL, None),
    ("cost", Kind.DECIMAL, None),
    ("pct", Kind.DECIMAL, None),
    ("qty", Kind.DECIMAL, None),
    ("count", Kind.INTEGER, None),
    ("flag", Kind.BOOLEAN, None),
    ("exempt", Kind.BOOLEAN, None),
    ("notes", Kind.MEMO, None),
    ("url", Kind.TEXT, None),
    ("email", Kind.TEXT, None),
    ("code", Kind.TEXT, None),
    ("reason", Kind.TEXT, None),
)
"""What of its subject a field holds: the end of its name, its kind, and what it refers to."""

_COUNTS = {"custbody": 880, "custcol": 170, "custentity": 190, "custitem": 230, "custevent": 30}
_TABLES = {
    "custbody": ("transaction",),
    "custcol": ("transactionline",),
    "custentity": ("customer", "vendor", "employee", "contact"),
    "custitem": ("item",),
    "custevent": ("task", "phonecall", "calendarevent", "supportcase"),
}
"""Which tables a field of each sort may be on; one of an entity or event is on one or more."""

_ODDITIES = {
    "transaction": (
        Column("custbody7", Kind.TEXT, access=Access.REMOVED, label="Old Terms Code"),
        Column("custbody_gfs_paper_file_no", Kind.TEXT, access=Access.REMOVED),
        Column("custbody_gfs_old_route", Kind.INTEGER, target="customrecord_gfs_old_route"),
        Column("custbody_gfs_margin_floor", Kind.DECIMAL, access=Access.NOT_EXPOSED),
        Column("custbody_gfs_revenue_start", Kind.DATE, feature="advancedrevenuemanagement"),
    ),
    "customer": (
        Column("custentity1", Kind.TEXT, access=Access.REMOVED, label="Old Customer Number"),
        Column("custentity_gfs_bureau_notes", Kind.MEMO, access=Access.NO_PERMISSION),
        Column("custentity_gfs_credit_formula", Kind.DECIMAL, access=Access.NOT_EXPOSED),
    ),
    "item": (
        Column("custitem3", Kind.TEXT, access=Access.REMOVED, label="Old Bin"),
        Column("custitem_gfs_landed_formula", Kind.DECIMAL, access=Access.NOT_EXPOSED),
        Column("custitem_gfs_subscription_plan", Kind.TEXT, feature="subscriptionbilling"),
    ),
    "transactionline": (Column("custcol2", Kind.TEXT, access=Access.REMOVED),),
}
"""Fields that are gone, hidden, not for SuiteQL, or refer to a record type that is gone."""

_MULTISELECTS = (
    ("customer", "custentity_gfs_industries", "customlist_gfs_industry"),
    ("vendor", "custentity_gfs_vendor_certs", "customlist_gfs_cert_type"),
    ("item", "custitem_gfs_item_certs", "customlist_gfs_cert_type"),
    ("transaction", "custbody_gfs_edi_documents", "customlist_gfs_edi_document"),
)


@dataclass(frozen=True, slots=True)
class _Field:
    """A custom field and the tables that it is on."""

    column: Column
    tables: tuple[str, ...]


def with_fields(tables: Mapping[str, Table], seed: int) -> Iterator[Table]:
    """Those of `tables` that have custom fields, with them; and their multiselects' mappings."""
    added: dict[str, dict[str, Column]] = {}
    for each in _fields(seed):
        for name in each.tables:
            added.setdefault(name, {})[each.column.name] = each.column
    for name, oddities in _ODDITIES.items():
        added.setdefault(name, {}).update({column.name: column for column in oddities})
    for name, field, target in _MULTISELECTS:
        added.setdefault(name, {})[field] = Column(field, Kind.TEXT)
        yield mapping(name, field, target)
    for name, columns in added.items():
        if name in tables:
            yield tables[name].with_columns({**tables[name].columns, **columns})


def _fields(seed: int) -> Iterator[_Field]:
    rng = Random(f"{seed} custom fields")  # noqa: S311 - believable data, no secret
    for prefix, count in _COUNTS.items():
        subjects = _SUBJECTS[prefix].split()
        choices = range(len(_BUNDLES) * len(subjects) * len(_ASPECTS))
        for number in rng.sample(choices, count):
            rest, aspect = divmod(number, len(_ASPECTS))
            bundle, subject = divmod(rest, len(subjects))
            column = _column(prefix, _BUNDLES[bundle], subjects[subject], _ASPECTS[aspect])
            yield _Field(column, _owners(_TABLES[prefix], rng))


def _column(prefix: str, bundle: str, subject: str, aspect: tuple[str, Kind, str | None]) -> Column:
    end, kind, target = aspect
    return Column(f"{prefix}_{bundle}_{subject}_{end}", kind, target=target)


def _owners(tables: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """Most fields of an entity are for customers; the others for some of the four kinds."""
    if len(tables) == 1 or rng.random() < 0.5:
        return tables[:1]
    return tuple(rng.sample(tables, rng.randint(1, len(tables))))
