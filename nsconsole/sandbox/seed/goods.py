"""Items with their prices, vendors and stock, and the bills of materials of the kits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, cast

from nsconsole.sandbox.seed.families import FAMILIES, Family
from nsconsole.sandbox.seed.setup import (
    COST_OF_GOODS,
    EPOCH,
    FIRST_DAY,
    IMPORTED,
    INVENTORY,
    LOCATIONS,
    PRICE_LEVELS,
    SALES,
    UNITS,
    Row,
    stamp,
)

if TYPE_CHECKING:
    from random import Random

FIRST_ITEM_ID = 101
KITS = (
    "Machinist Starter Kit", "Site Safety Kit", "Hose Repair Kit", "Anchor Bolt Kit",
    "Conveyor Service Kit", "Spill Response Kit", "Lockout Kit", "Grinder Bench Kit",
)  # fmt: skip


@dataclass(slots=True)
class Goods:
    """What the distributor stocks, as rows in the order of their ids."""

    classes: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    stock: list[Row] = field(default_factory=list)
    boms: list[Row] = field(default_factory=list)
    revisions: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    assemblies: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        """The rows by the name of their table."""
        return {
            "classification": self.classes,
            "item": self.items,
            "itemprice": self.prices,
            "itemvendor": self.sources,
            "inventoryitemlocations": self.stock,
            "bom": self.boms,
            "bomrevision": self.revisions,
            "bomrevisioncomponentmember": self.members,
            "bomassembly": self.assemblies,
        }


def goods(rng: Random, vendors: list[Row], *, items: int) -> Goods:
    """Make `items` stocked items, the families in equal parts, then the kits made of them."""
    made = Goods()
    made.classes = [
        {"id": i, "name": each.name, "fullname": each.name, "subsidiary": 1, "isinactive": "F"}
        for i, each in enumerate(FAMILIES, start=1)
    ]
    for position in range(items):
        index = position % len(FAMILIES)
        suppliers = vendors[index :: len(FAMILIES)]
        _add_item(rng, made, index, suppliers, position // len(FAMILIES))
    for kit in KITS:
        _add_kit(rng, made, kit)
    return made


def _variant(family: Family, number: int) -> tuple[str, float]:
    """The name of the family's member `number`, and how far up the cost range it stands, 0..1."""
    names, sizes, finishes = family.names, family.sizes, family.finishes
    whole, name = divmod(number, len(names))
    rest, size = divmod(whole, len(sizes))
    series, finish = divmod(rest, len(finishes))
    text = f"{names[name]}, {sizes[size]}, {finishes[finish]}"
    place = (size / len(sizes) + name / len(names) + finish / len(finishes)) / 3
    return (f"{text}, Series {series + 1}" if series else text), place


def _rounded_up(quantity: float) -> float:
    """A quantity that a buyer would write down: to the next 1, 5, 10 or 50."""
    step = 1 if quantity < 10 else 5 if quantity < 50 else 10 if quantity < 200 else 50
    return float(ceil(quantity / step) * step)


def _add_item(rng: Random, made: Goods, index: int, suppliers: list[Row], number: int) -> None:
    family = FAMILIES[index]
    name, place = _variant(family, number)
    low, high = family.costs
    cost = round(low * (high / low) ** min(1.0, place * rng.uniform(0.85, 1.15)), 2)
    lead = rng.randrange(family.lead_days[0], family.lead_days[1] + 1)
    demand = family.demand * rng.uniform(0.3, 1.8)
    reorder = _rounded_up(demand * lead * 1.25 + 1)
    vendor = suppliers[number % len(suppliers)]
    item = _item(made, f"{family.prefix}-{1000 + number}", name, cost, rng.uniform(1.35, 1.9))
    item |= {
        "description": f"{family.name}: {name}",
        "purchasedescription": name,
        "salesdescription": name,
        "manufacturer": str(vendor["companyname"]),
        "mpn": f"{str(vendor['companyname'])[:3].upper()}{rng.randrange(10_000, 99_999)}",
        "upccode": f"0{rng.randrange(10**10, 10**11)}",
        "reorderpoint": reorder,
        "preferredstocklevel": _rounded_up(reorder * rng.uniform(1.8, 2.6)),
        "safetystocklevel": _rounded_up(reorder * 0.25),
        "leadtime": lead,
        "weight": round(cost * rng.uniform(0.02, 0.2) + 0.1, 2),
        "saleunit": list(UNITS).index(family.unit) + 1,
        "purchaseunit": list(UNITS).index(family.unit) + 1,
        "stockunit": list(UNITS).index(family.unit) + 1,
        "class": index + 1,
        **_born(rng),
    }
    item["vendorname"] = item["mpn"]
    if number % 12 == 0:
        item["lastmodifieddate"] = IMPORTED
    made.items.append(item)
    _add_prices(made, item)
    _add_source(made, item, vendor)
    _add_stock(rng, made, item)


def _item(made: Goods, code: str, name: str, cost: float, margin: float) -> Row:
    return {
        "id": FIRST_ITEM_ID + len(made.items),
        "itemid": code,
        "displayname": name,
        "fullname": code,
        "itemtype": "InvtPart",
        "cost": cost,
        "averagecost": cost,
        "lastpurchaseprice": cost,
        "baseprice": round(cost * margin, 2),
        "weightunit": "1",
        "unitstype": 1,
        "subsidiary": 1,
        "incomeaccount": SALES,
        "expenseaccount": COST_OF_GOODS,
        "assetaccount": INVENTORY,
        "preferredlocation": 1,
        "isinactive": "F",
        "isonline": "F",
    }


def _born(rng: Random) -> Row:
    """Made before the two years of trade began, last touched during them."""
    made = FIRST_DAY - timedelta(days=rng.randrange(1, 2000))
    touched = FIRST_DAY + timedelta(days=rng.randrange(729))
    return {
        "createddate": stamp(made, rng.randrange(8, 18) * 3600),
        "lastmodifieddate": stamp(touched, rng.randrange(8 * 3600, 18 * 3600)),
    }


def _add_prices(made: Goods, item: Row) -> None:
    base = cast("float", item["baseprice"])
    for level, (name, percent) in PRICE_LEVELS.items():
        made.prices.append(
            {
                "id": len(made.prices) + 1,
                "item": item["id"],
                "pricelevel": level,
                "pricelevelname": name,
                "price": round(base * (1 + percent / 100), 2),
                "isonline": "F",
            }
        )


def _add_source(made: Goods, item: Row, vendor: Row) -> None:
    made.sources.append(
        {
            "item": item["id"],
            "vendor": vendor["id"],
            "vendorcode": item["mpn"],
            "purchaseprice": item["cost"],
            "vendorcurrency": 1,
            "preferredvendor": "T",
            "subsidiary": 1,
        }
    )


def _add_stock(rng: Random, made: Goods, item: Row) -> None:
    """Stock in every warehouse; the item's own quantities are the sums."""
    point, level = cast("float", item["reorderpoint"]), cast("float", item["preferredstocklevel"])
    cost = cast("float", item["cost"])
    total = available = ordered = 0.0
    for location, share in zip(LOCATIONS, (0.5, 0.3, 0.2), strict=True):
        on_hand = float(int(level * share * rng.uniform(0.2, 1.1)))
        committed = float(int(on_hand * rng.uniform(0, 0.3)))
        on_order = _rounded_up(level * share) if on_hand < point * share else 0.0
        made.stock.append(
            {
                "item": item["id"],
                "location": location,
                "quantityonhand": on_hand,
                "quantityavailable": on_hand - committed,
                "quantitycommitted": committed,
                "quantityonorder": on_order,
                "quantitybackordered": 0.0,
                "quantityintransit": 0.0,
                "reorderpoint": _rounded_up(point * share),
                "preferredstocklevel": _rounded_up(level * share),
                "leadtime": item["leadtime"],
                "averagecostmli": cost,
                "lastpurchasepricemli": cost,
                "onhandvaluemli": round(on_hand * cost, 2),
                "lastinvtcountdate": stamp(EPOCH - timedelta(days=rng.randrange(5, 90))),
            }
        )
        total, available, ordered = (
            total + on_hand,
            available + on_hand - committed,
            ordered + on_order,
        )
    item |= {
        "quantityonhand": total,
        "totalquantityonhand": total,
        "quantityavailable": available,
        "quantityonorder": ordered,
        "totalvalue": round(total * cost, 2),
    }


def _add_kit(rng: Random, made: Goods, name: str) -> None:
    """An assembly of four to seven items, with its bill of materials and one revision."""
    parts = rng.sample(
        [each for each in made.items if each["itemtype"] == "InvtPart"], rng.randrange(4, 8)
    )
    number = len(made.boms) + 1
    born = stamp(FIRST_DAY, 9 * 3600)
    cost = 0.0
    for line, part in enumerate(parts, start=1):
        quantity = float(rng.randrange(1, 5))
        cost += quantity * cast("float", part["cost"])
        made.members.append(
            {
                "id": len(made.members) + 1,
                "bomrevision": number,
                "lineid": line,
                "item": part["id"],
                "description": part["displayname"],
                "bomquantity": quantity,
                "quantity": quantity,
                "componentyield": 100.0,
                "units": part["stockunit"],
                "itemsource": "STOCK",
            }
        )
    item = _item(made, f"KIT-{2000 + number}", name, round(cost, 2), 1.4)
    item |= {
        "itemtype": "Assembly",
        "description": name,
        "reorderpoint": 5.0,
        "preferredstocklevel": 15.0,
        "safetystocklevel": 2.0,
        "leadtime": 3,
        "saleunit": 1,
        "purchaseunit": 1,
        "stockunit": 1,
        "createddate": born,
        "lastmodifieddate": born,
    }
    made.items.append(item)
    _add_prices(made, item)
    _add_stock(rng, made, item)
    common: Row = {"isinactive": "F", "createddate": born}
    made.boms.append({"id": number, "name": f"{name} BOM", "availableforallassemblies": "F",
                      "availableforalllocations": "T", "includechildren": "T", "subsidiary": 1,
                      "usecomponentyield": "F", **common})  # fmt: skip
    made.revisions.append({"id": number, "billofmaterials": number, "name": f"{name} Rev A",
                           "effectivestartdate": stamp(FIRST_DAY), **common})  # fmt: skip
    made.assemblies.append({"id": number, "assembly": item["id"], "billofmaterials": number,
                            "masterdefault": "T"})  # fmt: skip
