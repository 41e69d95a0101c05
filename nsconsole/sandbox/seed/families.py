"""The product families that the distributor sells, and how their members are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A line of products: every name, size and finish may be combined.

    `costs` is the span of unit costs in the base currency, smallest size to largest;
    `demand` the units sold a day of an ordinary member, `lead_days` the vendors' delivery time.
    """

    name: str
    prefix: str
    vendor_suffix: str
    unit: str
    names: tuple[str, ...]
    sizes: tuple[str, ...]
    finishes: tuple[str, ...]
    costs: tuple[float, float]
    demand: float
    lead_days: tuple[int, int]


FAMILIES = (
    Family(
        "Fasteners", "FST", "Fastener", "Box",
        ("Hex Cap Screw", "Carriage Bolt", "Socket Head Screw", "Lag Screw", "Flat Washer",
         "Nylon Lock Nut", "Wedge Anchor"),
        ("1/4-20 x 1 in", "5/16-18 x 1-1/2 in", "3/8-16 x 2 in", "1/2-13 x 3 in", "M10 x 40 mm"),
        ("Zinc", "Stainless 18-8", "Galvanized"),
        (4.2, 38.0), 6.0, (7, 21),
    ),
    Family(
        "Hand Tools", "HND", "Tool Works", "Each",
        ("Combination Wrench", "Ball Peen Hammer", "Locking Pliers", "Pipe Wrench",
         "Torque Wrench", "Pry Bar"),
        ("8 in", "10 in", "12 in", "18 in"),
        ("Chrome", "Black Oxide"),
        (8.5, 96.0), 2.0, (10, 30),
    ),
    Family(
        "Power Tools", "PWR", "Power Tools", "Each",
        ("Angle Grinder", "Hammer Drill", "Impact Driver", "Reciprocating Saw", "Bench Grinder"),
        ("12 V", "18 V", "20 V MAX", "120 V"),
        ("Bare Tool", "Kit"),
        (64.0, 320.0), 0.7, (14, 35),
    ),
    Family(
        "Abrasives", "ABR", "Abrasives", "Box",
        ("Flap Disc", "Cut-Off Wheel", "Sanding Belt", "Grinding Wheel", "Fiber Disc"),
        ("4-1/2 in", "5 in", "7 in", "9 in"),
        ("40 Grit", "80 Grit", "120 Grit"),
        (11.0, 58.0), 4.0, (7, 18),
    ),
    Family(
        "Safety", "SAF", "Safety Products", "Each",
        ("Nitrile Glove", "Cut-Resistant Glove", "Safety Glasses", "Hi-Vis Vest", "Hard Hat",
         "Ear Muff", "Fall Harness"),
        ("S", "M", "L", "XL"),
        ("Standard", "Premium"),
        (3.1, 84.0), 8.0, (5, 14),
    ),
    Family(
        "Hydraulics", "HYD", "Hydraulics", "Each",
        ("Hydraulic Hose", "JIC Fitting", "Quick Coupler", "Ball Valve", "Cylinder Seal Kit"),
        ("1/4 in", "3/8 in", "1/2 in", "3/4 in", "1 in"),
        ("Steel", "Brass"),
        (5.6, 142.0), 1.5, (14, 42),
    ),
    Family(
        "Electrical", "ELC", "Electric", "Each",
        ("Circuit Breaker", "Conduit Connector", "Wire Connector", "Junction Box", "LED High Bay",
         "Extension Cord"),
        ("15 A", "20 A", "30 A", "60 A"),
        ("Indoor", "Weatherproof"),
        (2.4, 118.0), 3.0, (7, 28),
    ),
    Family(
        "Material Handling", "MAT", "Handling", "Each",
        ("Swivel Caster", "Hand Truck", "Ratchet Strap", "Lifting Sling", "Chain Hoist"),
        ("250 lb", "500 lb", "1,000 lb", "2,000 lb"),
        ("Light Duty", "Heavy Duty"),
        (9.8, 410.0), 0.9, (14, 45),
    ),
    Family(
        "Janitorial", "JAN", "Chemical & Paper", "Case",
        ("Degreaser", "Shop Towel", "Floor Cleaner", "Absorbent Pad", "Trash Liner",
         "Hand Cleaner"),
        ("1 gal", "5 gal", "100 ct", "200 ct"),
        ("Unscented", "Citrus"),
        (9.0, 72.0), 5.0, (4, 12),
    ),
    Family(
        "Bearings", "BRG", "Bearing & Drive", "Each",
        ("Ball Bearing", "Pillow Block", "Roller Chain", "V-Belt", "Timing Pulley"),
        ("6203", "6205", "6308", "A48", "B60", "#40"),
        ("Sealed", "Open"),
        (6.5, 128.0), 1.8, (10, 28),
    ),
)  # fmt: skip
