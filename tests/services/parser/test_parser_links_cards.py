"""Job links in the shapes in which listing pages are built: cards with a button, documents, scripts, lists of lists."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.links import extract_job_links

LIST = "https://www.northwind.example/careers"


def links(html: str, url: str = LIST) -> list[str]:
    page = Page(
        url=url,
        body=html.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    return [link.url.removeprefix("https://www.northwind.example") for link in extract_job_links(page)]


@pytest.mark.parametrize(
    "button",
    [
        "Apply now",
        "View position",
        "Read more",
        "Mehr erfahren",
        "Voir l'offre",
        "Ver oferta",
        "Scopri di più",
        "Lees meer",
        "Läs mer",
        "Zobacz więcej",
        "Více informací",
    ],
)
def test_cards_that_lead_on_by_a_button_alone(button):
    cards = "".join(
        f"<div class=card><h3>{title}</h3><p>Leeds</p><a href='/jobs/{slug}'>{button}</a></div>"
        for title, slug in (("Train Driver", "train-driver"), ("Cook", "cook"), ("Data Engineer", "data-engineer"))
    )
    assert links(f"<h1>Careers</h1>{cards}") == ["/jobs/train-driver", "/jobs/cook", "/jobs/data-engineer"]


def test_a_card_without_a_heading_is_known_by_its_address():
    cards = "".join(
        f"<div><div>{slug}</div><a href='/jobs/{slug}'>Apply Now</a></div>"
        for slug in ("lead-nurse-leeds", "senior-data-engineer", "train-driver")
    )
    assert links(f"<h1>Careers</h1><main><section>{cards}</section></main>") == [
        "/jobs/lead-nurse-leeds",
        "/jobs/senior-data-engineer",
        "/jobs/train-driver",
    ]


@pytest.mark.parametrize(
    "card",
    [
        '<div class="row" data-href="/jobs/{0}-471{0}"><h3>Train Driver {0}</h3></div>',
        "<tr onclick=\"window.location='/jobs/{0}-471{0}'\"><td>Train Driver {0}</td></tr>",
        "<li onclick=\"location.href = '/jobs/{0}-471{0}'\">Train Driver {0}</li>",
    ],
)
def test_cards_that_a_script_makes_links(card):
    rows = "".join(card.format(number) for number in range(1, 4))
    wrapped = f"<table>{rows}</table>" if card.startswith("<tr") else rows
    assert links(f"<h1>Jobs</h1>{wrapped}") == ["/jobs/1-4711", "/jobs/2-4712", "/jobs/3-4713"]


def test_postings_that_are_kept_as_documents():
    files = "".join(
        f"<li><a href='/jobs/files/{name}.pdf'>Download as pdf</a></li>"
        for name in ("driver-03", "cook-04", "nurse-05")
    )
    assert links(f"<h1>Open positions</h1><ul>{files}</ul><a href='/jobs/privacy.pdf'>Privacy</a>") == [
        "/jobs/files/driver-03.pdf",
        "/jobs/files/cook-04.pdf",
        "/jobs/files/nurse-05.pdf",
    ]


def test_links_to_more_lists_are_no_postings():
    html = (
        "<h1>Jobs</h1><ul><li><a href='/stellen/resolve/91812ceb0b844f9091c2cfe68a70c45a'>Interne Stellenausschreibungen</a></li>"
        "<li><a href='/jobs/44711-all'>All open positions</a></li><li><a href='/jobs/4711-driver'>Train Driver</a></li></ul>"
    )
    assert links(html) == ["/jobs/4711-driver"]


def test_postings_of_json_ld_with_addresses_of_their_own():
    script = (
        '<script type="application/ld+json">[{"@type": "JobPosting", "title": "Cook", "url": "/jobs/cook-4711"},'
        '{"@type": "JobPosting", "title": "Driver", "url": "https://www.northwind.example/jobs/driver-4712"}]</script>'
    )
    assert links(f"<h1>Jobs</h1>{script}") == ["/jobs/cook-4711", "/jobs/driver-4712"]


def test_a_page_without_jobs_is_left_clean():
    html = (
        "<h1>Our products</h1><div data-href='/products/toaster-4711'><h3>Toaster</h3></div><a href='/blog/how-we-hire'>How we hire</a>"
        "<a href='/files/report-03.pdf'>Report</a><a href='/about'>About</a><a href='/contact'>Apply a discount</a>"
    )
    assert links(html, "https://www.northwind.example/products") == []


@pytest.mark.parametrize(
    "title",
    ["Backend Engineer", "Back-End Developer", "Referent Einkauf", "SharePoint Administrator", "Contact Center Agent",
     "Search Engine Marketing Manager", "Privacy Counsel"],
)  # fmt: skip
def test_a_title_that_begins_as_words_for_elsewhere_do_is_a_title(title):
    html = f"<h1>Open positions</h1><ul><li><a href='/careers/4711-x'>{title}</a></li><li><a href='/careers/4712-y'>Train Driver</a></li></ul>"
    assert links(html) == ["/careers/4711-x", "/careers/4712-y"]
