"""Employees, vendors, customers, their contacts and addresses."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from nsconsole.sandbox.seed import words
from nsconsole.sandbox.seed.families import FAMILIES
from nsconsole.sandbox.seed.setup import (
    CUSTOMER_CATEGORIES,
    FIRST_DAY,
    IMPORTED,
    PAYABLES,
    Row,
    stamp,
)

if TYPE_CHECKING:
    from random import Random

ACME_ID = 42
FIRST_VENDOR_ID = 13
_STAFF_TITLES = (
    ("President", 1), ("Controller", 5), ("Sales Manager", 2), ("Account Executive", 2),
    ("Account Executive", 2), ("Account Executive", 2), ("Account Executive", 2),
    ("Purchasing Manager", 3), ("Buyer", 3), ("Warehouse Manager", 4), ("AP Specialist", 5),
    ("Customer Service Lead", 6),
)  # fmt: skip
SALES_REPS = (4, 5, 6, 7)
BUYER = 9


@dataclass(slots=True)
class Parties:
    """Everyone that the distributor deals with, as rows, in the order of their ids."""

    employees: list[Row] = field(default_factory=list)
    vendors: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    addressbook: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)
    relationships: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        """The rows by the name of their table."""
        return {
            "employee": self.employees,
            "vendor": self.vendors,
            "customer": self.customers,
            "contact": self.contacts,
            "customeraddressbook": self.addressbook,
            "customeraddressbookentityaddress": self.addresses,
            "vendorsubsidiaryrelationship": self.relationships,
        }


def parties(rng: Random, *, vendors: int, customers: int) -> Parties:
    """Make everyone; one sequence of ids runs through employees, vendors, customers, contacts."""
    made = Parties()
    made.employees = [
        _employee(rng, number, title, department)
        for number, (title, department) in enumerate(_STAFF_TITLES, start=1)
    ]
    names = _vendor_names(vendors)
    made.vendors = [_vendor(rng, FIRST_VENDOR_ID + i, name) for i, name in enumerate(names)]
    made.relationships = [_relationship(i, row) for i, row in enumerate(made.vendors, start=1)]
    first = FIRST_VENDOR_ID + vendors
    for i, (name, category) in enumerate(_customer_names(rng, customers)):
        _add_customer(rng, made, first + i, name, category)
    _add_contacts(rng, made, first + customers)
    return made


def domain(company: str) -> str:
    """The mail domain of a company, under the reserved top-level name `example`."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, plain.lower())) + ".example"


def _mail_name(first: str, last: str) -> str:
    return f"{domain(first)}.{domain(last)}".replace(".example", "")


def _touched(rng: Random) -> str:
    """A working moment of the two years."""
    day = FIRST_DAY + timedelta(days=rng.randrange(729))
    return stamp(day, rng.randrange(8 * 3600, 18 * 3600))


def _born(rng: Random) -> dict[str, object]:
    """Made before the two years of trade began, last touched during them."""
    made = FIRST_DAY - timedelta(days=rng.randrange(1, 2000))
    return {
        "datecreated": stamp(made, rng.randrange(8 * 3600, 18 * 3600)),
        "lastmodifieddate": _touched(rng),
    }


def _employee(rng: Random, number: int, title: str, department: int) -> Row:
    first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    return {
        "id": number,
        "entityid": f"{first} {last}",
        "firstname": first,
        "lastname": last,
        "title": title,
        "email": f"{_mail_name(first, last)}@northgateindustrial.example",
        "phone": f"(206) 555-01{number:02d}",
        "supervisor": 1 if number > 1 else None,
        "department": department,
        "location": 1,
        "subsidiary": 1,
        "issalesrep": "T" if number in SALES_REPS else "F",
        "hiredate": stamp(FIRST_DAY - timedelta(days=rng.randrange(60, 3000))),
        "isinactive": "F",
        **_born(rng),
    }


def _vendor_names(count: int) -> list[str]:
    """`count` names, the families in turn; the one at id 42 is Acme."""
    stems = words.VENDOR_STEMS
    names = []
    for i in range(count):
        suffix = FAMILIES[i % len(FAMILIES)].vendor_suffix
        names.append(f"{stems[i % len(stems)]} {suffix}" + _ordinal(i // len(stems)))
    names[ACME_ID - FIRST_VENDOR_ID] = "Acme Industrial Supply"
    return names


def _ordinal(round_number: int) -> str:
    return f" {round_number + 1}" if round_number else ""


def _vendor(rng: Random, number: int, name: str) -> Row:
    _, _, _, area = rng.choice(words.US_CITIES)
    return {
        "id": number,
        "entityid": name,
        "companyname": name,
        "altname": name,
        "legalname": f"{name}, {rng.choice(('Inc.', 'LLC', 'Co.', 'Corp.'))}",
        "isperson": "F",
        "email": f"orders@{domain(name)}",
        "phone": f"({area}) 555-01{rng.randrange(100):02d}",
        "url": f"https://www.{domain(name)}",
        "category": 1,
        "terms": rng.choice((2, 2, 2, 3, 4, 6)),
        "creditlimit": float(rng.randrange(20, 200) * 1000),
        "cost": 10.0 if number == ACME_ID else round(rng.uniform(5, 250), 2),
        "currency": 1,
        "subsidiary": 1,
        "payablesaccount": PAYABLES,
        "accountnumber": f"NG-{rng.randrange(10_000, 99_999)}",
        "is1099eligible": "F",
        "isinactive": "F",
        "balance": 0.0,
        "balanceprimary": 0.0,
        **_born(rng),
    }


def _relationship(number: int, vendor: Row) -> Row:
    return {
        "id": number,
        "name": f"{vendor['companyname']} - Northgate Industrial Supply",
        "entity": vendor["id"],
        "subsidiary": 1,
        "isprimarysub": "T",
        "balance": 0.0,
        "lastmodifieddate": vendor["lastmodifieddate"],
    }


def _customer_names(rng: Random, count: int) -> list[tuple[str, int]]:
    """`count` different company names, each with the number of its category."""
    made: dict[str, int] = {}
    while len(made) < count:
        category = rng.randrange(len(CUSTOMER_CATEGORIES))
        trade = rng.choice(words.CUSTOMER_TRADES[CUSTOMER_CATEGORIES[category]])
        name = _company(rng, trade, public=category == 4)
        if name in made:
            name = f"{name} #{len(made) + 1}"
        made[name] = category + 1
    return list(made.items())


def _company(rng: Random, trade: str, *, public: bool) -> str:
    place = rng.choice(words.PLACES)
    if public or rng.random() < 0.5:
        return f"{place} {trade}"
    family = rng.choice(words.LAST_NAMES)
    form = rng.choice(("{0} {1}", "{0} & Sons {1}", "{0} Brothers {1}", "{0} & {2} {1}"))
    return form.format(family, trade, rng.choice(words.LAST_NAMES))


def _add_customer(rng: Random, made: Parties, number: int, name: str, category: int) -> None:
    canadian = rng.random() < 0.1
    place = rng.choice(words.CANADIAN_CITIES if canadian else words.US_CITIES)
    address_id = len(made.addresses) + 1
    customer = _customer(rng, number, name, category, canadian=canadian)
    customer |= {
        "phone": f"({place[3]}) 555-01{rng.randrange(100):02d}",
        "defaultbillingaddress": address_id,
        "defaultshippingaddress": address_id,
    }
    if number % 12 == 0:
        customer["lastmodifieddate"] = IMPORTED
    made.customers.append(customer)
    made.addresses.append(_address(rng, address_id, customer, place))
    made.addressbook.append(
        {
            "internalid": address_id,
            "entity": number,
            "addressbookaddress": address_id,
            "label": "Main",
            "defaultbilling": "T",
            "defaultshipping": "T",
            "isresidential": "F",
        }
    )


def _customer(rng: Random, number: int, name: str, category: int, *, canadian: bool) -> Row:
    public = category == len(CUSTOMER_CATEGORIES)
    return {
        "id": number,
        "entityid": name,
        "entitynumber": number,
        "companyname": name,
        "altname": name,
        "fullname": name,
        "isperson": "F",
        "email": f"purchasing@{domain(name)}",
        "url": f"https://www.{domain(name)}" if rng.random() < 0.6 else None,
        "category": category,
        "entitystatus": "13",
        "stage": "CUSTOMER",
        "terms": 2 if public else rng.choice((1, 2, 2, 2, 3, 4, 5, 6)),
        "creditlimit": float(rng.choice((5, 10, 15, 20, 25, 40, 50, 75, 100, 150)) * 1000),
        "creditholdoverride": "AUTO",
        "pricelevel": rng.choice((1, 1, 2, 2, 3, 4)),
        "salesrep": rng.choice(SALES_REPS),
        "subsidiary": 2 if canadian else 1,
        "currency": 2 if canadian else 1,
        "isinactive": "T" if rng.random() < 0.03 else "F",
        "taxable": "F",
        "accountnumber": f"C{100_000 + number}",
        "balancesearch": 0.0,
        "overduebalancesearch": 0.0,
        **_born(rng),
    }


def _address(rng: Random, number: int, customer: Row, place: tuple[str, str, str, str]) -> Row:
    city, state, postal, _ = place
    street = f"{rng.randrange(100, 9900)} {rng.choice(words.STREETS)}"
    canadian = customer["subsidiary"] == 2
    end = f" {rng.randrange(10)}B{rng.randrange(10)}" if canadian else f"{rng.randrange(100):02d}"
    code = postal + end
    return {
        "nkey": number,
        "addressee": customer["companyname"],
        "addr1": street,
        "city": city,
        "state": state,
        "zip": code,
        "country": "CA" if canadian else "US",
        "addrphone": customer["phone"],
        "addrtext": f"{customer['companyname']}\n{street}\n{city} {state} {code}",
        "lastmodifieddate": customer["lastmodifieddate"],
    }


def _add_contacts(rng: Random, made: Parties, first_id: int) -> None:
    for company in (*made.vendors, *made.customers):
        titles = words.VENDOR_TITLES if "is1099eligible" in company else words.CONTACT_TITLES
        for title in rng.sample(titles, rng.choice((1, 1, 1, 2))):
            number = first_id + len(made.contacts)
            made.contacts.append(_contact(rng, number, company, title))


def _contact(rng: Random, number: int, company: Row, title: str) -> Row:
    first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    return {
        "id": number,
        "entityid": f"{first} {last}",
        "firstname": first,
        "lastname": last,
        "title": title,
        "email": f"{_mail_name(first, last)}@{domain(str(company['companyname']))}",
        "phone": company["phone"],
        "company": company["id"],
        "subsidiary": company["subsidiary"],
        "isprivate": "F",
        "isinactive": "F",
        "datecreated": company["datecreated"],
        "lastmodifieddate": _touched(rng),
    }
