"""The words that made-up adverts are put together from: families of work, places, and what employers say of themselves."""

from typing import NamedTuple


class Family(NamedTuple):
    """A kind of work: its titles, what is done with what for whom, and what is asked for."""

    department: str
    titles: tuple[str, ...]
    verbs: tuple[str, ...]
    things: tuple[str, ...]
    ends: tuple[str, ...]
    skills: tuple[str, ...]
    pay: tuple[int, int]
    """Yearly, in thousands: the lower end of the pay of juniors and of seniors."""


FAMILIES = (
    Family(
        "Engineering",
        ("Backend Engineer", "Software Engineer", "Platform Engineer", "Python Developer", "Java Developer"),
        ("Design", "Build", "Maintain", "Review", "Refactor", "Document", "Test"),
        ("services that carry payments", "public APIs", "our event pipeline", "the billing system", "internal libraries",
         "the search back end", "interfaces to partners", "background jobs", "the permission model"),
        ("so that customers wait less", "with full test coverage", "together with product and design",
         "for thousands of requests a second", "in small, reviewed steps", "and be on call for them one week in six"),
        ("Python", "Java", "Go", "PostgreSQL", "Kafka", "Docker", "Kubernetes", "AWS", "REST APIs", "Redis"),
        (52, 85),
    ),
    Family(
        "Data",
        ("Data Engineer", "Analytics Engineer", "Data Scientist", "Machine Learning Engineer", "Data Analyst"),
        ("Model", "Collect", "Clean", "Monitor", "Explain", "Automate", "Validate"),
        ("usage data from forty sources", "the warehouse", "forecasts of demand", "experiments", "dashboards for finance",
         "features for ranking", "data contracts", "churn predictions", "daily reports"),
        ("that the whole company relies on", "before nine every morning", "with clear owners", "in SQL and Python",
         "and present them to those who decide", "within our privacy rules"),
        ("SQL", "Python", "dbt", "Airflow", "Spark", "Snowflake", "Tableau", "scikit-learn", "BigQuery", "statistics"),
        (50, 82),
    ),
    Family(
        "Sales",
        ("Account Executive", "Sales Manager", "Business Development Representative", "Key Account Manager"),
        ("Win", "Advise", "Visit", "Qualify", "Negotiate with", "Call", "Win back"),
        ("mid-sized customers", "buyers in retail", "hospital groups", "public bodies", "partners in the region",
         "manufacturers", "leads from our campaigns", "the twenty largest accounts", "resellers"),
        ("from the first call to the signature", "and keep our CRM up to date", "with support from presales",
         "at fairs and on site", "to reach your quarterly target", "in German and English"),
        ("Salesforce", "HubSpot", "negotiation", "B2B sales", "cold calling", "forecasting", "presentations", "CRM"),
        (42, 70),
    ),
    Family(
        "Nursing",
        ("Registered Nurse", "Healthcare Assistant", "Intensive Care Nurse", "Nurse Practitioner", "Midwife"),
        ("Care for", "Assess", "Prepare", "Accompany", "Instruct", "Watch over", "Discharge"),
        ("patients after surgery", "families on the ward", "newborns and mothers", "people with dementia", "new colleagues",
         "patients in intensive care", "residents of two wards", "outpatients of the day clinic"),
        ("in three shifts", "by the standards of our house", "together with doctors and therapists",
         "with time for a talk", "and keep their records complete", "at day and, twice a month, at night"),
        ("nursing degree", "registration", "wound care", "basic life support", "medication safety", "documentation"),
        (34, 52),
    ),
    Family(
        "Finance",
        ("Financial Controller", "Accountant", "Payroll Specialist", "Financial Analyst", "Tax Manager"),
        ("Close", "Reconcile", "Plan", "Audit", "Report", "File", "Review"),
        ("the monthly books", "supplier accounts", "budgets of four departments", "travel expenses", "VAT returns",
         "intercompany balances", "payroll for three countries", "cost centres", "cash flow"),
        ("by the third working day", "with our auditors", "under IFRS and local law", "for the board",
         "and find out where numbers differ", "in SAP and Excel"),
        ("SAP", "Excel", "IFRS", "DATEV", "Power BI", "HGB", "payroll", "US GAAP", "NetSuite"),
        (45, 74),
    ),
    Family(
        "Design",
        ("Product Designer", "UX Researcher", "Visual Designer", "UX Writer"),
        ("Sketch", "Prototype", "Interview", "Shape", "Test", "Simplify", "Draw"),
        ("flows of the mobile app", "the onboarding", "people who use our product daily", "the design system",
         "settings nobody understands", "icons and illustrations", "texts of error messages", "the checkout"),
        ("from first idea to release", "with engineers from day one", "in rounds of two weeks",
         "for people with and without sight", "and share what you learn", "in Figma"),
        ("Figma", "prototyping", "user research", "accessibility", "design systems", "usability testing", "HTML"),
        (46, 76),
    ),
    Family(
        "Logistics",
        ("Warehouse Operative", "Logistics Coordinator", "Truck Driver", "Forklift Operator", "Supply Chain Planner"),
        ("Load", "Plan", "Pick", "Check", "Deliver", "Count", "Dispatch"),
        ("pallets for forty stores", "tours of the week", "returns", "dangerous goods", "spare parts", "incoming trucks",
         "frozen food", "stock of two halls", "orders of the day"),
        ("safely and on time", "with a hand scanner", "in early and late shifts", "along our checklists",
         "and report damage at once", "in a team of twelve"),
        ("forklift licence", "SAP EWM", "driving licence CE", "stock control", "first aid", "ADR certificate"),
        (28, 42),
    ),
    Family(
        "Customer Support",
        ("Customer Support Specialist", "Technical Support Engineer", "Customer Success Manager", "Service Desk Agent"),
        ("Answer", "Solve", "Escalate", "Explain", "Follow up on", "Sort", "Prevent"),
        ("questions by mail and chat", "tickets of business customers", "faults of devices", "questions about invoices",
         "requests from partners", "complaints", "login problems", "migration projects"),
        ("within four hours", "in plain words", "until the customer is content", "and write help articles about them",
         "together with engineering", "in English and one more language"),
        ("Zendesk", "Jira", "ticketing", "SQL", "networking", "customer care", "Linux", "Intercom"),
        (33, 54),
    ),
)  # fmt: skip

PREFIXES = ("", "", "", "Senior ", "Junior ", "Lead ")
SUFFIXES = ("", "", "", " (m/f/d)", " - {team}", " ({team})", ", {team}")
TEAMS = ("Payments", "Growth", "Core", "Mobile", "Night Shift", "Enterprise", "Public Sector", "North", "Platform")

PLACES = (
    "Berlin, Germany", "Munich, Germany", "Hamburg, Germany", "Cologne, Germany", "London, United Kingdom",
    "Manchester, United Kingdom", "Paris, France", "Lyon, France", "Madrid, Spain", "Barcelona, Spain",
    "Lisbon, Portugal", "Amsterdam, Netherlands", "Warsaw, Poland", "Vienna, Austria", "Zurich, Switzerland",
    "Dublin, Ireland", "Stockholm, Sweden", "Copenhagen, Denmark", "New York, NY, United States",
    "Austin, TX, United States", "Chicago, IL, United States", "Toronto, Canada",
)  # fmt: skip

NAME_HEADS = (
    "Nord", "Alt", "Brook", "Clear", "Dawn", "Elm", "Fern", "Glen", "Harbor", "Iron", "Juni", "Kest", "Lark", "Mill",
    "Oak", "Pine", "Quill", "River", "Stone", "Thorn", "Umber", "Vale", "West", "Yarrow", "Zephyr", "Amber", "Birch",
    "Cedar", "Drift", "Ember",
)  # fmt: skip
NAME_TAILS = (
    "field", "works", "bridge", "line", "point", "ware", "gate", "ford", "mark", "light", "haven", "path", "craft",
    "stack", "wind", "crest", "port", "view", "mere", "dale",
)  # fmt: skip
TRADES = (
    "software for hospitals", "parts for machines", "insurance for small firms", "food for city kitchens",
    "payments in shops", "energy from the sun", "training for drivers", "care for the elderly", "maps for logistics",
    "furniture for offices", "tickets for concerts", "tools for laboratories", "rail freight", "learning at school",
)  # fmt: skip

ABOUT = (
    "{name} has made {trade} since {year}, and {staff} people work with us today.",
    "We are a {kind} company: decisions are made where the work is done, and we keep meetings short.",
    "More than {customers} customers in {countries} countries rely on us every day.",
    "Our founders still answer calls from customers once a month, and so do all who join us.",
    "In {year2} we moved to an office of our own, with a garden and a kitchen that is used.",
    "We grow by {growth} percent a year and have done so without outside money.",
    "What we care for is plain: {value}, {value2} and honest numbers.",
)
KINDS = ("family-owned", "listed", "employee-owned", "founder-led", "non-profit", "remote-first")
VALUES = ("quality that lasts", "respect", "curiosity", "care for detail", "short ways", "open books", "patience")
BENEFITS = (
    "{days} days of holiday a year and a day off on your birthday",
    "a pension scheme to which we add {percent} percent",
    "a budget of {budget} euros a year for courses and books",
    "a public transport ticket or a bicycle, as you like",
    "flexible hours around a core from ten to three",
    "a notebook and a telephone of your choice",
    "free coffee, fruit and, on Thursdays, lunch",
    "{weeks} weeks a year in which you may work from abroad",
    "paid leave for parents, {weeks} weeks on top of the law",
    "health insurance for you and your family",
)
PROCESS = (
    "We answer every application within {days} working days.",
    "You first talk to {who} for half an hour, then meet the team, and hear from us two days later.",
    "A small task, paid at our rate, shows us how you work; there are no riddles.",
    "Please send a curriculum vitae; we do not read cover letters.",
)
WHO = ("a recruiter", "your future manager", "a founder", "a future colleague")
EQUAL = (
    "{name} is an equal opportunity employer: we welcome all people, whatever their sex, age, origin, faith or disability.",
    "We hire for ability, without regard to origin, religion, sex, age or disability, and make room for what you need.",
    "Diverse teams do better work. Tell us if you need support during the process; {name} will see to it.",
)
OPENINGS = (
    "For our {department} team we look for a {title} who likes to {verb} {thing}.",
    "As {title} you join {count} colleagues in {department} and will soon {verb} {thing} on your own.",
    "Our {department} team is growing. What we need is a {title} with an eye for {thing}.",
)
EXPERIENCE = (
    "At least {years} years of work as {title} or in a like role",
    "{years}+ years of experience in {department}",
    "A degree or an apprenticeship in the field, or {years} years of practice",
)
SOFT = (
    "You explain difficult matters simply", "You ask before you assume", "You finish what you begin",
    "You work well with people of other trades", "You write clearly", "You stay calm when much happens at once",
)  # fmt: skip
