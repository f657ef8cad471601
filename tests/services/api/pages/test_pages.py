"""The search page as HTML: all of it is there without scripts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from read_pages import HTML, chips, texts, tree, values
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.errors import Transient
from quiethire.domain.posting import Location, Period, Salary
from services.alerts.mail import Mailer
from services.alerts.message import Links

EVIL = "<script>window.hit=1</script><img src=x onerror='window.hit=1'> engineer \"'>"


def choices(page: LexborHTMLParser, part: str) -> dict[str, str]:
    """Label → count of a group of the filters."""
    labels = page.css(f"[data-part={part}] .option")
    counts = [label.css_first(".count") for label in labels]
    return {
        label.css_first(".option-label").text(): count.text(deep=False) if count else ""
        for label, count in zip(labels, counts, strict=True)
    }


async def test_a_row_tells_what_people_compare(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data")
    assert texts(page, "[role=status]") == ["1 job"]
    assert texts(page, ".row h2") == ["Data Engineer"]
    assert texts(page, ".row .pay") == ["€78–94.8k a year"]
    assert "Northwind · Berlin, Germany · Hybrid 2 d · Full-time" in texts(page, ".row-line p")
    assert page.css_first(".row h2 a").attributes["href"] == f"/jobs/{posting(1).id}"
    assert values(page, "input#q") == ["data"]


async def test_all_filters_are_fields_of_one_form_with_their_counts(clients, gateway, crawl, posting):
    await crawl(
        clients,
        posting(1, seniority="senior", skills=("Python", "SQL"), language="de"),
        posting(2, seniority="staff", remote="remote"),
        posting(3, company_name="A & B <GmbH>", job_type="contract"),
    )
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data")
    assert choices(page, "remote") == {"On site or not stated": "0", "Hybrid": "2", "Remote": "1"}
    assert choices(page, "seniority") | {"Senior": "1", "Staff": "1"} == choices(page, "seniority")
    assert choices(page, "skills") == {"Python": "3", "SQL": "1"}
    assert choices(page, "company") == {"Northwind": "2", "A & B <GmbH>": "1"}
    assert choices(page, "job_type") == {"Full-time": "2", "Contract": "1"}
    assert choices(page, "language") == {"German": "1"}
    fields = {node.attributes["name"] for node in page.css("main [name]")}
    assert fields == {
        *("location", "remote", "remote_from", "salary_min", "salary_currency", "salary_period"),
        *("posted_within", "seniority", "skills", "company", "exclude_company", "job_type", "language"),
        *("sponsorship", "sort", "semantic"),
    }
    assert {node.attributes["form"] for node in page.css("main [name]")} == {"search"}
    assert {page.css_first("form#search").attributes[name] for name in ("action", "role")} == {"/", "search"}
    assert page.css("main button[type=submit][form=search]")


async def test_what_was_chosen_is_filled_in_and_has_a_chip_that_takes_it_away(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, locations=(Location(name="Berlin, Germany", lat=52.52, lon=13.4),)))
    asked = {
        "q": "data",
        "location": "Berlin",
        "radius_km": "25",
        "remote": "hybrid",
        "skills": "Python",
        "salary_min": "70000",
        "salary_currency": "EUR",
        "exclude_company": "Globex",
        "sponsorship": "true",
        "posted_within": "365",
        "sort": "date",
    }
    async with gateway(clients) as client:
        page = await tree(client, "/", **asked)
        told = chips(page)
        assert list(told) == [
            *("Berlin, Germany, 25 km", "At least €70k a year", "Last 365 days", "Visa sponsored", "Hybrid"),
            *("Python", "Not Globex"),
        ]
        assert values(page, "#location, #salary_min") == ["Berlin", "70000"]
        assert values(page, "main [checked]") == ["hybrid", "365", "Python", "Globex", "true"]
        assert values(page, "main option[selected]") == ["25", "EUR", "year", "date"]
        assert values(page, "#salary_slider") == ["70000"]
        for label, address in told.items():
            without = await tree(client, address)
            assert list(chips(without)) == [other for other in told if other != label]
            assert values(without, "#q") == ["data"]
        assert page.css_first(".chips .clear").attributes["href"] == "/?q=data"


async def test_the_form_as_a_browser_sends_it_is_the_same_search_with_a_plain_address(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    sent = (
        "q=&location=&radius_km=50&remote_from=&salary_min=&salary_currency=EUR&salary_period=month&posted_within="
        "&skills=Python&skills=&skills=Python&exclude_company=&sort=relevance&utm_source=mail"
    )
    async with gateway(clients) as client:
        led = await client.get(f"/?{sent}", headers=HTML)
        page = await tree(client, f"/?{sent}")
        plain = await client.get("/?skills=Python", headers=HTML)
    assert (led.status_code, led.headers["Location"]) == (303, "/?skills=Python")
    assert plain.status_code == 200
    assert texts(page, "[role=status]") == ["1 job"]
    assert list(chips(page)) == ["Python"]
    assert page.css_first("[data-part=list]").attributes["data-address"] == "/?skills=Python"


async def test_a_place_that_is_written_takes_the_place_of_a_circle(clients, gateway):
    """The form keeps a circle that the address brought, and has no field in which to take it away."""
    async with gateway(clients) as client:
        assert values(await tree(client, "/?geo=52.52,13.4,30"), "form#search [type=hidden]") == ["52.52,13.4,30"]
        led = await client.get("/?geo=52.52,13.4,30&location=Paris", headers=HTML)
        results = await tree(client, "/results?geo=52.52,13.4,30&location=Paris")
    assert (led.status_code, led.headers["Location"]) == (303, "/?location=Paris")
    assert list(chips(results)) == ["Paris, France, 50 km"]


@pytest.mark.parametrize(("code", "country"), [("LA", "Laos"), ("ca", "Canada"), ("DE", "Germany")])
async def test_a_code_is_told_as_the_country_that_it_is_taken_for(clients, gateway, code, country):
    async with gateway(clients) as client:
        page = await tree(client, "/", location=code)
    assert list(chips(page)) == [f"{code} ({country})"]


async def test_the_page_counts_what_it_shows_whatever_its_address_says(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        led = await client.get("/?facets=none&q=data", headers=HTML)
        page, plain = await tree(client, "/results?facets=none&q=data"), await tree(client, "/results?q=data")
    assert (led.status_code, led.headers["Location"]) == (303, "/?q=data")
    assert page.html == plain.html


async def test_of_several_cities_of_a_name_it_is_told_which_is_searched(clients, gateway):
    async with gateway(clients) as client:
        assert list(chips(await tree(client, "/", location="Springfield"))) == ["Springfield, MO, 50 km"]
        assert list(chips(await tree(client, "/", location="springfield, il"))) == ["Springfield, IL, 50 km"]


@pytest.mark.parametrize("written", ["70k", "70 K", "70,000", "70.000", "70 000"])
async def test_pay_is_asked_for_as_people_write_it(clients, gateway, written):
    async with gateway(clients) as client:
        led = await client.get("/", params={"salary_min": written, "salary_currency": "USD"}, headers=HTML)
        results = await tree(client, "/results", salary_min=written)
    assert (led.status_code, led.headers["Location"]) == (303, "/?salary_min=70000&salary_currency=USD")
    assert list(chips(results)) == ["At least 70k a year"]


async def test_the_slider_has_a_scale_that_suits_currency_and_period(clients, gateway):
    async with gateway(clients) as client:
        plain = await tree(client, "/")
        rupiah = await tree(client, "/", salary_min="25000000", salary_currency="IDR", salary_period=Period.MONTH)
        unknown = await tree(client, "/", salary_min="5", salary_currency="XAU")
    euros, rupiahs = (page.css_first("#salary_slider").attributes for page in (plain, rupiah))
    assert (euros["max"], euros["step"], euros["value"]) == ("200000", "5000", "0")
    assert int(rupiahs["step"]) in (5_000_000, 10_000_000)
    assert rupiahs["aria-valuetext"] == "IDR\N{NO-BREAK SPACE}25M a month"
    assert values(unknown, "#salary_currency option[selected]") == ["XAU"]


async def test_pages_are_links_that_keep_the_search(clients, gateway, crawl, posting):
    await crawl(clients, *(posting(number) for number in range(1, 4)))
    async with gateway(clients) as client:
        first = await tree(client, "/", remote="hybrid", per_page=1)
        last = await tree(client, "/", remote="hybrid", per_page=1, page=3)
        beyond = await tree(client, "/", page=7)
    assert first.css_first("a[rel~=next]").attributes["href"] == "/?remote=hybrid&page=2&per_page=1"
    assert values(first, "#search [name=per_page]") == ["1"]
    assert texts(last, ".paging span") == ["Page 3 of 3", ""]
    assert texts(beyond, ".empty h2") == ["There is no page 7"]
    assert beyond.css_first(".empty a").attributes["href"] == "/"


async def test_what_is_new_since_yesterday_is_counted(clients, gateway, crawl, posting):
    now = datetime.now(UTC)
    await crawl(clients, posting(1, posted_at=now - timedelta(hours=3)), posting(2), at=now)
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data")
    assert texts(page, "[role=status]") == ["2 jobs · 1 new today"]
    assert page.css_first("[role=status] a").attributes["href"] == "/?q=data&posted_within=1"


async def test_an_empty_list_offers_what_would_find_something(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2), posting(3, remote="remote", company_name="Globex"))
    async with gateway(clients) as client:
        words = await tree(client, "/", q="zzz")
        filtered = await tree(client, "/", q="data", remote="remote", company="Northwind")
        hopeless = await tree(client, "/", q="zzz", remote="remote", company="Northwind")
    assert texts(words, ".empty h2") == ["No jobs match “zzz”"]
    assert texts(filtered, ".offers li") == ["Without Remote 2 jobs", "Without Northwind 1 job"]
    assert filtered.css_first(".offers a").attributes["href"] == "/?q=data&company=Northwind"
    assert filtered.css_first(".empty .button").attributes["href"] == "/?q=data"
    assert hopeless.css(".offers") == []


async def test_the_search_can_be_taken_along_as_a_file(clients, gateway, crawl, posting, monkeypatch):
    await crawl(clients, posting(1), posting(2, title="Nurse"))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data", sort="date")
        files = {link.text(): link.attributes["href"] for link in page.css("a[download]")}
        assert list(files) == ["CSV", "JSON Lines", "Parquet"]
        assert files["CSV"] == "/api/v1/exports/jobs.csv?q=data"
        for address in files.values():
            answer = await client.get(address, headers=HTML)
            assert answer.status_code == 200
            assert "attachment" in answer.headers["Content-Disposition"]
        assert (await client.get(files["JSON Lines"])).text.count("\n") == 1
        monkeypatch.setattr("services.api.pages.search_view.WITHOUT_SCOPE", 0)
        page = await tree(client, "/", q="data")
    assert page.css("a[download]") == []
    assert "As a file: up to 0 jobs." in " ".join(texts(page, ".save p"))


async def test_the_search_can_be_kept_as_an_alert_and_as_a_feed(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        assert (await tree(client, "/", q="data")).css("a[data-save]") == []
    settings = clients.settings.model_copy(update={"smtp_host": "mail.example", "smtp_from": "jobs@quiethire.example"})
    clients = replace(clients, settings=settings, mailer=Mailer(settings, Links(settings.site)))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data", sort="date", page=1)
        feeds = {link.attributes["type"]: link.attributes["href"] for link in page.css("head link[rel=alternate]")}
        for kind, address in feeds.items():
            answer = await client.get(address)
            assert answer.headers["Content-Type"].startswith(kind)
    assert page.css_first("a[data-save]").attributes["href"] == "/alerts/new?q=data&sort=date"
    assert feeds["application/atom+xml"] == "/feeds/search.atom?q=data"
    assert list(feeds.values()) == [link.attributes["href"] for link in page.css("a[data-feed]")]


async def test_the_answer_for_the_script_is_the_same_markup(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, remote="remote"))
    async with gateway(clients) as client:
        whole = await tree(client, "/", q="data", remote="remote")
        part = await client.get("/results?q=data&remote=remote", headers=HTML)
    answer = LexborHTMLParser(part.text)
    assert part.headers["X-Robots-Tag"] == "noindex"
    assert "<html" not in part.text
    for node in whole.css("[data-part]"):
        name = node.attributes["data-part"]
        assert answer.css_first(f"[data-part={name}]").inner_html.split() == node.inner_html.split()


async def test_without_the_index_the_page_says_so_and_still_lists(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))

    async def gone(*asked, **options):
        raise Transient("refused", where="typesense")

    clients.index.search = gone
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data")
        empty = await tree(client, "/", q="zzz", remote="remote")
    assert "Plain search." in page.css_first("[role=note]").text()
    assert texts(page, ".row h2") == ["Data Engineer"]
    assert texts(empty, ".empty h2") == ["No jobs match “zzz”"]


async def test_estimated_counts_are_told_as_such(clients, gateway, crawl, posting):
    await crawl(clients, *(posting(number) for number in range(1, 13)))
    search = clients.index.search

    async def estimated(*asked, **options):
        return (await search(*asked, **options)).model_copy(update={"facets_estimated": True})

    clients.index.search = estimated
    async with gateway(clients) as client:
        page = await tree(client, "/")
    assert choices(page, "remote")["Hybrid"] == "~12"
    assert page.css_first("[data-part=remote] .count[title]").attributes["title"].startswith("Estimated")
    assert texts(page, "[role=status]") == ["12 jobs"]


async def test_what_a_sample_did_not_meet_can_still_be_chosen(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, seniority="senior"))
    search = clients.index.search

    async def estimated(*asked, **options):
        return (await search(*asked, **options)).model_copy(update={"facets_estimated": True})

    async with gateway(clients) as client:
        counted = await tree(client, "/?q=data")
        clients.index.search = estimated
        sampled = await tree(client, "/?q=engineer")
    assert list(choices(counted, "seniority")) == ["Senior"]
    assert {"Senior", "Junior", "Staff"} <= set(choices(sampled, "seniority"))
    assert "0" not in choices(sampled, "seniority").values()
    assert {"Full-time", "Internship"} <= set(choices(sampled, "job_type"))


async def test_places_are_spelt_one_way(clients, gateway, crawl, posting):
    spellings = ("Berlin, DE", "10115 Berlin", "Berlin, Germany", "München, Bayern")
    await crawl(clients, *(posting(number, locations=(Location(name=name),)) for number, name in enumerate(spellings)))
    async with gateway(clients) as client:
        page = await tree(client, "/")
    assert sorted(text.split(" · ")[1] for text in texts(page, ".row-line p:first-child")) == [
        *["Berlin, Germany"] * 3,
        "Munich, Germany",
    ]
    assert texts(page, "#more-places .option") == ["Berlin, Germany 3 jobs", "Munich, Germany 1 job"]


async def test_a_row_tells_that_the_pay_was_raised_of_late(clients, gateway, crawl, posting):
    now = datetime.now(UTC)

    def paid(low: int, high: int) -> Salary:
        return Salary(min=low, max=high, currency="EUR", period="year")

    old = {1: paid(70_000, 90_000), 2: paid(70_000, 90_000), 3: paid(70_000, 90_000), 4: None}
    await crawl(clients, *(posting(number, salary=pay) for number, pay in old.items()), at=now - timedelta(days=90))
    await crawl(clients, posting(3, salary=paid(60_000, 80_000)), at=now - timedelta(days=80))
    await crawl(
        clients,
        posting(1, salary=paid(75_000, 95_000)),
        posting(2, salary=paid(65_000, 80_000)),
        posting(4, salary=paid(1, 2)),
        at=now - timedelta(days=3),
    )
    on = f"{(now - timedelta(days=3)).day} {now - timedelta(days=3):%b}"
    async with gateway(clients) as client:
        page = await tree(client, "/")
        assert sorted(texts(page, ".news")) == [
            f"● salary lowered to €65–80k on {on}",
            f"● salary raised €5k on {on}",
        ]

        async def gone(*asked):
            raise Transient("refused", where="clickhouse")

        clients.postings.salary_changes = gone
        page = await tree(client, "/")
    assert page.css(".news") == []
    assert len(page.css(".row")) == 4


async def test_a_search_by_meaning_is_offered_where_a_model_is(clients, gateway, crawl, posting, monkeypatch):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        words = await tree(client, "/", q="data")
        meant = await tree(client, "/", q="data", semantic="true")
        monkeypatch.setattr(clients.embedder, "available", False)
        without = await tree(client, "/", q="data")
        refused = await client.get("/?q=data&semantic=true", headers=HTML)
    assert values(words, "[name=semantic]") == values(meant, "[name=semantic][checked]") == ["true"]
    assert words.css("[name=semantic][checked]") == without.css("[name=semantic]") == []
    # A search by meaning tells the nearest alone: what tells all that is found is not offered.
    assert meant.css("a[data-save], a[data-feed], head link[rel=alternate], #sort") == []
    assert meant.css_first("[data-part=save] a").attributes["href"] == "/?q=data"
    assert refused.status_code == 400
    assert texts(LexborHTMLParser(refused.text), "[role=alert] li")[0].startswith("Also by meaning: is not possible")


async def test_the_icon_is_at_its_old_place_too(clients, gateway):
    async with gateway(clients) as client:
        icon = await client.get("/favicon.ico")
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")
    assert icon.text.startswith("<svg")


async def test_what_strangers_wrote_is_text(clients, gateway, crawl, posting):
    evil = {"title": EVIL, "company_name": EVIL, "description_text": EVIL, "skills": (EVIL,), "language": None}
    await crawl(
        clients,
        posting(
            1,
            locations=(Location(name=EVIL[:80]),),
            salary=Salary(min=1, max=None, currency="EUR", period="year"),
            **evil,
        ),
    )
    async with gateway(clients) as client:
        for params in ({"q": "engineer"}, {"q": EVIL, "company": EVIL, "skills": EVIL[:100], "location": EVIL}):
            page = await tree(client, "/", **params)
            assert all((node.attributes.get("src") or "").startswith("/static/") for node in page.css("script"))
            assert page.css("main :is(script, img, iframe, object, style, link)") == []
            for node in page.css("*"):
                assert not any(name.startswith("on") or name == "style" for name in node.attributes)
