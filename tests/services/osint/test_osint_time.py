"""A run of discovery keeps within its time, however slow the pace that a host wants."""

from services.osint import discovery
from services.osint.methods.career_pages import discover_career_pages


async def test_a_run_whose_time_is_up_asks_no_more(monkeypatch):
    asked = []

    async def fetch(spec):
        asked.append(spec.url)

    monkeypatch.setattr(discovery, "MAX_SECONDS", -1.0)
    found = await discover_career_pages("northwind.example", discovery.Web(fetch=fetch, recognise=lambda *_: None))
    assert (asked, found.requests, found.candidates) == ([], 0, ())
