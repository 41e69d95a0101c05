"""The account's custom lists, with their values."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_COLUMNS = """
    id integer*, recordid integer*, name text, scriptid text*, isinactive boolean, externalid text,
    abbreviation text, created datetime*, lastmodified datetime*, lastmodifiedby ->employee*,
    owner ->employee*
"""

_LISTS = """
gfs_approval_status: Draft, Submitted, In Review, Approved, Rejected, Withdrawn
gfs_source_system: NetSuite, Legacy AS/400, SPS EDI, Celigo, Web Store, Spreadsheet Import
gfs_sync_status: Pending, In Progress, Synchronized, Failed, Ignored
gfs_region: Northeast, Southeast, Midwest, Southwest, West, Canada, Mexico
gfs_priority: Low, Normal, High, Critical
gfs_grade: A, B, C, D
gfs_carrier: FedEx Ground, FedEx Freight, UPS Ground, Old Dominion, Saia LTL, XPO, Will Call
gfs_inspection_result: Pass, Pass with Deviation, Fail, Hold
gfs_disposition: Use As Is, Rework, Return to Vendor, Scrap
gfs_rebate_basis: Purchase Volume, Sales Volume, Growth over Prior Year, Fixed Amount
gfs_rebate_period: Monthly, Quarterly, Semiannual, Annual
gfs_claim_status: Open, Submitted to Vendor, Paid, Short Paid, Denied
gfs_freight_terms: Prepaid, Prepaid and Add, Collect, Third Party
gfs_packaging_type: Box, Carton, Pallet, Drum, Crate, Bundle
gfs_hazmat_class: None, 2.1 Flammable Gas, 3 Flammable Liquid, 8 Corrosive, 9 Miscellaneous
gfs_account_tier: Platinum, Gold, Silver, Bronze
gfs_industry: Manufacturing, Construction, Oil and Gas, Food Processing, Municipal, Utilities, HVAC
gfs_visit_type: Introduction, Follow-up, Line Review, Training, Complaint
gfs_complaint_type: Late Delivery, Damage, Wrong Item, Short Shipment, Quality, Pricing
gfs_rma_reason: Defective, Ordered in Error, Wrong Item Shipped, Damaged in Transit, Overstock
gfs_count_type: Cycle, Full Physical, Spot, Recount
gfs_bin_zone: Bulk, Pick Face, Mezzanine, Yard, Quarantine
gfs_calibration_type: Internal, Vendor, NIST Traceable
gfs_cert_type: ISO 9001, ISO 14001, RoHS, REACH, Made in USA, NSF 61
gfs_edi_document: 810, 820, 832, 850, 855, 856, 860, 867
gfs_edi_status: Received, Translated, Posted, Rejected
gfs_forecast_model: Moving Average, Seasonal, Linear Trend, Manual
gfs_lead_time_source: Vendor Quote, Twelve Month History, Buyer Override
gfs_price_source: List, Contract, Matrix, Quote, Promotion
gfs_promo_type: Percent Off, Amount Off, Buy X Get Y, Free Freight
gfs_maintenance_type: Preventive, Breakdown, Upgrade, Inspection
gfs_equipment_type: Forklift, Conveyor, Crane, Truck, Scanner, Printer
gfs_training_type: Safety, Product, System, Compliance
gfs_incident_type: Injury, Near Miss, Property Damage, Spill
gfs_payment_channel: ACH, Check, Wire, Card, Lockbox
gfs_tax_exempt_reason: Resale, Government, Manufacturing Exemption, Direct Pay
gfs_credit_decision: Approved, Approved with Limit, Prepay Only, Declined
gfs_warranty_type: Manufacturer, Extended, Parts Only, None
gfs_route_day: Monday, Tuesday, Wednesday, Thursday, Friday
gfs_shift: First, Second, Third, Weekend
gfs_line_status: Open, Allocated, Backordered, Drop Shipped, Complete
gfs_contract_status: Draft, Active, Expiring, Expired, Terminated
"""

VALUES: dict[str, tuple[str, ...]] = {
    f"customlist_{name.strip()}": tuple(value.strip() for value in values.split(","))
    for name, _, values in (line.partition(":") for line in _LISTS.strip().splitlines())
}
"""The values of every list, in their order, by its table's name; their ids are 1, 2, 3, …"""


def lists() -> list[Table]:
    """A table for each custom list."""
    return [table(name, _COLUMNS, title=title(name)) for name in VALUES]


def title(name: str) -> str:
    """What people call a list or record type of the account: `customlist_gfs_region`: Region."""
    words = name.split("_")[1:]
    return " ".join(word.capitalize() for word in words if word != "gfs")
