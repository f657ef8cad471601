"""`quiethire robots`: what a robots.txt says of a URL, without asking its host."""

from base64 import b64decode
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BeforeValidator

from quiethire.cli.cases import Cases, Line, print_line, stdin_or_file
from services.crawler.robots import MAX_BYTES, product_token
from services.crawler.robots_rules import parse_rules, target_of


def _bytes(text: object) -> bytes:
    """Strictly: a damaged file would be read as one without rules."""
    return b64decode(text if isinstance(text, str) else "?", validate=True)


class RobotsCase(Line):
    """A robots.txt in base64, a URL of its host, and how the crawler names itself."""

    id: str | int | None = None
    robots_b64: Annotated[bytes, BeforeValidator(_bytes)]
    url: str
    ua: str


def robots(
    jsonl: Annotated[
        Path,
        typer.Option(
            "--jsonl",
            metavar="CASES",
            callback=stdin_or_file,
            help="A file of JSON lines; - reads them from stdin.",
        ),
    ],
) -> None:
    """Say whether a robots.txt lets a crawler fetch a URL, by the rules that our own crawler keeps to (RFC 9309).

    Each line holds robots_b64 (the file in base64), url and ua (a user agent, of which the product token counts), and
    may hold an id. Each answer is one line, in order: {"id", "allowed", "rule"}, with the id where the line has one;
    "rule" is the line of the file that decides, null where none does. No request is made and no server is needed.

        quiethire robots --jsonl cases.jsonl
        echo '{"robots_b64": "VXNlci1hZ2VudDogKgpEaXNhbGxvdzogL2EK", "url": "https://x.example/a", "ua": "Bot"}' | quiethire robots --jsonl -

    Exit codes: 0 all answered, 2 wrong use, 3 some lines could not be read.
    """
    cases = Cases(jsonl)
    for case in cases.read(RobotsCase):
        rule = parse_rules(case.robots_b64[:MAX_BYTES], product_token(case.ua)).deciding(target_of(case.url))
        name = {} if case.id is None else {"id": case.id}
        print_line({**name, "allowed": rule is None or rule.allow, "rule": str(rule) if rule else None})
    cases.end()
