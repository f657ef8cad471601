"""Job pages side by side, within the time of an activity."""

import asyncio

import pytest

from activities import job_pages
from activities.errors import LONGEST_WAIT
from activities.job_pages import SILENT, fetch_pages
from quiethire.domain.errors import Blocked, Gone, Throttled, Transient


def urls(host, count):
    return [f"https://{host}/jobs/{number}" for number in range(count)]


async def test_hosts_are_read_side_by_side_and_each_one_by_one():
    running, most = {}, {}

    async def fetch(url):
        host = url.split("/")[2]
        running[host] = running.get(host, 0) + 1
        most[host] = max(most.get(host, 0), running[host])
        await asyncio.sleep(0)
        running[host] -= 1
        return url

    both = [*urls("a.example", 5), *urls("b.example", 5)]
    assert set((await fetch_pages(both, fetch, per_host=1)).outcomes) == set(both)
    assert most == {"a.example": 1, "b.example": 1}


async def test_a_host_that_does_not_answer_is_given_up_and_the_others_go_on():
    asked = []

    async def fetch(url):
        asked.append(url)
        if "dead" in url:
            raise Transient("not done", kind="timeout")
        return url

    both = [*urls("dead.example", 20), *urls("a.example", 5)]
    results = (await fetch_pages(both, fetch, per_host=1)).outcomes
    assert len(asked) == SILENT + 5
    assert {type(results[url]) for url in urls("dead.example", 20)} == {Transient}
    assert [results[url] for url in urls("a.example", 5)] == urls("a.example", 5)


async def test_a_host_that_answers_is_read_to_the_end_whatever_it_lacks():
    async def fetch(url):
        raise Gone("404")

    assert set((await fetch_pages(urls("a.example", 10), fetch, per_host=1)).outcomes) == set(urls("a.example", 10))


async def test_pages_of_a_host_that_asks_for_a_while_are_left_for_later_and_the_others_come():
    async def fetch(url):
        if url == "https://busy.example/jobs/3":
            raise Throttled("wait", retry_after=7)
        return url

    fetched = await fetch_pages([*urls("busy.example", 10), *urls("a.example", 5)], fetch, per_host=1)
    assert set(fetched.outcomes) == {*urls("busy.example", 3), *urls("a.example", 5)}
    assert fetched.wait == 7


@pytest.mark.parametrize("error", [Throttled("wait", retry_after=LONGEST_WAIT + 1), Blocked("403")])
async def test_pages_of_a_host_that_wants_long_peace_are_given_up_unasked(error):
    asked = []

    async def fetch(url):
        asked.append(url)
        raise error

    fetched = await fetch_pages(urls("a.example", 10), fetch, per_host=1)
    assert len(asked) == 1
    assert set(fetched.outcomes.values()) == {error}
    assert len(fetched.outcomes) == 10
    assert fetched.wait == 0


MANY_BOARDS = {
    "a refusal is the host's word for all": (Blocked("answered 403"), 1, 1),
    "so is a wish for long peace": (Throttled("answered 429", retry_after=LONGEST_WAIT + 1), 1, 1),
    "what rests is not asked": (Blocked("refused us", kind="resting"), 1, 0),
    "for whatever reason": (Throttled("asked us to wait", retry_after=LONGEST_WAIT + 1, kind="resting"), 1, 0),
    "who is silent is asked no more": (Transient("not done", kind="timeout"), SILENT, SILENT),
    "what one board lacks is its own": (Gone("404"), 10, 10),
}


@pytest.mark.parametrize("case", MANY_BOARDS)
async def test_of_many_boards_of_a_host_only_those_that_were_asked_for_have_an_outcome(case):
    error, tries, outcomes = MANY_BOARDS[case]
    asked = []

    async def fetch(url):
        asked.append(url)
        raise error

    fetched = await fetch_pages(urls("vendor.example", 10), fetch, per_host=1, one_board=False)
    assert len(asked) == tries
    assert fetched.outcomes == dict.fromkeys(asked[:outcomes], error)


async def test_a_page_that_takes_longer_than_its_activity_is_given_up(monkeypatch):
    async def fetch(url):
        await asyncio.sleep(3600)

    monkeypatch.setattr(job_pages, "LAST_SECONDS", 0.05)
    [outcome] = (await fetch_pages(urls("a.example", 1), fetch, per_host=1)).outcomes.values()
    assert outcome.kind == "timeout"


async def test_pages_that_were_not_reached_in_time_are_missing_and_the_first_never_is(monkeypatch):
    async def fetch(url):
        await asyncio.sleep(0.02)
        return url

    monkeypatch.setattr(job_pages, "SECONDS", 0.01)
    fetched = await fetch_pages(urls("a.example", 10), fetch, per_host=1)
    assert list(fetched.outcomes) == urls("a.example", 1)
