"""A site full of traps: what it costs, and whether its postings are found all the same."""

from local_site import Site, links, posting, working

PER_PAGE = 20
POSTINGS = 3 * PER_PAGE


def listing(page: int) -> str:
    """Three pages with postings, then pages without end that have none; traps of every kind on each."""
    mine = range((page - 1) * PER_PAGE, page * PER_PAGE) if page <= 3 else range(PER_PAGE)
    real = [(f"/jobs/{number}-nurse", f"Nurse {number}") for number in mine]
    sessions = [(f"/jobs/{number}-nurse?PHPSESSID={page:02}{number:030}", f"Nurse {number}") for number in mine]
    calendar = [
        (f"/jobs/shifts/{year}/{month:02}", f"Night nurse {month} {year}")
        for year in range(2010, 2040)
        for month in range(1, 13)
    ]
    repeating = [("/jobs" * depth + f"/{depth}000-nurse", f"Nurse lead {depth}") for depth in range(4, 18)]
    filters = [(f"/jobs/list-1000?team={a}&city={b}", f"Nurse team {a} {b}") for a in range(15) for b in range(10)]
    endless = [(f"/jobs/like/{page * 1000 + number}-nurse", f"Nurse {page} {number}") for number in range(60)]
    further = f'<a href="?page={page + 1}">next</a>'
    return f"<html><body><h1>Open positions</h1>{links([*endless, *calendar, *filters, *repeating])}{links([*sessions, *real])}{further}</body></html>"


def answer(target: str):
    path, _, query = target.partition("?")
    if path == "/careers":
        return 200, listing(int(query.removeprefix("page=") or 1))
    number = path.removeprefix("/jobs/").removesuffix("-nurse")
    if path == f"/jobs/{number}-nurse" and number.isdigit() and int(number) < POSTINGS:
        return 200, posting(int(number))
    return 200, f"<html><body><h1>Shifts</h1><p>{target}</p>{links([(f'{path}/next', 'Next')])}</body></html>"


async def test_traps_cost_at_most_500_fetches_and_every_posting_is_found(world, temporal_client):
    site = Site(answer)
    async with working(world, temporal_client, site) as crawl:
        result = await crawl()
    assert result.postings.opened == POSTINGS
    assert {row.posting.title for row in await world.postings.page(limit=1_000)} == {
        f"Nurse {number}" for number in range(POSTINGS)
    }
    assert len(site.asked) - POSTINGS <= 500
    assert not result.complete
    assert "trap" in {problem.kind for problem in result.problems}
