"""Job links on pages of small employers: slugs, notes, documents, numbers in the query, cards without an occupation."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.links import extract_job_links

SITE = "https://www.northwind.example"


def links(html: str, path: str = "/careers") -> list[str]:
    fetched = datetime(2026, 11, 20, tzinfo=UTC)
    page = Page(url=f"{SITE}{path}", body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=fetched)
    return [link.url.removeprefix(SITE) for link in extract_job_links(page)]


@pytest.mark.parametrize(
    ("path", "html", "found"),
    [
        (
            "/stellenangebot.html",
            ("<h1>Stellenangebot</h1><div><h3>Offene Stelle</h3><p><a href=stellenangebot-architekt.html>Zur vollständigen Stellenbeschreibung</a></p></div>"
            "<div><h3>Offene Stelle</h3><p><a href=stellenangebot-zeichner.html>Zur vollständigen Stellenbeschreibung</a></p></div>"),
            ["/stellenangebot-architekt.html", "/stellenangebot-zeichner.html"],
        ),
        (
            "/jobs",
            ("<h1>Jobs</h1><div><h3>Software developer</h3><a href=/jobs/software-developer>More information</a></div>"
            "<div><h3>DevOps engineer</h3><a href=/jobs/devops-engineer>More information</a></div>"),
            ["/jobs/software-developer", "/jobs/devops-engineer"],
        ),
        (
            "/recruit/list.php",
            "<h1>求人一覧</h1><ul><li><a href=/recruit/detail.php?id=31>看護師（常勤）</a></li><li><a href=/recruit/detail.php?id=32>薬剤師（パート）</a></li></ul>",
            ["/recruit/detail.php?id=31", "/recruit/detail.php?id=32"],
        ),
        (
            "/employment",
            "<h1>Current openings</h1><table><tr><td><a href=viewjob.aspx?id=120>Bus Driver</a></td></tr><tr><td><a href=viewjob.aspx?id=121>Elm Aide</a></td></tr></table>",
            ["/viewjob.aspx?id=120", "/viewjob.aspx?id=121"],
        ),
        (
            "/jobs",
            ("<h1>Jobs</h1><a class=card href=/jobs/haus><h3>Haus und Hof</h3><span>Berlin · Minijob</span></a>"
            "<a class=card href=/jobs/kommunikation><h3>Kommunikation</h3><span>Berlin · Vollzeit</span></a>"),
            ["/jobs/haus", "/jobs/kommunikation"],
        ),
        (
            "/recrutement.html",
            "<h1>Recrutement</h1><div><h3>Trésorier</h3><a href=fiche_poste_tresorier.pdf>Fiche</a></div><div><h3>Chargé de com</h3><a href=fiche_poste_com.pdf>Fiche</a></div>",
            ["/fiche_poste_tresorier.pdf", "/fiche_poste_com.pdf"],
        ),
        (
            "/join",
            ("<h1>Open positions</h1><ul><li><a href=https://northwind.notion.site/Office-Manager-9f8e7d>Office Manager</a></li></ul>"
            "<a href=https://docs.google.com/forms/d/x>Apply here</a> <a href=https://twitter.example/n>Twitter</a>"),
            ["https://northwind.notion.site/Office-Manager-9f8e7d"],
        ),
    ],
)  # fmt: skip
def test_postings_of_small_employers_are_found(path, html, found):
    assert links(f"<title>Northwind</title>{html}", path) == found


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li><a href=/jobs/engineering>Engineering</a></li><li><a href=/jobs/customer-success>Customer Success</a></li><li><a href=/jobs/berlin>Berlin</a></li></ul>",
        "<h2><a href=/careers/how-to-become-a-data-engineer>How to become a data engineer</a></h2><h2><a href=/careers/2>50 interview questions for developers</a></h2>",
        "<ul><li><a href=/stellen/Datenschutz_Bewerbung.pdf>Datenschutz</a></li><li><a href=/stellen/Bewerbungsbogen_Formular.pdf>Formular</a></li></ul>",
    ],
)  # fmt: skip
def test_departments_articles_and_forms_are_no_postings(html):
    assert links(f"<title>Careers</title><h1>Careers</h1>{html}") == []
