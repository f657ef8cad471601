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


@pytest.mark.parametrize(
    "text",
    [
        # English
        "We are currently not hiring interns.",
        "We are not currently recruiting through agencies.",
        "At the moment we are not hiring outside the EU.",
        "We currently have no vacancies that need relocation support.",
        "There are currently no job alerts.",
        "There are no jobs posted by agencies at this time.",
        "We currently have no open positions for students.",
        "Our Paris office currently has no open positions.",
        "If there are currently no open positions, write to us.",
        "When we have no vacancies at the moment, we keep your application.",
        "No open positions at the moment?",
        "We currently have no remote jobs.",
        "There are currently no new positions.",
        "We currently have no public roles.",
        "We currently have no open positions. We are hiring interns.",
        "We currently have no open positions, but we are looking for a nurse.",
        "At this time no job offer is made without an interview.",
        "There is currently no position that we would not fill.",
        "Currently no jobs are added on Sundays.",
        "For interns, we currently have no vacancies.",
        "At the moment we have no job fairs planned.",
        # German
        "Derzeit haben wir keine offenen Stellen für Praktikanten.",
        "Aktuell gibt es keine Stellenbeschreibungen auf Englisch.",
        "Momentan haben wir keine Jobs für Werkstudenten.",
        "In Berlin gibt es derzeit keine offenen Stellen.",
        "Derzeit keine freien Ausbildungsplätze.",
        "Aktuell gibt es keine neuen Stellen.",
        "Wenn derzeit keine offenen Stellen ausgeschrieben sind, bewerben Sie sich initiativ.",
        "Derzeit sind alle Stellen besetzt, wir suchen aber Auszubildende.",
        # French
        "Actuellement nous n'acceptons pas d'offres d'agences.",
        "Actuellement nous ne recrutons pas de stagiaires.",
        "Aucune offre d'alternance actuellement.",
        "Actuellement, aucun poste n'est ouvert aux candidats sans permis.",
        # Spanish and Catalan
        "Actualmente no tenemos vacantes para becarios.",
        "En este momento no hay ofertas de formación.",
        "Actualmente sin ofertas especiales.",
        "Actualment no tenim places de pràctiques.",
        # Italian
        "Al momento non ci sono posizioni aperte a Milano.",
        "Attualmente non abbiamo posti per stagisti.",
        # Portuguese
        "No momento não temos vagas de estágio.",
        "De momento não temos ofertas promocionais.",
        # Dutch
        "Momenteel hebben wij geen vacatures voor stagiairs.",
        "Er zijn momenteel geen open jobs in Gent.",
        # Swedish, Danish, Norwegian
        "Just nu har vi inga lediga jobb i Malmö.",
        "Vi har i øjeblikket ingen ledige stillinger til elever.",
        "Vi har for tiden ingen ledige stillinger for lærlinger.",
        # Polish, Czech, Hungarian
        "Obecnie nie mamy ofert pracy zdalnej.",
        "Momentálně nemáme žádné volné pozice pro studenty.",
        "Jelenleg nincs meghirdetett állásbörze.",
        # Turkish, Russian, Ukrainian
        "Şu anda açık pozisyon için stajyer alımı bulunmamaktadır.",
        "Сейчас нет вакансий для студентов.",
        "Наразі немає вакансій у Львові.",
        # Japanese, Chinese, Korean
        "現在、新卒の募集は行っておりません。",
        "現在、求人の電話は受け付けておりません。",
        "目前没有实习岗位。",
        "目前没有上海的职位。",
        "현재 신입 채용 공고가 없습니다.",
    ],
)
def test_a_sentence_that_any_word_narrows_down_or_turns_says_no_such_thing(text):
    assert not is_said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately, we currently have no open positions available.",
        "There are no vacancies with us at this time.",
        "Sorry, we are not hiring at the moment - please check back soon!",
        "At present, there are no job openings. We are always looking for talented people.",
        "Although we have no open positions at the moment, we would like to hear from you.",
        "We're not currently hiring, however feel free to send us your CV.",
        "Leider haben wir zurzeit keine Stellenangebote. Schauen Sie bald wieder vorbei.",
        "Zurzeit sind bei uns leider keine Stellen zu besetzen.",
        "Wir haben aktuell keine offenen Positionen, freuen uns aber über Initiativbewerbungen.",
        "Malheureusement, il n'y a aucun poste ouvert en ce moment.",
        "Nous ne recrutons pas actuellement, mais n'hésitez pas à nous écrire.",
        "Lamentablemente, por el momento no tenemos vacantes disponibles.",
        "Ara mateix no tenim vacants.",
        "Purtroppo al momento non abbiamo posizioni aperte.",
        "Infelizmente, de momento não temos vagas disponíveis.",
        "Helaas hebben wij op dit moment geen openstaande vacatures.",
        "Tyvärr har vi inga lediga jobb för närvarande.",
        "Der er desværre ingen ledige stillinger lige nu.",
        "Dessverre har vi ingen ledige stillinger for tiden.",
        "Valitettavasti meillä ei ole tällä hetkellä avoimia tehtäviä.",
        "Niestety obecnie brak ofert pracy.",
        "Bohužel v současné době nemáme volné pracovní pozice.",
        "Sajnos jelenleg nincs betölthető állásunk.",
        "Din păcate, momentan nu avem posturi disponibile.",
        "Maalesef şu an açık pozisyonumuz bulunmamaktadır.",
        "К сожалению, в данный момент у нас нет открытых вакансий.",
        "На жаль, зараз у нас немає вакансій.",
        "申し訳ございませんが、ただいま募集は行っておりません。",
        "抱歉，我们目前没有开放职位。",
        "죄송합니다만 현재 채용 중인 포지션이 없습니다.",
    ],
)
def test_a_sentence_may_say_so_with_regret_and_go_on_with_an_invitation(text):
    assert is_said(text)


@pytest.mark.parametrize(
    "text", ["no open " * 37, "目前没有" * 75, "a, but " * 42, "currently, but no jobs, as we " * 10]
)
def test_a_line_that_repeats_itself_says_no_such_thing(text):
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
    ("around", "cut"),
    [
        ("<script>var page = '<p></p></body></html>';</script>", True),
        ("<SCRIPT type='text/template'><div></div></BODY></SCRIPT>", True),
        ("<style>/* </body> */</style>", True),
        ("<!-- </body></html> -->", True),
        ("<script>a()</script><!-- b --><style>c {}</style></body></html><!-- served from a cache -->", False),
        ("<script>a()</script></body></html><script>b()</script>", False),
    ],
)
def test_an_end_tag_in_a_script_a_style_or_a_comment_is_no_end(around, cut):
    rest = "<p>We build data pipelines for hospitals.</p>" * 20
    assert is_cut(f"<html><body><ul><li><a href='/1'>One</a></li>{around}{rest}".encode()) is cut


def test_an_end_tag_at_the_very_end_is_one_whatever_was_left_open_before():
    assert not is_cut(b"<html><body><div><!-- never closed <ul></ul></body></html>\n")


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul></body></html>", False),
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul>", False),
        (b"<ul><li><a href='/1'>One</a></ul>", False),
        (b"<html><body><ul><li><a href='/1'>One</a></li>", True),
        (b"<html><body><ul><li><a href='/1'>One</a></li></ul><a hre", True),
        (b"<html><body><ul><li><a href='/1'>On", True),
        (b"<body><p>We build.</p><p>You wri", True),
        (b"<body><ul><li>Python</li></ul><p>We build.<p>You write.", False),
        (b"<body><p>We build.<p>You write.</p>", False),
        (b"", False),
    ],
)
def test_a_page_that_neither_ends_nor_closes_what_it_opened_was_cut(body, cut):
    assert is_cut(body) is cut
