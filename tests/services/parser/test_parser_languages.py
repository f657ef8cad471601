"""Pages without markup in thirteen languages: labels, facts, dates and pay in each; and whose posting a page is."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobType, Workplace
from services.parser.labels import label_of
from services.parser.parse import parse_posting_page

PROSE = "You look after the timetables of forty trains and talk to the people who run them. "
FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://www.northwind.example/jobs/4711"


def page(html: str, url: str = URL) -> Page:
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=FETCHED)


def only(html: str, url: str = URL):
    parsed = parse_posting_page(page(html, url), board=None)
    assert parsed.refused == ()
    (posting,) = parsed.postings
    return posting


# language, title, facts (label and value), prose, headings, apply: country, job type, pay, posted
PAGES = [
    ("en", "Train Driver", (("Location", "Leeds, UK"), ("Contract type", "Part-time"), ("Salary", "£28,000 - £32,000 per annum"), ("Date posted", "3 November 2026")),
     "You drive trains between the cities of the north and look after the people on board. ", ("Responsibilities", "Requirements"), "Apply now",
     ("GB", JobType.PART_TIME, (28000, 32000, "GBP", "year"))),
    ("de", "Lokführer (m/w/d)", (("Arbeitsort", "Leipzig"), ("Beschäftigungsumfang", "Teilzeit"), ("Vergütung", "ab 3.200 € brutto pro Monat"), ("Veröffentlicht am", "03.11.2026")),
     "Du fährst Züge zwischen den Städten des Nordens und kümmerst dich um die Menschen an Bord. ", ("Deine Aufgaben", "Dein Profil"), "Jetzt bewerben",
     ("DE", JobType.PART_TIME, (3200, None, "EUR", "month"))),
    ("fr", "Conducteur de train (H/F)", (("Lieu de travail", "Lyon (69)"), ("Type de contrat", "Temps partiel"), ("Rémunération", "28 000 € à 32 000 € brut par an"), ("Publié le", "3 novembre 2026")),
     "Vous conduisez des trains entre les villes du nord et vous vous occupez des voyageurs à bord. ", ("Vos missions", "Profil recherché"), "Postuler",
     ("FR", JobType.PART_TIME, (28000, 32000, "EUR", "year"))),
    ("es", "Conductor/a de tren", (("Ubicación", "Sevilla"), ("Tipo de jornada", "Jornada parcial"), ("Salario", "entre 24.000 y 28.000 € brutos anuales"), ("Fecha de publicación", "3 de noviembre de 2026")),
     "Conducirás trenes entre las ciudades del norte y cuidarás de las personas que viajan a bordo. ", ("Funciones", "Requisitos"), "Inscríbete",
     ("ES", JobType.PART_TIME, (24000, 28000, "EUR", "year"))),
    ("ca", "Maquinista de tren", (("Lloc de treball", "Girona"), ("Tipus de jornada", "Jornada parcial"), ("Salari", "24.000 € bruts anuals"), ("Data de publicació", "3 de novembre de 2026")),
     "Conduiràs trens entre les ciutats del nord i tindràs cura de les persones que viatgen a bord. ", ("Descripció", "Requisits"), "Inscriu-t'hi",
     ("ES", JobType.PART_TIME, (24000, 24000, "EUR", "year"))),
    ("pt", "Maquinista de comboio", (("Localização", "Porto"), ("Tipo de contrato", "Tempo parcial"), ("Salário", "1.400 € a 1.600 € por mês"), ("Data de publicação", "3 de novembro de 2026")),
     "Conduz comboios entre as cidades do norte e cuida das pessoas que viajam a bordo todos os dias. ", ("Funções", "Requisitos"), "Candidatar-me",
     ("PT", JobType.PART_TIME, (1400, 1600, "EUR", "month"))),
    ("it", "Macchinista ferroviario", (("Sede di lavoro", "Torino"), ("Tipo di contratto", "Tempo parziale"), ("Retribuzione", "da 1.400 a 1.600 euro al mese"), ("Pubblicato il", "3 novembre 2026")),
     "Guiderai treni tra le città del nord e ti prenderai cura delle persone che viaggiano a bordo. ", ("Mansioni", "Requisiti"), "Candidati",
     ("IT", JobType.PART_TIME, (1400, 1600, "EUR", "month"))),
    ("nl", "Machinist", (("Standplaats", "Utrecht"), ("Dienstverband", "Deeltijd"), ("Salaris", "€ 2.800 - € 3.400 bruto per maand"), ("Geplaatst op", "3 november 2026")),
     "Je rijdt treinen tussen de steden van het noorden en zorgt voor de mensen aan boord van de trein. ", ("Functieomschrijving", "Functie-eisen"), "Solliciteer nu",
     ("NL", JobType.PART_TIME, (2800, 3400, "EUR", "month"))),
    ("da", "Togfører", (("Arbejdssted", "Aarhus"), ("Ansættelsesform", "Deltid"), ("Løn", "32.000 - 36.000 kr. pr. måned"), ("Opslået", "3. november 2026")),
     "Du kører tog mellem byerne i nord og tager dig af de mennesker, der rejser med os hver dag. ", ("Arbejdsopgaver", "Kvalifikationer"), "Søg stillingen",
     ("DK", JobType.PART_TIME, (32000, 36000, "DKK", "month"))),
    ("no", "Lokfører", (("Arbeidssted", "Bergen"), ("Ansettelsesform", "Deltid"), ("Lønn", "520 000 - 600 000 kr per år"), ("Publisert", "3. november 2026")),
     "Du kjører tog mellom byene i nord og tar deg av menneskene som reiser med oss hver eneste dag. ", ("Arbeidsoppgaver", "Kvalifikasjoner"), "Søk stillingen",
     ("NO", JobType.PART_TIME, (520000, 600000, "NOK", "year"))),
    ("sv", "Lokförare", (("Arbetsort", "Malmö"), ("Omfattning", "Deltid"), ("Lön", "32 000 - 36 000 kr per månad"), ("Publicerad", "3 november 2026")),
     "Du kör tåg mellan städerna i norr och tar hand om de människor som reser med oss varje dag. ", ("Arbetsuppgifter", "Kvalifikationer"), "Ansök här",
     ("SE", JobType.PART_TIME, (32000, 36000, "SEK", "month"))),
    ("cs", "Strojvedoucí", (("Místo výkonu práce", "Brno"), ("Typ úvazku", "Částečný úvazek"), ("Mzda", "35 000 – 42 000 Kč měsíčně"), ("Zveřejněno", "3. listopadu 2026")),
     "Budete řídit vlaky mezi městy na severu a starat se o cestující, kteří s námi každý den jezdí. ", ("Náplň práce", "Požadavky"), "Odpovědět na nabídku",
     ("CZ", JobType.PART_TIME, (35000, 42000, "CZK", "month"))),
    ("pl", "Maszynista", (("Miejsce pracy", "Gdańsk"), ("Wymiar pracy", "Część etatu"), ("Wynagrodzenie", "6 500 - 8 000 zł brutto miesięcznie"), ("Data publikacji", "3 listopada 2026")),
     "Będziesz prowadzić pociągi między miastami północy i dbać o ludzi, którzy codziennie z nami jeżdżą. ", ("Obowiązki", "Wymagania"), "Aplikuj",
     ("PL", JobType.PART_TIME, (6500, 8000, "PLN", "month"))),
]  # fmt: skip


@pytest.mark.parametrize("layout", ["dl", "table", "colon", "lines", "spans"])
@pytest.mark.parametrize("case", PAGES, ids=lambda case: case[0])
def test_labelled_facts(case, layout):
    language, title, facts, prose, headings, apply, (country, job_type, pay) = case
    shapes = {
        "dl": "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in facts) + "</dl>",
        "table": "<table>" + "".join(f"<tr><th>{k}:</th><td>{v}</td></tr>" for k, v in facts) + "</table>",
        "colon": "".join(f"<p><strong>{k}:</strong> {v}</p>" for k, v in facts),
        "lines": "".join(f"<div><h4>{k}</h4><p>{v}</p></div>" for k, v in facts),
        "spans": "<ul>"
        + "".join(f"<li><i class=icon></i><span>{k}</span> <span>{v}</span></li>" for k, v in facts)
        + "</ul>",
    }
    posting = only(
        f"<html lang={language}><title>{title} | Northwind Rail</title><nav><a href=/>Northwind</a></nav><h1>{title}</h1>{shapes[layout]}"
        f"<h2>{headings[0]}</h2><p>{prose * 5}</p><h2>{headings[1]}</h2><ul><li>{prose}</li></ul><a href='/apply/7'>{apply}</a></html>"
    )
    assert (posting.title, posting.company_name) == (title, "Northwind Rail")
    assert posting.locations[0].country == country
    assert posting.job_type is job_type
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max, posting.salary.currency, posting.salary.period.value) == pay
    assert posting.posted_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert posting.language in (language, "nb" if language == "no" else language)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("📍 Location:", "location"),
        ("Standort(e)", "location"),
        ("Location(s)", "location"),
        ("• Salary", "salary"),
        ("Lieu(x) :", "location"),
        ("Our values", None),
    ],
)
def test_labels_with_signs_and_endings(text, field):
    assert label_of(text) == field


BODY = (
    "<h2>Responsibilities</h2><p>"
    + "You look after the timetables of forty trains and talk to the people who run them. " * 6
    + "</p>"
    "<h2>Requirements</h2><ul><li>Patience</li></ul><p>Location: Leeds, UK</p><p>Full-time</p><a href=/apply>Apply now</a>"
)


@pytest.mark.parametrize(
    ("head", "body", "url", "company"),
    [
        ("<title>Train Planner at Northwind Rail</title>", "", URL, "Northwind Rail"),
        ("<title>Train Planner @ Northwind Rail | Jobs</title>", "", URL, "Northwind Rail"),
        ("<title>Train Planner - Northwind Rail - Leeds</title>", "", "https://board.example/jobs/1", "Northwind Rail"),
        ("<title>Train Planner | Operations | Northwind Rail Careers</title>", "", URL, "Northwind Rail"),
        ("<title>Northwind Rail - Train Planner</title>", "", "https://jobs.lever.co/northwindrail/1", "Northwind Rail"),
        ("<title>Train Planner bei Nordwind Bahn</title>", "", URL, "Nordwind Bahn"),
        ("<title>Train Planner</title><meta property=og:site_name content='Northwind Rail Careers'>", "", URL, "Northwind Rail"),
        ("<title>Train Planner | Workday</title><meta property=og:site_name content=Greenhouse>", "<h3>About Northwind Rail</h3>", "https://x.example/1", "Northwind Rail"),
        ("<title>Train Planner</title>", "<header><img src=/logo.svg alt='Northwind Rail Logo'></header>", "https://x.example/jobs/1", "Northwind Rail"),
        ("<title>Train Planner</title>", "<footer>© 2019 - 2026 Northwind Rail Ltd. All rights reserved.</footer>", "https://x.example/jobs/1", "Northwind Rail Ltd"),
        ("<title>Train Planner</title>", "<footer>© 2026 Northwind Rail GmbH | Impressum</footer><p>Powered by Personio</p>", "https://x.example/jobs/1", "Northwind Rail GmbH"),
        ("<title>Train Planner</title>", "<p>At Northwind Rail, we move people. Northwind Rail is a railway of the north with many people.</p>", "https://x.example/jobs/1", "Northwind Rail"),
        ("<title>Train Planner</title>", "<p>Our client says that this position is open with Northwind Rail Ltd. in the north of the land.</p>", "https://x.example/jobs/1", "Northwind Rail"),
        ("<title>Train Planner</title>", "<p>Write to the people of Northwind Rail in Leeds for more about this.</p>", "https://northwindrail.breezy.hr/p/1", "Northwind Rail"),
        ("<title>Train Planner</title>", "", "https://jobs.ashbyhq.com/northwind-rail/1234-5678", "Northwind Rail"),
        ("<title>Train Planner</title>", "", "https://careers.northwind.co.uk/jobs/1", "Northwind"),
        (
            '<title>Train Planner</title><script type="application/ld+json">{"@type": "WebSite", "publisher": {"@type": "Organization", "name": "Northwind Rail"}}</script>',
            "", "https://x.example/jobs/1", "Northwind Rail",
        ),
        ("<title>Train Planner</title>", "<p>The University of Northwind has many people. Come to the University of Northwind in the north.</p>", "https://x.example/1", "University of Northwind"),
    ],
)  # fmt: skip
def test_the_company(head, body, url, company):
    assert (
        only(f"<html><head>{head}</head><body><h1>Train Planner</h1>{BODY}{body}</body></html>", url).company_name
        == company
    )


def test_a_labelled_company_goes_before_all_others():
    posting = only(
        f"<title>Train Planner | Job Board</title><meta property=og:site_name content='Job Board'><h1>Train Planner</h1><p>Employer: Northwind Rail</p>{BODY}"
    )
    assert posting.company_name == "Northwind Rail"
    assert posting.provenance["company_name"].path == "p “Employer:”"


@pytest.mark.parametrize(
    ("text", "workplace"),
    [
        ("Wir bieten dir die Möglichkeit zum Homeoffice an zwei Tagen.", Workplace.HYBRID),
        ("Mobiles Arbeiten ist bei uns selbstverständlich.", Workplace.HYBRID),
        ("Du arbeitest 100 % remote.", Workplace.REMOTE),
        ("Télétravail possible après trois mois.", Workplace.HYBRID),
        ("Poste en full remote.", Workplace.REMOTE),
        ("Modalidad híbrida con horario flexible.", Workplace.HYBRID),
        ("Lavoro ibrido con orario flessibile.", Workplace.HYBRID),
        ("Hybride werken is bij ons normaal.", Workplace.HYBRID),
        ("Nabízíme hybridní práci a hybridní model.", Workplace.HYBRID),
        ("Oferujemy tryb hybrydowy.", Workplace.HYBRID),
        ("This is a fully remote position.", Workplace.REMOTE),
        ("You are in the office three days a week, the rest is up to you: a hybrid model.", Workplace.HYBRID),
        ("Our remote sensing group builds satellites.", Workplace.NONE),
        ("You look after remote sites in the mountains.", Workplace.NONE),
    ],
)
def test_the_workplace_in_running_text(text, workplace):
    assert (
        only(
            f"<title>Train Planner | Northwind</title><h1>Train Planner</h1>{BODY}<h3>Benefits</h3><p>{text} {PROSE}</p>"
        ).remote
        is workplace
    )


@pytest.mark.parametrize(
    ("title", "text", "city", "country"),
    [
        ("Train Planner – Leeds", "We are based in Porto.", "Leeds", "GB"),
        ("Train Planner (Denmark)", "The position is based in Copenhagen.", "Copenhagen", "DK"),
        ("Train Planner (Denmark)", "We like trains.", None, "DK"),
        ("Train Planner", "Unser Büro in Leipzig ist hell.", "Leipzig", "DE"),
        ("Train Planner", "Le poste basé à Lyon est ouvert.", "Lyon", "FR"),
        ("Train Planner", "Nuestras oficinas en Sevilla son luminosas.", "Sevilla", "ES"),
        ("Train Planner", "Northwind z siedzibą w Gdańsk od lat.", "Gdańsk", "PL"),
    ],
)
def test_places_of_the_title_and_the_text(title, text, city, country):
    body = BODY.replace("<p>Location: Leeds, UK</p>", "")
    posting = only(
        f"<title>{title} | Northwind</title><h1>{title}</h1>{body}<h3>Benefits</h3><p>{text} {PROSE}</p><p>Salary: £30,000</p>"
    )
    assert [(place.city, place.country) for place in posting.locations] == [(city, country)]


def test_a_page_name_of_very_many_parts_is_read_in_part():
    posting = only(
        f"<title>{'Train Planner | ' * 200_000}</title><h1>Train Planner</h1>{BODY}<footer>© 2026 Northwind Rail</footer>"
    )
    assert posting.title == "Train Planner"


def test_badges_in_a_row_are_facts_of_their_own():
    body = BODY.replace("<p>Location: Leeds, UK</p><p>Full-time</p>", "")
    badges = "<div><span>Part-Time</span> <span>Planning</span> <span>Porto, Portugal</span> <span>Hybrid</span></div>"
    posting = only(f"<title>Train Planner | Northwind</title><h1>Train Planner</h1>{badges}{body}")
    assert (posting.job_type, posting.remote) == (JobType.PART_TIME, Workplace.HYBRID)
    assert [place.city for place in posting.locations] == ["Porto"]
