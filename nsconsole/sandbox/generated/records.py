"""The account's custom record types: ten years of an industrial distributor's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.generated.lists import title
from nsconsole.sandbox.schema import Access, Table, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = """
    id integer*, recordid integer*, name text, altname text, scriptid text*, externalid text,
    isinactive boolean, abbreviation text, customform integer, owner ->employee,
    created datetime*, lastmodified datetime*, lastmodifiedby ->employee*
"""

_PARTS = {
    "approval": """
        approval_status ->customlist_gfs_approval_status, submitted boolean, approver ->employee,
        approved_on datetime, rejected_reason memo, approval_limit decimal,
        second_approver ->employee
        """,
    "contract": """
        contract_no text, start_date date, end_date date, auto_renew boolean, notice_days integer,
        renewal_date date, signed boolean, contract_status ->customlist_gfs_contract_status,
        document_url text, terms ->term, contract_notes memo
        """,
    "money": """
        amount decimal, currency ->currency, budget_amount decimal, actual_amount decimal,
        variance_pct decimal, department ->department, gl_account ->account, class ->classification,
        subsidiary ->subsidiary, accrued_amount decimal
        """,
    "import": """
        source_system ->customlist_gfs_source_system, source_id text, import_batch text,
        imported_on datetime, last_sync datetime, sync_status ->customlist_gfs_sync_status,
        sync_error memo, row_hash text, retry_count integer
        """,
    "logistics": """
        location ->location, carrier ->customlist_gfs_carrier, ship_date date, weight decimal,
        length decimal, width decimal, height decimal, pallet_count integer, freight_cost decimal,
        tracking text, dock text, packaging ->customlist_gfs_packaging_type
        """,
    "quality": """
        inspected_by ->employee, inspected_on datetime, result ->customlist_gfs_inspection_result,
        defect_count integer, sample_size integer, lot text, root_cause memo,
        corrective_action memo, disposition ->customlist_gfs_disposition, closed boolean
        """,
    "people": """
        owner_employee ->employee, backup_employee ->employee, contact_email text,
        contact_phone text, region ->customlist_gfs_region, follow_up date, comments memo
        """,
    "score": """
        score decimal, rank integer, trend_pct decimal, grade ->customlist_gfs_grade,
        scored_on date, previous_score decimal, score_notes memo
        """,
    "steps": """
        priority ->customlist_gfs_priority, requested_date date, promised_date date,
        completed_date date, percent_complete decimal, is_locked boolean, is_confidential boolean,
        internal_notes memo
        """,
}
"""Groups of fields that come back from one record type to the next."""

_TYPES = """
rebate_agreement reb approval,contract,money : vendor ->vendor, basis ->customlist_gfs_rebate_basis,
    period ->customlist_gfs_rebate_period, rate_pct decimal, cap_amount decimal,
    regions *>customlist_gfs_region
rebate_tier rbt : agreement =>customrecord_gfs_rebate_agreement, from_amount decimal,
    to_amount decimal, rate_pct decimal, flat_amount decimal
rebate_claim rbc money,steps : agreement ->customrecord_gfs_rebate_agreement, vendor ->vendor,
    claim_status ->customlist_gfs_claim_status, claimed_amount decimal, paid_amount decimal,
    paid_on date
rebate_accrual rba money,import : agreement ->customrecord_gfs_rebate_agreement, item ->item,
    accrual_period ->accountingperiod, quantity decimal, purchase_amount decimal
special_price spa approval,contract : customer ->customer, item ->item, vendor ->vendor,
    special_cost decimal, special_price decimal, max_quantity integer,
    price_source ->customlist_gfs_price_source
price_change_batch pcb approval,import : vendor ->vendor, effective_date date, line_count integer,
    average_change_pct decimal, file_url text
price_change_line pcl : batch =>customrecord_gfs_price_change_batch, item ->item,
    old_cost decimal, new_cost decimal, old_price decimal, new_price decimal, change_pct decimal
vendor_scorecard vsc score,people : vendor ->vendor, on_time_pct decimal, fill_rate_pct decimal,
    quality_pct decimal, price_pct decimal, months integer
customer_scorecard csc score,people : customer ->customer, tier ->customlist_gfs_account_tier,
    margin_pct decimal, days_to_pay integer, order_count integer
line_review lrv steps,people : vendor ->vendor, category text, review_date date, decision memo
site_visit sv people,steps : customer ->customer, visit_type ->customlist_gfs_visit_type,
    visit_date date, attendees *>employee, outcome memo, mileage decimal
customer_site cst people : customer ->customer, site_code text, dock_hours text,
    delivery_notes memo, needs_liftgate boolean, route_day ->customlist_gfs_route_day
complaint cmp quality,steps : customer ->customer, complaint_type ->customlist_gfs_complaint_type,
    reported_on datetime, invoice_no text, credit_amount decimal
rma_inspection rmi quality,logistics : customer ->customer, item ->item,
    reason ->customlist_gfs_rma_reason, restock_fee decimal
warranty_claim war quality,money : customer ->customer, item ->item, vendor ->vendor,
    serial text, installed_on date, failed_on date, warranty ->customlist_gfs_warranty_type
warranty_registration wrr : customer ->customer, item ->item, serial text, sold_on date,
    expires_on date, warranty ->customlist_gfs_warranty_type
receiving_inspection rin quality,import : vendor ->vendor, item ->item, po_number text,
    quantity_received decimal, quantity_rejected decimal
certificate crt contract : item ->item, vendor ->vendor, cert_type ->customlist_gfs_cert_type,
    issued_by text, cert_no text, documents *>customlist_gfs_cert_type
calibration cal quality : equipment ->customrecord_gfs_equipment,
    calibration_type ->customlist_gfs_calibration_type, due_on date, tolerance decimal
equipment eqp money : equipment_type ->customlist_gfs_equipment_type, location ->location,
    serial text, purchased_on date, hours decimal, operators *>employee
maintenance mnt steps,money : equipment =>customrecord_gfs_equipment,
    maintenance_type ->customlist_gfs_maintenance_type, hours_down decimal, vendor ->vendor
freight_quote frq logistics,steps : customer ->customer, origin_zip text, dest_zip text,
    freight_terms ->customlist_gfs_freight_terms, quoted_amount decimal, fuel_surcharge_pct decimal
freight_audit fra logistics,money,import : pro_number text, billed_amount decimal,
    audited_amount decimal, refund_amount decimal
freight_lane frl contract : origin ->location, dest_region ->customlist_gfs_region,
    carrier ->customlist_gfs_carrier, min_charge decimal, rate_per_cwt decimal, transit_days integer
delivery_route drt logistics,people : driver ->employee, route_day ->customlist_gfs_route_day,
    start_time text, stop_count integer, miles decimal, sites *>customrecord_gfs_customer_site
delivery_stop dst : route =>customrecord_gfs_delivery_route, site ->customrecord_gfs_customer_site,
    sequence integer, arrived_at datetime, departed_at datetime, signed_by text
packing_spec pks logistics : item ->item, inner_quantity integer, case_quantity integer,
    pallet_quantity integer, stackable boolean, label_template text
hazmat_profile hzm approval : item ->item, hazmat_class ->customlist_gfs_hazmat_class,
    un_number text, packing_group text, flash_point decimal, limited_quantity boolean
cycle_count_plan ccp steps : location ->location, count_type ->customlist_gfs_count_type,
    zone ->customlist_gfs_bin_zone, items_per_day integer, shift ->customlist_gfs_shift
cycle_count_result ccr quality : plan =>customrecord_gfs_cycle_count_plan, item ->item,
    system_quantity decimal, counted_quantity decimal, variance_value decimal
min_max_review mmx score : item ->item, location ->location, old_min decimal, new_min decimal,
    old_max decimal, new_max decimal, buyer ->employee
lead_time_history lth import : vendor ->vendor, item ->item, days integer, measured_on date,
    lead_time_source ->customlist_gfs_lead_time_source
demand_forecast dfc import : item ->item, location ->location, forecast_period ->accountingperiod,
    forecast_quantity decimal, actual_quantity decimal, model ->customlist_gfs_forecast_model
substitute_item sub approval : item ->item, substitute ->item, ratio decimal, two_way boolean
item_image img : item ->item, image_url text, alt_text text, sort_order integer, is_primary boolean
item_launch lch steps,people : item ->item, vendor ->vendor, launch_date date, first_order decimal,
    channels *>customlist_gfs_source_system
item_lifecycle ilc steps : item ->item, stage text, last_buy_date date, end_of_life date
kit_recipe kit approval : parent_item ->item, instructions memo, labor_minutes decimal
kit_component ktc : recipe =>customrecord_gfs_kit_recipe, item ->item, quantity decimal,
    scrap_pct decimal
edi_partner edp people : customer ->customer, vendor ->vendor, isa_id text, gs_id text,
    documents *>customlist_gfs_edi_document, is_live boolean, as2_url text
edi_document edd import : partner ->customrecord_gfs_edi_partner,
    document_type ->customlist_gfs_edi_document, edi_status ->customlist_gfs_edi_status,
    control_no text, payload memo, received_on datetime
edi_mapping edm : partner =>customrecord_gfs_edi_partner, segment text, element text,
    target_field text, transform text
integration_log ilg import : endpoint text, method text, http_status integer, request memo,
    response memo, duration_ms integer, correlation text
integration_setting ist : setting_key text, setting_value text, is_secret boolean
platform_request prq : request_key text, operation text, target_type text, target_id text,
    result_json memo, processed_on datetime
credit_review crv approval,score : customer ->customer,
    credit_decision ->customlist_gfs_credit_decision, old_limit decimal, new_limit decimal,
    bureau_score integer
credit_application cap approval,people : customer ->customer, requested_limit decimal,
    bank_name text, trade_references memo, industry ->customlist_gfs_industry
tax_certificate txc contract : customer ->customer, reason ->customlist_gfs_tax_exempt_reason,
    state_code text, certificate_no text
payment_promise ppr people : customer ->customer, promised_amount decimal, promised_on date,
    channel ->customlist_gfs_payment_channel, kept boolean
commission_plan cpl approval,contract : sales_rep ->employee, base_pct decimal,
    accelerator_pct decimal, threshold_amount decimal, categories *>customlist_gfs_industry
commission_line cln money : plan =>customrecord_gfs_commission_plan, invoice_no text,
    commission_amount decimal, paid boolean
sales_target stg score : sales_rep ->employee, target_period ->accountingperiod,
    target_amount decimal, region ->customlist_gfs_region
marketing_fund mdf approval,money : vendor ->vendor, promo_type ->customlist_gfs_promo_type,
    campaign text, reimbursed_amount decimal
training_record trn people : employee ->employee, training_type ->customlist_gfs_training_type,
    completed_on date, expires_on date, passed boolean
safety_incident sfi quality,steps : employee ->employee, location ->location,
    incident_type ->customlist_gfs_incident_type, occurred_at datetime, lost_days integer
salary_band sal approval : job_title text, band_min decimal, band_max decimal, bonus_pct decimal
capex_request cpx approval,money,steps : requested_by ->employee, payback_months integer,
    useful_life integer
bank_file bnk import,money : bank_name text, file_date date, payment_count integer,
    channel ->customlist_gfs_payment_channel
consignment_stock csg logistics : customer ->customer, item ->item, on_hand decimal,
    last_count date, reorder_point decimal
tool_rental trl steps,money : customer ->customer, item ->item, out_date date, due_back date,
    returned_on date, daily_rate decimal
"""

_HIDDEN = {"customrecord_gfs_salary_band", "customrecord_gfs_integration_setting"}
"""What the integration's role may not see."""


def records() -> Iterator[Table]:
    """A table for each custom record type, and one for each of its multiselect fields."""
    for line in _TYPES.replace("\n    ", " ").strip().splitlines():
        head, _, fields = line.partition(":")
        name, short, *parts = head.split()
        groups = [_PARTS[part] for part in "".join(parts).split(",") if part]
        yield from _record(f"customrecord_gfs_{name}", f"custrecord_gfs_{short}", [fields, *groups])


def _record(name: str, prefix: str, groups: list[str]) -> Iterator[Table]:
    columns = [_COLUMNS]
    for declared in (each.split() for group in groups for each in group.split(",")):
        column, kind = f"{prefix}_{declared[0]}", declared[1]
        if kind.startswith("*>"):
            yield mapping(name, column, kind.removeprefix("*>"))
            kind = "text"
        columns.append(f"{column} {kind}")
    access = Access.NO_PERMISSION if name in _HIDDEN else Access.OPEN
    yield table(name, ", ".join(columns), access=access, title=title(name))


def mapping(source: str, field: str, target: str) -> Table:
    """The rows behind a multiselect: `mapone` is the record's id, `maptwo` one of the chosen."""
    columns = f"mapone =>{source}, maptwo ->{target}"
    return table(f"map_{source}_{field}", columns, label="maptwo", key=("mapone", "maptwo"))
