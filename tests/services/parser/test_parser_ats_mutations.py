"""Every value of every adapter's normal answers, put wrong in each way: an adapter gives postings or a typed error."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from quiethire.domain.board import Board
from quiethire.domain.errors import Gone, InvalidInput, SchemaDrift
from quiethire.domain.page import Page
from services.parser.ats.base import BoardPage
from services.parser.ats.registry import ADAPTERS, adapter_for

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
WRONG = (None, True, -7, 1e308, "", "7,5", "<b>&amp;", [], [None], {}, {"a": {"a": {}}}, [[[]]])
BOUND = 4_000
"""Mutations of one answer that are tried."""

CASES = {
    # What the answers of the fixtures were fetched for, where it is not the first page.
    ("jobvite", "normal"): "qAb9Vfwz",
    ("phenom", "search"): "search:1:0:en",
    ("successfactors", "search"): "search:en_GB:0:0",
    ("successfactors", "feed"): "feed",
}
STATE = re.compile(
    r"COMPANY_POSITIONS_DATA = |CandidateOpportunityDetail\(|type=\"application/json\">|jobs_selected = |__NEXT_DATA__\"[^>]*>"
)


def answers() -> Iterator[tuple[str, str]]:
    for adapter in ADAPTERS:
        for path in sorted((FIXTURES / adapter.name).iterdir()):
            if path.stem in ("normal", "detail", "search", "feed", "sitemap", "index"):
                yield adapter.name, path.name


def board(name: str, case: str) -> Board:
    token = {"workday": "n/Careers", "oracle": "ebwh/CX_1", "ukg": "NOR/0f0f0f0f-0000-4000-8000-000000000001"}.get(name)
    own = name in ("phenom", "successfactors")
    token = token or ("careers.northwind.example" if own else "northwind")
    host = token if own else f"northwind.{name}.example"
    query = "?domain=northwind.example" if name == "eightfold" and case != "sitemap" else ""
    return Board(ats=name, token=token, url=f"https://{host}/careers{query}")


def read(name: str, case: str, body: bytes) -> str:
    """`read`, or the kind of the error."""
    url = "https://northwind.example/careers/job/R-1_31/detail"
    page = Page(url=url, body=body, content_type="", fetched_at=FETCHED)
    adapter = adapter_for(name)
    try:
        if case == "detail":
            assert adapter.detail(board(name, case), page).title is not None
        else:
            found = adapter.parse(board(name, case), page, CASES.get((name, case)))
            assert isinstance(found, BoardPage)
            assert all(posting.title is not None and posting.url for posting in found.postings)
            assert all(isinstance(link, str) for link in found.links)
    except (SchemaDrift, InvalidInput, Gone) as error:
        return error.kind
    return "read"


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from places(part, (*path, key))


def bent_json(value: object) -> Iterator[object]:
    """The value with each of its parts in turn put wrong in each way; itself, too."""
    yield from WRONG
    for path in places(value):
        for wrong in WRONG:
            bent = copy.deepcopy(value)
            holder = bent
            for key in path[:-1]:
                holder = holder[key]  # type: ignore[index]  # the path was walked in an equal value
            holder[path[-1]] = wrong  # type: ignore[index]  # as above
            yield bent


def bent_xml(text: bytes) -> Iterator[bytes]:
    """The document with each of its elements in turn left out, emptied, doubled, or filled with another."""
    count = sum(1 for _ in etree.fromstring(text).iter())
    for number in range(1, count):
        for way in ("out", "empty", "twice", "nested"):
            root = etree.fromstring(text)
            node = list(root.iter())[number]
            parent = node.getparent()
            assert parent is not None
            if way == "out":
                parent.remove(node)
            elif way == "twice":
                parent.append(copy.deepcopy(node))
            else:
                node.text = None
                node[:] = [etree.Element("a")] if way == "nested" else []
            yield etree.tostring(root)


def mutations(name: str, file: str) -> Iterator[bytes]:
    body = (FIXTURES / name / file).read_bytes()
    if file.endswith(".json"):
        yield from (json.dumps(bent).encode() for bent in bent_json(json.loads(body)))
    elif file.endswith(".xml"):
        yield from bent_xml(body)
    elif (marker := STATE.search(text := body.decode())) is not None:
        value, end = json.JSONDecoder().raw_decode(text, marker.end())
        for bent in bent_json(value):
            yield (text[: marker.end()] + json.dumps(bent) + text[end:]).encode()
    else:
        # Markup: every tag in turn is left out.
        for tag in re.finditer(r"<[^>]{0,500}>", text):
            yield (text[: tag.start()] + text[tag.end() :]).encode()


@pytest.mark.parametrize(("name", "file"), list(answers()))
def test_an_answer_with_any_value_put_wrong_gives_postings_or_a_typed_error(name, file):
    case = file.partition(".")[0]
    assert read(name, case, (FIXTURES / name / file).read_bytes()) == "read"
    outcomes = {read(name, case, body) for body, _ in zip(mutations(name, file), range(BOUND), strict=False)}
    assert outcomes <= {"read", "schema_drift", "invalid_input", "gone" if case == "detail" else "read"}
    # What is put wrong everywhere must be noticed somewhere.
    assert "schema_drift" in outcomes or file.endswith(".html"), name
