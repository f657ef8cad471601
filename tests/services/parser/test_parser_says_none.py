"""A listing that says that there are no open positions, in many languages; and all that is no such listing."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.empty_listing import is_said
from services.parser.links import read_listing
from services.parser.truncation import is_cut

SAID = [
    "There are currently no open positions.",
    "We have no vacancies at the moment, but feel free to send us your CV.",
    "We are not currently hiring.",
    "We don't have any open roles right now.",
    "Derzeit haben wir leider keine offenen Stellen.",
    "Aktuell sind alle Stellen besetzt.",
    "Nous n'avons pas d'offres d'emploi pour le moment.",
    "Aucun poste à pourvoir actuellement.",
    "Actualmente no hay ofertas de empleo.",
    "En este momento no tenemos vacantes.",
    "Actualment no hi ha cap oferta de feina.",
    "Al momento non ci sono posizioni aperte.",
    "No momento não temos vagas abertas.",
    "Er zijn momenteel geen vacatures.",
    "Vi har inga lediga tjänster just nu.",
    "Der er i øjeblikket ingen ledige stillinger.",
    "Vi har for øyeblikket ingen ledige stillinger.",
    "Meillä ei ole avoimia työpaikkoja tällä hetkellä.",
    "Obecnie nie prowadzimy żadnych rekrutacji.",
    "Momentálně nemáme žádné volné pozice.",
    "V súčasnosti neponúkame žiadne voľné pozície.",
    "Jelenleg nincs nyitott pozíciónk.",
    "Momentan nu avem posturi vacante.",
    "Şu anda açık pozisyon bulunmamaktadır.",
    "Сейчас открытых вакансий нет.",
    "Наразі немає відкритих вакансій.",
    "現在、募集中の職種はございません。",
    "目前没有空缺职位。",
    "현재 진행 중인 채용 공고가 없습니다.",
]


@pytest.mark.parametrize("text", SAID)
def test_a_sentence_says_that_there_are_none_at_present(text):
    assert is_said(text)


@pytest.mark.parametrize(
    "text",
    [
        "No results found.",
        "No jobs found",
        "0 jobs",
        "There are currently no open positions matching your search.",
        "There are currently no open positions in Marketing.",
        "We currently have no vacancies for nurses.",
        "Currently no openings except for interns.",
        "Derzeit keine Stellen in Berlin.",
        "Für Ihre Auswahl gibt es derzeit keine Stellen.",
        "Keine Ergebnisse",
        "Aucun résultat pour votre recherche actuellement",
        "Currently {{ count }} of no open positions",
        "We never had so many open positions as we have at the moment.",
        "Currently we have five positions. There is no dress code.",
        "At this time we do not accept applications by post.",
        "現在、条件に合う求人はありません。",
        "There are currently no open positions. " + "We are a company that was founded long ago. " * 10,
    ],
)
def test_a_sentence_about_a_search_or_a_part_or_something_else_says_no_such_thing(text):
    assert not is_said(text)


def page(content, *, url="https://northwind.example/careers", head="<title>Careers at Northwind</title>"):
    body = f"<html><head>{head}</head><body><nav><a href='/about'>About</a></nav><main>{content}</main></body></html>"
    return Page(url=url, body=body.encode(), content_type="text/html; charset=utf-8", fetched_at=datetime.now(UTC))


NONE = "There are currently no open positions."


@pytest.mark.parametrize("text", SAID)
def test_a_page_about_jobs_that_says_so_has_none(text):
    assert read_listing(page(f"<h1>Careers</h1><p>{text}</p>")).says_none


def test_a_sentence_with_an_emphasis_in_it_is_seen_whole():
    assert read_listing(page("<h1>Careers</h1><p>There are currently <b>no open positions</b>.</p>")).says_none


LINKS = "".join(f'<li><a href="/jobs/{number}-data-engineer">Data Engineer {number}</a></li>' for number in range(3))


@pytest.mark.parametrize(
    "content",
    [
        f"<h1>Careers</h1><p>{NONE}</p><ul>{LINKS}</ul>",
        f"<h1>Careers</h1><p hidden>{NONE}</p>",
        f'<h1>Careers</h1><p style="display: none">{NONE}</p>',
        f'<h1>Careers</h1><div aria-hidden="true"><p>{NONE}</p></div>',
        f'<h1>Careers</h1><div class="d-none"><p>{NONE}</p></div>',
        f'<h1>Careers</h1><div class="jobs-no-results"><p>{NONE}</p></div>',
        f"<h1>Careers</h1><div v-if='!jobs.length'><p>{NONE}</p></div>",
        f"<h1>Careers</h1><div x-show='empty'><p>{NONE}</p></div>",
        f"<h1>Careers</h1><form action='/search'><p>{NONE}</p></form>",
        f"<h1>Careers</h1><template><p>{NONE}</p></template>",
        f"<h1>Careers</h1><script>var none = '<p>{NONE}</p>';</script>",
        f"<h1>Careers</h1><noscript><p>{NONE}</p></noscript>",
        f"<h1>Careers</h1><p><a href='/why'>{NONE}</a></p>",
        f"<h1>Careers</h1><h2>Sales</h2><p>{NONE}</p><h2>Support</h2><p>{NONE}</p>",
        f"<h1>Careers</h1><p>{NONE}</p><a rel='next' href='/careers/2'>Next</a>",
        f"<h1>Careers</h1><p>{NONE}</p><input type='password' name='p'>",
        f"<h1>Careers</h1><p>{NONE}</p><script src='https://boards.greenhouse.io/embed/job_board/js?for=northwind'></script>",
        "<h1>Careers</h1><p>We look forward to hearing from you.</p>",
    ],
)
def test_a_page_that_lists_hides_limits_or_may_still_fill_its_list_says_no_such_thing(content):
    assert not read_listing(page(content)).says_none


def test_a_page_about_something_else_says_no_such_thing():
    found = read_listing(
        page(f"<h1>News</h1><p>{NONE}</p>", url="https://northwind.example/news", head="<title>News</title>")
    )
    assert not found.says_none


def test_a_page_that_was_cut_says_no_such_thing():
    whole = page(f"<h1>Careers</h1><p>{NONE}</p><ul>{LINKS}</ul>")
    cut = whole.model_copy(update={"body": whole.body[: whole.body.index(b"<ul>") + 2]})
    assert not read_listing(cut).says_none


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul></body></html>", False),
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul>", False),
        (b"<ul><li><a href='/1'>One</a></ul>", False),
        (b"<html><body><ul><li><a href='/1'>One</a></li>", True),
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul><a hre", True),
        (b"<html><body><ul><li><a href='/1'>On", True),
        (b"", False),
    ],
)
def test_a_page_that_neither_ends_nor_closes_what_it_opened_was_cut(body, cut):
    assert is_cut(body) is cut
