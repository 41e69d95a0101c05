"""The words that the seeded distributor's world is named with."""

from __future__ import annotations

FIRST_NAMES = (
    "Aaron", "Adela", "Agnes", "Alice", "Amara", "Amit", "Andre", "Anita", "Ariel", "Beatriz",
    "Bernard", "Brian", "Bridget", "Callum", "Carla", "Carmen", "Cedric", "Chloé", "Claire",
    "Colin", "Dana", "Daniel", "Deepa", "Diego", "Dolores", "Duncan", "Edith", "Elena", "Emeka",
    "Erik", "Esther", "Fatima", "Felix", "Fiona", "Frank", "Gareth", "Gloria", "Graham", "Grace",
    "Hana", "Harold", "Heidi", "Hugo", "Imani", "Ines", "Irene", "Ivan", "Jamal", "Janet", "Jesse",
    "Joanna", "Joel", "Jorge", "Judith", "Julian", "Karen", "Keiko", "Kevin", "Kofi", "Lara",
    "Laura", "Leon", "Lillian", "Lorenzo", "Lucia", "Luis", "Magda", "Malik", "Marco", "Maria",
    "Martin", "Mei", "Miguel", "Miriam", "Mona", "Nadia", "Naomi", "Neil", "Nina", "Noor", "Oliver",
    "Olga", "Omar", "Patrick", "Paula", "Pedro", "Petra", "Priya", "Quentin", "Rachel", "Ramon",
    "Renée", "Rita", "Roland", "Rosa", "Ruth", "Samir", "Sandra", "Sean", "Selma", "Simon", "Sofia",
    "Stella", "Stefan", "Tara", "Teresa", "Thomas", "Tomás", "Ursula", "Valerie", "Vera", "Victor",
    "Vikram", "Walter", "Wendy", "Xavier", "Yusuf", "Yvonne", "Zoe",
)  # fmt: skip

LAST_NAMES = (
    "Abbott", "Aguilar", "Alvarez", "Andersen", "Arnold", "Baptiste", "Barros", "Becker", "Bianchi",
    "Blackwood", "Boyd", "Brandt", "Calloway", "Carver", "Castillo", "Chandra", "Chen", "Costa",
    "Cruz", "Dalton", "Delgado", "Diaz", "D'Angelo", "Dixon", "Donovan", "Eklund", "Ellison",
    "Espinoza", "Farrell", "Ferreira", "Fischer", "Fleming", "Fontaine", "Fraser", "Fujita",
    "Gallagher", "Garza", "Gilmore", "Grant", "Guerrero", "Haddad", "Hale", "Hansen", "Hartman",
    "Hayashi", "Hendricks", "Herrera", "Holloway", "Hutton", "Ibarra", "Ivanov", "Jensen", "Kapoor",
    "Keller", "Kim", "Kowalski", "Lambert", "Larsen", "Lindqvist", "Lopez", "MacLeod", "Mahoney",
    "Marchetti", "Mbeki", "Mendoza", "Meyer", "Moreau", "Morrison", "Müller", "Nakamura", "Navarro",
    "Nguyen", "Nolan", "Novak", "Núñez", "O'Brien", "O'Malley", "Okafor", "Olsen", "Ortega",
    "Osman", "Park", "Patel", "Pereira", "Petrov", "Quinn", "Ramirez", "Rao", "Reyes", "Rinaldi",
    "Romero", "Rossi", "Russo", "Salazar", "Santos", "Schmidt", "Shapiro", "Singh", "Sokolov",
    "Soto", "Sullivan", "Svensson", "Takeda", "Tanaka", "Torres", "Tran", "Ueda", "Valdez", "Vance",
    "Vasquez", "Vogel", "Wagner", "Walsh", "Weaver", "Whitaker", "Wong", "Wójcik", "Yamamoto",
    "Yilmaz", "Zhang", "Ziegler",
)  # fmt: skip

PLACES = (
    "Bayfront", "Beaver Creek", "Bluewater", "Bridgeport", "Canyon", "Cascade", "Cedar Valley",
    "Clearwater", "Copper Ridge", "Crestview", "Eastgate", "Elkhorn", "Evergreen", "Fairhaven",
    "Fort Mason", "Foxglove", "Glacier", "Granite Falls", "Great Lakes", "Harborview", "Highland",
    "Ironwood", "Juniper", "Kingsport", "Lakeside", "Larkspur", "Lone Pine", "Mesa Verde",
    "Mill Creek", "Monarch", "Northshore", "Oak Hollow", "Old Town", "Orchard Park", "Pinecrest",
    "Prairie", "Puget", "Quarry Road", "Red Rock", "Ridgeline", "Riverbend", "Rocky Point",
    "Sawtooth", "Sierra", "Silver Lake", "South Bay", "St. Croix", "Stonebridge", "Summit",
    "Sunrise", "Tamarack", "Three Rivers", "Timberline", "Twin Forks", "Union Street", "Valley",
    "Westport", "White Oak", "Willow Bend", "Wolf Creek",
)  # fmt: skip

CUSTOMER_TRADES = {
    "Manufacturing": (
        "Fabrication", "Machine Works", "Metal Products", "Millwork", "Packaging", "Precision",
        "Stamping", "Castings", "Cabinetry",
    ),
    "Construction": (
        "Builders", "Contracting", "Concrete", "Electric", "Excavating", "Mechanical", "Plumbing",
        "Roofing", "Steel Erectors",
    ),
    "Maintenance": (
        "Building Services", "Facilities", "Fleet Services", "HVAC", "Marine Repair",
        "Property Care", "Truck & Trailer", "Elevator",
    ),
    "Food & Farm": (
        "Brewing", "Cold Storage", "Creamery", "Farms", "Foods", "Grain", "Orchards", "Poultry",
    ),
    "Public Sector": (
        "School District", "Water District", "Transit Authority", "Parks Department",
        "Port Commission",
    ),
}  # fmt: skip

VENDOR_STEMS = (
    "Aldine", "Apex", "Arrowhead", "Atlas", "Badger", "Barlow", "Beacon", "Bolland", "Brightwell",
    "Cardinal", "Carrick", "Centaur", "Colossus", "Dunmore", "Eastman & Pryce", "Falcon", "Gantry",
    "Garrison", "Goliath", "Guardian", "Halden", "Hawthorne", "Hercules", "Ibex", "Kestrel",
    "Keystone", "Lancer", "Lockridge", "Magnum", "Meridian", "Norden", "O'Malley", "Orion",
    "Osprey", "Paragon", "Pioneer", "Pryor", "Quill & Hart", "Ranger", "Rexford", "Sentinel",
    "Sterling", "Stockholm", "Talon", "Tesseract", "Titan", "Trident", "Vanguard", "Vulcan",
    "Wexford", "Whitman", "Yeoman", "Zenith", "Köhler", "Peñasco", "Mäkelä", "Thorne", "Corvid",
    "Amberley", "Castor",
)  # fmt: skip

STREETS = (
    "Airport Way", "Alder St", "Birch Ave", "Canal Rd", "Commerce Dr", "Depot St", "Dock St",
    "Enterprise Blvd", "Factory Ln", "Foundry St", "Front St", "Gateway Dr", "Harbor Ave",
    "Industrial Pkwy", "Jefferson St", "Kilometer Rd", "Lincoln Ave", "Logistics Way", "Main St",
    "Market St", "Mill Rd", "Park Ave", "Railroad Ave", "River Rd", "Spruce St", "State Route 9",
    "Terminal Way", "Union Ave", "Warehouse Row", "Wharf St",
)  # fmt: skip

# City, state or province, postal prefix, telephone area code, country.
US_CITIES = (
    ("Seattle", "WA", "981", "206"), ("Tacoma", "WA", "984", "253"),
    ("Spokane", "WA", "992", "509"), ("Portland", "OR", "972", "503"),
    ("Eugene", "OR", "974", "541"), ("Boise", "ID", "837", "208"),
    ("Sacramento", "CA", "958", "916"), ("Fresno", "CA", "937", "559"),
    ("Reno", "NV", "895", "775"), ("Salt Lake City", "UT", "841", "801"),
    ("Denver", "CO", "802", "303"), ("Billings", "MT", "591", "406"),
    ("Fargo", "ND", "581", "701"), ("Duluth", "MN", "558", "218"),
    ("Milwaukee", "WI", "532", "414"), ("Des Moines", "IA", "503", "515"),
    ("Kansas City", "MO", "641", "816"), ("Tulsa", "OK", "741", "918"),
    ("Fort Worth", "TX", "761", "817"), ("Dayton", "OH", "454", "937"),
)  # fmt: skip

CANADIAN_CITIES = (
    ("Vancouver", "BC", "V6B", "604"), ("Victoria", "BC", "V8W", "250"),
    ("Calgary", "AB", "T2P", "403"), ("Regina", "SK", "S4P", "306"),
    ("Winnipeg", "MB", "R3C", "204"), ("Trois-Rivières", "QC", "G9A", "819"),
)  # fmt: skip

CONTACT_TITLES = (
    "Accounts Payable", "Buyer", "Controller", "Facilities Manager", "Maintenance Lead",
    "Operations Manager", "Owner", "Plant Manager", "Purchasing Manager", "Shop Foreman",
)  # fmt: skip

VENDOR_TITLES = ("Account Manager", "Customer Service", "Inside Sales", "Accounts Receivable")
