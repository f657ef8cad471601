"""Exports: every posting of a search, in three formats, streamed, and never a part that passes for the whole."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quiethire.domain.access import ApiKey, Scope, digest_of, new_secret
from quiethire.domain.cluster import Placement
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import StoredPosting, close
from quiethire.domain.posting import Location, Period, Salary
from quiethire.domain.search import SearchDocument
from services.api.publishing import exports
from services.api.publishing.exports import CsvFile, ExportFormat, JsonLines, ParquetFile
from services.api.routes import exports as route

FORMATS = tuple(each.value for each in ExportFormat)
SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


def rows_of(format: str, body: bytes) -> list[dict[str, object]]:
    if format == "csv":
        return list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    if format == "jsonl":
        return [json.loads(line) for line in body.splitlines()]
    return pq.read_table(pa.BufferReader(body)).to_pylist()


def stored(posting) -> tuple[StoredPosting, int]:
    return StoredPosting(posting=posting, first_seen_at=SEEN, last_seen_at=SEEN, updated_at=SEEN), 1


@pytest.mark.parametrize("format", FORMATS)
async def test_an_export_holds_every_posting_of_its_search_newest_first(any_clients, gateway, crawl, posting, format):
    wanted = [posting(number) for number in range(150)]
    await crawl(any_clients, *wanted, posting(200, title="Nurse", skills=()))
    async with gateway(any_clients) as client:
        response = await client.get(f"/api/v1/exports/jobs.{format}?q=engineer")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(MEDIA[format])
    assert response.headers["Content-Disposition"] == f'attachment; filename="quiethire-jobs.{format}"'
    told = rows_of(format, response.content)
    assert [row["id"] for row in told] == [str(each.id) for each in reversed(wanted)]
    assert {row["title"] for row in told} == {"Data Engineer"}


@pytest.mark.parametrize("format", FORMATS)
async def test_without_a_filter_everything_that_is_open_is_exported(clients, gateway, crawl, posting, format):
    postings = [posting(number, company_name=f"Company {number % 7}") for number in range(1_100)]
    await crawl(clients, *postings, indexed=False)
    await clients.postings.save(*close((await clients.postings.known({postings[3].id})).values(), SEEN))
    await clients.index.upsert([SearchDocument.of(stored(posting(1))[0])])
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/exports/jobs.{format}")
    told = [row["id"] for row in rows_of(format, response.content)]
    assert len(told) == 1_099
    assert set(told) == {str(each.id) for each in postings} - {str(postings[3].id)}


@pytest.mark.parametrize("format", FORMATS)
async def test_an_export_of_nothing_is_a_whole_file(clients, gateway, format):
    async with gateway(clients) as client:
        for params in ({}, {"q": "nobody"}):
            response = await client.get(f"/api/v1/exports/jobs.{format}", params=params)
            assert (response.status_code, rows_of(format, response.content)) == (200, [])


async def test_a_job_that_is_listed_in_several_places_is_one_row_with_all_of_them(clients, gateway, crawl, posting):
    first, second = posting(1), posting(2, locations=(Location(name="Oslo, Norway"),))
    await crawl(clients, first, second, posting(3, title="Nurse"))
    await clients.clusters.place(
        {first.id: Placement(cluster=first.id), second.id: Placement(cluster=first.id, rank=1)}
    )
    async with gateway(clients) as client:
        told = rows_of("csv", (await client.get("/api/v1/exports/jobs.csv")).content)
    assert {(row["title"], row["locations"], row["listings"]) for row in told} == {
        ("Data Engineer", "Berlin, Germany | Oslo, Norway", "2"),
        ("Nurse", "Berlin, Germany", "1"),
    }


async def test_an_unknown_format_or_parameter_value_is_a_problem(clients, gateway):
    async with gateway(clients) as client:
        unknown = await client.get("/api/v1/exports/jobs.xlsx")
        wrong = await client.get("/api/v1/exports/jobs.csv?salary_min=lots")
    assert (unknown.status_code, wrong.status_code) == (400, 400)
    assert wrong.headers["Content-Type"] == "application/problem+json"


async def test_json_lines_tell_whole_postings_sanitised(clients, gateway, crawl, posting):
    await crawl(
        clients,
        posting(1, description_html="<p>Hi<script>alert(1)</script></p>", application_url="javascript:alert(1)"),
    )
    async with gateway(clients) as client:
        (job,) = rows_of("jsonl", (await client.get("/api/v1/exports/jobs.jsonl")).content)
        detail = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert job["description_html"] == "<p>Hi</p>"
    assert job["application_url"] is None
    assert job["salary"] == {
        "min": 6500,
        "max": 7900,
        "currency": "EUR",
        "period": "month",
        "yearly_min": 78_000,
        "yearly_max": 94_800,
    }
    shared = job.keys() & detail.keys()
    assert len(shared) >= 30
    assert {name: job[name] for name in shared} == {name: detail[name] for name in shared}


def test_csv_keeps_to_rfc_4180_and_gives_every_text_back(posting):
    text = 'He said "no",\nthen; left\ttoo. Ünïcödé 数据'
    body = CsvFile().rows([stored(posting(1, title=text, skills=("a,b", 'c"d')))])
    assert body.count(b"\r\n") == 2
    header, row = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    told = dict(zip(header, row, strict=True))
    assert told["title"] == text
    assert told["skills"] == 'a,b | c"d'
    assert told["visa_sponsorship"] == "true"
    assert told["on_site_days"] == "2"
    assert told["posted_at"] == "2026-11-01T09:31:00+00:00"
    assert (told["salary_min"], told["salary_yearly_min"], told["salary_currency"]) == ("6500", "78000", "EUR")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1", "\x00=1", "\x0b@x"]
)
def test_csv_has_no_text_that_a_spreadsheet_takes_for_a_formula(posting, text):
    dangerous = posting(
        1, title=text, company_name=text, skills=(text,), locations=(Location(name=text),), description_text=text
    )
    header, row = csv.reader(io.StringIO(CsvFile().rows([stored(dangerous)]).decode(), newline=""))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "－"))]
    assert dict(zip(header, row, strict=True))["title"].startswith("'")


def test_csv_cells_fit_into_a_spreadsheet(posting):
    body = CsvFile().rows([stored(posting(1, description_text="x" * 100_000))])
    assert max(len(cell) for line in csv.reader(io.StringIO(body.decode())) for cell in line) == exports.CELL < 32_768


def test_parquet_has_typed_columns_with_every_value(posting):
    file = ParquetFile()
    full = posting(
        1,
        skills=("Python", "SQL"),
        locations=(Location(name="Berlin", city="Berlin", country="DE", lat=52.5, lon=13.4), Location(name="Oslo")),
        salary=Salary(min=17.5, max=None, currency="GBP", period=Period.HOUR),
    )
    body = (
        file.rows([stored(full), stored(posting(2, salary=None, posted_at=None, locations=(), skills=()))]) + file.end()
    )
    table = pq.read_table(pa.BufferReader(body))
    types = {field.name: str(field.type) for field in table.schema}
    assert types["skills"] == "list<element: string>"
    assert types["posted_at"] == "timestamp[us, tz=UTC]"
    assert types["salary_min"] == "double"
    assert types["salary_yearly_min"] == "int64"
    assert types["visa_sponsorship"] == "bool"
    assert types["locations"].startswith("list<element: struct<name: string")
    first, second = table.to_pylist()
    assert first["skills"] == ["Python", "SQL"]
    assert first["locations"][0] == {
        "name": "Berlin",
        "city": "Berlin",
        "region": None,
        "country": "DE",
        "lat": 52.5,
        "lon": 13.4,
    }
    assert (first["salary_min"], first["salary_max"], first["salary_yearly_min"]) == (17.5, None, 36_400)
    assert first["posted_at"] == full.posted_at
    assert first["job_type"] == "full_time"
    assert (second["salary_min"], second["posted_at"], second["locations"], second["skills"]) == (None, None, [], [])


def test_parquet_is_written_group_by_group(posting, monkeypatch):
    monkeypatch.setattr(exports, "ROW_GROUP", 10)
    file = ParquetFile()
    parts = [file.rows([stored(posting(number)) for number in range(start, start + 4)]) for start in range(0, 36, 4)]
    assert [bool(part) for part in parts[1:]] == [False, True, False, True, False, False, True, False]
    told = pq.ParquetFile(pa.BufferReader(b"".join(parts) + file.end()))
    assert [told.metadata.row_group(group).num_rows for group in range(told.num_row_groups)] == [10, 10, 10, 6]


def test_a_hostile_text_is_kept_as_a_text_by_every_format(posting):
    evil = posting(1, title='\x00\u2028"</script>\ufffe', company_name="a\r\nb")
    assert json.loads(JsonLines().rows([stored(evil)]))["title"] == evil.title
    file = ParquetFile()
    assert pq.read_table(pa.BufferReader(file.rows([stored(evil)]) + file.end())).to_pylist()[0]["title"] == evil.title
    assert len(list(csv.reader(io.StringIO(CsvFile().rows([stored(evil)]).decode(), newline="")))) == 2


@pytest.mark.parametrize("format", FORMATS)
async def test_without_the_index_clickhouse_is_walked(clients, gateway, crawl, posting, format):
    async def refuse(query, meaning=None):
        raise Transient("refused", where="typesense")

    async def walk(query):
        await refuse(query)
        yield []

    postings = [posting(number) for number in range(230)]
    await crawl(clients, *postings, posting(900, title="Nurse"))
    clients.index.walk = walk
    clients.index.search = refuse
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/exports/jobs.{format}?q=engineer")
    told = [row["id"] for row in rows_of(format, response.content)]
    assert told == [str(each.id) for each in reversed(postings)]


async def test_what_closes_while_clickhouse_is_walked_hides_no_other_posting(clients, gateway, crawl, posting):
    postings = [posting(number) for number in range(230)]
    await crawl(clients, *postings)
    search = clients.postings.search

    async def walk(query):
        raise Transient("refused", where="typesense")
        yield []

    async def closing(query):
        if query.page == 2:
            newest = await clients.postings.known({each.id for each in postings[-3:]})
            await clients.postings.save(*close(newest.values(), datetime.now(UTC)))
        return await search(query)

    clients.index.walk = walk
    clients.postings.search = closing
    async with gateway(clients) as client:
        response = await client.get("/api/v1/exports/jobs.jsonl?q=engineer")
    told = [row["id"] for row in rows_of("jsonl", response.content)]
    assert {str(each.id) for each in postings[:-3]} <= set(told)
    assert len(told) == len(set(told))


async def test_what_fails_before_the_first_byte_is_a_problem(clients, gateway):
    class Away:
        async def scan(self, batch):
            raise Transient("refused", where="clickhouse")
            yield []

    async with gateway(replace(clients, postings=Away())) as client:
        response = await client.get("/api/v1/exports/jobs.csv")
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/exports/jobs.jsonl", "/feeds/search.atom", "/alerts/new"])
async def test_a_search_by_meaning_is_refused_where_all_that_a_search_finds_is_told(clients, gateway, path):
    async with gateway(clients) as client:
        response = await client.get(path, params={"q": "restaurant cook", "semantic": "true"})
    assert response.status_code == 400
    assert "leave semantic out" in response.json()["detail"]


async def test_without_a_key_a_large_export_is_refused_before_it_begins(clients, gateway, crawl, posting, monkeypatch):
    monkeypatch.setattr(route, "WITHOUT_SCOPE", 2)
    await crawl(clients, *(posting(number) for number in range(3)))
    async with gateway(clients) as client:
        refused = await client.get("/api/v1/exports/jobs.csv")
        small = await client.get("/api/v1/exports/jobs.csv?company=Nobody")
    assert refused.status_code == 403
    assert "API key" in refused.json()["detail"]
    assert small.status_code == 200


async def test_a_key_may_never_export_less_than_nobody_and_with_the_scope_it_may_all(
    clients, gateway, crawl, posting, monkeypatch
):
    monkeypatch.setattr(route, "WITHOUT_SCOPE", 2)
    await crawl(clients, *(posting(number) for number in range(3)))
    codes = {}
    async with gateway(clients) as client:
        for number, scope in enumerate((Scope.READ, Scope.EXPORT, Scope.OPERATE)):
            secret = new_secret(f"aaaaaaa{number}")
            key = ApiKey(prefix=secret[3:11], name="x", scopes=(scope,), created_at=SEEN)
            await clients.keys.add(key, digest_of(secret))
            for query in ("", "?company=Nobody"):
                headers = {"Authorization": f"Bearer {secret}"}
                response = await client.get(f"/api/v1/exports/jobs.csv{query}", headers=headers)
                codes[scope, query] = response.status_code
    assert codes == {
        (Scope.READ, ""): 403,
        (Scope.READ, "?company=Nobody"): 200,
        (Scope.EXPORT, ""): 200,
        (Scope.EXPORT, "?company=Nobody"): 200,
        (Scope.OPERATE, ""): 200,
        (Scope.OPERATE, "?company=Nobody"): 200,
    }


def test_every_format_has_an_encoder_and_a_media_type():
    for each in ExportFormat:
        exports.encoder(each).end()
        assert exports.MEDIA_TYPES[each]
