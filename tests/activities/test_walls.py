"""Pages that come with a 200 and are not what was asked for: whatever they stand in for, they close nothing."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from local_site import Site, links, posting, working

from quiethire.domain.board import Board

HOURS = timedelta(hours=7)
"""Later than a sudden drop would be confirmed."""
NAVIGATION = "<nav><a href='/'>Home</a> <a href='/about'>About</a> <a href='/careers'>Careers</a></nav>"


def wall(title, content, language="en"):
    head = f"<head><title>{title}</title></head>"
    return 200, f"<html lang='{language}'>{head}<body>{NAVIGATION}<main><h1>{title}</h1>{content}</main></body></html>"


WALLS = {
    "login": wall(
        "Anmelden", "<form action='/login'><input name=u><input type=password name=p><button>Los</button></form>", "de"
    ),
    "login with a menu": wall(
        "Log in", "<input type=password>" + links([("/jobs/help-1", "Help"), ("/jobs/faq-2", "Questions")])
    ),
    "cookies": wall(
        "Nous respectons votre vie privée",
        "<p>Acceptez les cookies pour continuer.</p><button>Tout accepter</button>",
        "fr",
    ),
    "maintenance": wall("Estamos en mantenimiento", "<p>Volvemos enseguida. De momento no hay servicio.</p>", "es"),
    "checking": wall("Just a moment...", "<p>Checking your browser before accessing northwind.example.</p>"),
    "error": wall("Si è verificato un errore", "<p>Riprova più tardi.</p>", "it"),
    "not found": wall("Pagina niet gevonden", "<p>Deze pagina bestaat niet (meer).</p>", "nl"),
    "denied": wall("Odmowa dostępu", "<p>Nie masz uprawnień do tej strony.</p>", "pl"),
    "region": wall("地域を選択してください", links([("/jp", "日本"), ("/us", "United States")]), "ja"),
    "terms": wall(
        "Uppdaterade villkor", "<p>Du måste godkänna villkoren.</p><form><button>Jag godkänner</button></form>", "sv"
    ),
    "redirect": (302, "", "/signin"),
    "blank": (200, ""),
    "results": wall(
        "Careers", "<form><input name=q></form><p class='no-results'>No jobs found for your search at this time.</p>"
    ),
}
PLACES = ("/careers", "/careers?page=2", "/jobs/0-nurse")


def listing(page):
    jobs = links([(f"/jobs/{number}-nurse", f"Nurse {number}") for number in range(page * 3 - 3, page * 3)])
    further = "<a href='/careers?page=2'>2</a>" if page == 1 else "<a href='/careers'>1</a>"
    return f"<html><body>{NAVIGATION}<h1>Open positions</h1>{jobs}{further}</body></html>"


class Walled(Site):
    """Six postings on two pages; what is put in `instead` stands in the place of one of them."""

    def __init__(self):
        super().__init__(self.page)
        self.instead = {}

    def page(self, target):
        if target in self.instead:
            return self.instead[target]
        if target in ("/careers", "/careers?page=2"):
            return 200, listing(2 if "page" in target else 1)
        if target == "/signin":
            return WALLS["login"]
        number = target.removeprefix("/jobs/").removesuffix("-nurse")
        return (200, posting(int(number))) if number.isdigit() and int(number) < 6 else (404, "not here")


@pytest.mark.parametrize("kind", WALLS)
async def test_a_wall_closes_nothing_wherever_it_stands(world, temporal_client, kind):
    site = Walled()
    at = datetime.now(UTC)
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.opened == 6
        for place in PLACES:
            site.instead = {place: WALLS[kind]}
            for _ in range(2):
                at += HOURS
                result = await crawl(started_at=at)
                assert result.postings.closed == 0, (place, result.problems)
    assert len(await world.postings.open_ids()) == 6


class Slugs(Walled):
    """Each link leads on to the posting's own address."""

    def page(self, target):
        if target in self.instead or not target.startswith("/jobs/"):
            return super().page(target)
        if target.endswith("/at-northwind"):
            return super().page(target.removesuffix("/at-northwind"))
        return 302, "", f"{target}/at-northwind"


async def test_a_link_that_is_listed_and_leads_nowhere_keeps_the_posting_that_it_led_to(world, temporal_client):
    site = Slugs()
    at = datetime.now(UTC)
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.opened == 6
        site.instead = {"/jobs/0-nurse": (404, "not here")}
        for _ in range(2):
            at += HOURS
            assert (await crawl(started_at=at)).postings.closed == 0
    assert len(await world.postings.open_ids()) == 6


GREENHOUSE = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")
JAZZHR = Board(ats="jazzhr", token="northwind", url="https://northwind.applytojob.com/apply/jobs")
TEXT = "<p>You build the pipelines that our customers rely on, in Python and SQL, with a small team in Berlin.</p>" * 8


def feed():
    jobs = [
        {
            "id": number,
            "absolute_url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
            "title": "Data Engineer",
            "location": {"name": "Berlin, Germany"},
            "content": TEXT,
        }
        for number in range(4)
    ]
    return json.dumps({"jobs": jobs, "meta": {"total": 4}})


def jazz():
    jobs = "".join(
        f'<li><a class="job_title_link" href="/apply/jobs/details/AbCdEfGh{n}">Nurse</a></li>' for n in range(4)
    )
    return f'<html><body><ul id="jobs_table">{jobs}</ul></body></html>'


class Vendor(Site):
    """Two boards of vendors."""

    def __init__(self):
        super().__init__(self.page)
        self.instead = None

    def page(self, target):
        is_list = target.startswith(("/v1/boards/", "/apply/jobs")) and "details" not in target
        if is_list and self.instead is not None:
            return self.instead
        if target.startswith("/v1/boards/"):
            return 200, feed()
        if "details" in target:
            return 200, posting(int(target[-1]))
        return (200, jazz()) if is_list else (404, "")


@pytest.mark.parametrize("board", [GREENHOUSE, JAZZHR], ids=lambda board: board.ats)
async def test_a_wall_in_front_of_a_vendors_board_closes_nothing(world, temporal_client, board):
    site = Vendor()
    at = datetime.now(UTC)
    whole = feed() if board is GREENHOUSE else jazz()
    async with working(world, temporal_client, site, "boards-api.greenhouse.io", "northwind.applytojob.com") as crawl:
        assert (await crawl(board)).postings.opened == 4
        for kind, answer in {
            **WALLS,
            "cut": (200, whole[: len(whole) // 2]),
            "json": (200, '{"error": "down"}'),
        }.items():
            site.instead = answer
            for _ in range(2):
                at += HOURS
                result = await crawl(board, at)
                assert (result.postings.closed, result.complete) == (0, False), (kind, result.problems)
    assert len(await world.postings.open_ids()) == 4
