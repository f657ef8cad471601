"""What is fuzzed: each target takes any bytes, and lets nothing out but errors of QuietHire's own tree."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.board import Board
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import Page
from services.parser.ats.registry import ADAPTERS, recognise
from services.parser.encoding import decode
from services.parser.links import read_listing
from services.parser.normalise.dates import parse_date
from services.parser.normalise.location import parse_locations
from services.parser.normalise.salary import parse_salary
from services.parser.normalise.text import plain_text, safe_html
from services.parser.parse import ParsedPage, parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
SEEDS = Path(__file__).parent / "seeds"
FIXTURES = Path(__file__).parent / "fixtures"
URL = "https://www.northwind.example/jobs/1"
BOARDS = {
    "workday": "https://n.wd3.myworkdayjobs.com/Careers",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "ukg": "https://recruiting.ultipro.com/NOR1000NWW/JobBoard/0f0f0f0f-0000-4000-8000-000000000001",
    "eightfold": "https://northwind.eightfold.ai/careers?domain=northwind.com",
}
"""Boards whose token is more than a word."""
UNSAFE = "script style iframe object embed form input button textarea select svg math link meta base img video audio template noscript frame"


def page(body: bytes, url: str = URL, content_type: str = "") -> Page:
    return Page(url=url, body=body, content_type=content_type, fetched_at=FETCHED)


def assert_safe(markup: str) -> None:
    """What a browser makes of the markup holds nothing that runs, loads, or leads off the web."""
    root = LexborHTMLParser(f"<body>{markup}").body
    assert root is not None
    for node in root.traverse():
        assert node.tag not in UNSAFE.split(), node.tag
        for name, value in node.attributes.items() if node is not root else ():
            assert (node.tag, name) in (("a", "href"), ("a", "rel")), (node.tag, name)
            if name == "href":
                assert re.match("(https?|mailto):", value or "", re.IGNORECASE), value


def assert_keepable(parsed: ParsedPage) -> None:
    """The postings can be kept and shown: as JSON, and as markup."""
    parsed.model_dump_json()
    for posting in parsed.postings:
        assert_safe(posting.description_html)


def posting(data: bytes) -> None:
    assert_keepable(parse_posting_page(page(data), board=None))


def listing(data: bytes) -> None:
    read_listing(page(data)).model_dump_json()


def board(data: bytes) -> None:
    """The first byte names the adapter."""
    adapter = ADAPTERS[data[0] % len(ADAPTERS)] if data else ADAPTERS[0]
    url = BOARDS.get(adapter.name, "https://northwind.example/")
    given = recognise(url) or Board(ats=adapter.name, token="northwind", url=url)
    assert_keepable(parse_board_page(given, page(data[1:], url)))


def recognised(data: bytes) -> None:
    text = _text(data)
    recognise(text)
    recognise(URL, text)


def salary(data: bytes) -> None:
    for labelled in (True, False):
        if (found := parse_salary(_text(data), labelled=labelled)) is not None:
            found.model_dump_json()


def location(data: bytes) -> None:
    for place in parse_locations([_text(data)]).locations:
        place.model_dump_json()


def date(data: bytes) -> None:
    parse_date(_text(data), FETCHED)


def sanitiser(data: bytes) -> None:
    clean = safe_html(_text(data))
    assert_safe(clean)
    plain_text(clean).encode()


def charset(data: bytes) -> None:
    """The first line is the content type."""
    content_type, _, body = data.partition(b"\n")
    decode(body, content_type.decode("latin-1")).encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    """As JSON may give it: with halves of surrogate pairs."""
    return data.decode("utf-8", "surrogateescape")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "posting": posting,
    "listing": listing,
    "board": board,
    "recognised": recognised,
    "salary": salary,
    "location": location,
    "date": date,
    "sanitiser": sanitiser,
    "charset": charset,
}


def run(name: str, data: bytes) -> None:
    """Run one target; an error of the tree is an answer, anything else a defect."""
    try:
        TARGETS[name](data)
    except QuietHireError:
        return


def seeds() -> list[tuple[str, str, bytes]]:
    """Target, name and bytes of every seed; those of boards begin with the number of their adapter."""
    numbers = {adapter.name: index for index, adapter in enumerate(ADAPTERS)}
    found: list[tuple[str, str, bytes]] = []
    for path in sorted(SEEDS.glob("*/*")):
        head = bytes([numbers[path.stem.partition("-")[0]]]) if path.parent.name == "board" else b""
        found.append((path.parent.name, path.name, head + path.read_bytes()))
    found.extend(
        ("board", f"{path.parent.name}-{path.name}", bytes([numbers[path.parent.name]]) + path.read_bytes())
        for path in sorted(FIXTURES.glob("*/normal.*"))
        if path.parent.name in numbers
    )
    return found
