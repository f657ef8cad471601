"""`quiethire recognise`, `salary` and `location`: one rule of the parser, asked by itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from quiethire.cli.cases import Cases, TextCase, UrlCase, print_line, read_file
from quiethire.cli.output import amount, data, each, print_json, refused
from quiethire.domain.errors import InvalidInput

if TYPE_CHECKING:
    from quiethire.domain.board import Board
    from quiethire.domain.posting import Salary
    from services.parser.normalise.location import Places

MAX_TEXT = 10_000
"""Characters of a text that are read."""

JSON = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
LINES = typer.Option(
    "--jsonl", metavar="CASES", exists=True, dir_okay=False, readable=True, help="Many at once: a file of JSON lines."
)

# Each question imports what answers it when it is asked: the gazetteer alone takes longer to load than the rest.


def recognise(
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Boards, postings or career pages.")
    ] = None,
    jsonl: Annotated[Path | None, LINES] = None,
    json: JSON = False,
) -> None:
    """Name the applicant tracking system behind a URL, and the company's token there.

    Only the URL is read; nothing is requested. A URL of one posting gives the board that it belongs to.

        quiethire recognise https://jobs.ashbyhq.com/acme https://northwind.example/careers

    With --jsonl each line holds id and url, and may hold path, a saved page relative to the file: boards that the page
    embeds are then recognised too. Each answer is one line: {"id", "url", "ats", "token"}, null where there is none.

    Exit codes: 0 all answered, 2 wrong use, 3 some lines could not be read.
    """
    if jsonl is not None and not urls:
        _recognise_cases(Cases(jsonl))
    if not urls or jsonl is not None:
        _wrong_use("give URLs, or --jsonl with a file of cases", "quiethire recognise https://jobs.ashbyhq.com/acme")
    answers = [{"url": url, **_board(url)} for url in dict.fromkeys(urls)]
    if json:
        print_json({"boards": answers})
        return
    for answer in answers:
        data.print(
            f"  {answer['ats'] or 'none':<16} {answer['token'] or '':<28} {answer['url']}", markup=False, soft_wrap=True
        )


def _recognise_cases(cases: Cases) -> None:
    from services.parser.encoding import decode  # noqa: PLC0415 - see above

    for case in cases.read(UrlCase):
        markup = None
        if case.path is not None:
            try:
                markup = decode(read_file(cases.resolve(case.path)), "text/html")
            except InvalidInput as error:
                cases.failed(error, case)
        print_line({"id": case.id, "url": case.url, **_board(case.url, markup)})
    cases.end()


def _board(url: str, markup: str | None = None) -> dict[str, str | None]:
    from services.parser.ats.registry import recognise as recognise_board  # noqa: PLC0415 - see above

    board: Board | None = recognise_board(url, markup)
    # Where a company has several sites at its ATS, a board's own token names the site after the company's: `acme/External`.
    return {"ats": board.ats if board else None, "token": board.token.partition("/")[0] if board else None}


def salary(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Pay as an advertisement states it.")] = None,
    jsonl: Annotated[Path | None, LINES] = None,
    json: JSON = False,
) -> None:
    """Read pay out of a text: the range, the currency, and the period that it covers.

    Revenue, funding, bonuses and other sums that are no pay give none.

        quiethire salary "€70k"
        quiethire salary "ab 3.500 € brutto im Monat"
        quiethire salary "We raised $40 million; base salary $120,000 to $150,000"

    With --jsonl each line holds id and text; each answer is one line: {"id", "salary": {"min", "max", "currency",
    "period"}}, an open end null, or "salary": null where the text states no pay.

    Exit codes: 0 all answered, 2 wrong use, 3 some lines could not be read.
    """
    if jsonl is not None and text is None:
        cases = Cases(jsonl)
        for case in cases.read(TextCase):
            print_line({"id": case.id, "salary": _figures(_pay(case.text))})
        cases.end()
    if text is None or jsonl is not None:
        _wrong_use("give a text, or --jsonl with a file of cases", 'quiethire salary "€70k"')
    found = _pay(text)
    if json:
        print_json({"salary": _figures(found)})
    elif found is None:
        data.print("  no pay in this text")
    else:
        data.print(f"  {_range(found.min, found.max)} {found.currency} {each(found.period.value)}")
        if found.period.value != "year":
            data.print(f"  {_range(found.yearly_min, found.yearly_max)} {found.currency} a year", style="dim")


def _pay(text: str) -> "Salary | None":
    """Pay as stated. The question says that the text is about pay; a word beside a sum that says otherwise still counts."""
    from services.parser.normalise.salary import parse_salary  # noqa: PLC0415 - see above

    return parse_salary(f"Salary: {text[:MAX_TEXT]}", labelled=False)


def _figures(found: "Salary | None") -> dict[str, Any] | None:
    return found.model_dump(mode="json", include={"min", "max", "currency", "period"}) if found else None


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {amount(high or 0)}"
    if high is None:
        return f"from {amount(low)}"
    return amount(low) if low == high else f"{amount(low)}–{amount(high)}"


def location(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Places as an advertisement states them.")] = None,
    jsonl: Annotated[Path | None, LINES] = None,
    json: JSON = False,
) -> None:
    """Read places out of a text: city, region, country and coordinates of each, and whether the work is remote.

        quiethire location "Berlin or Munich"
        quiethire location "Remote - Germany"
        quiethire location "Tampa, FL 33634"

    With --jsonl each line holds id and text; each answer is one line: {"id", "locations": [{"name", "city", "region",
    "country", "lat", "lon"}]}, what is not known null. Countries are ISO 3166-1 codes of two letters.

    Exit codes: 0 all answered, 2 wrong use, 3 some lines could not be read.
    """
    if jsonl is not None and text is None:
        cases = Cases(jsonl)
        for case in cases.read(TextCase):
            print_line({"id": case.id, "locations": _places(case.text)["locations"]})
        cases.end()
    if text is None or jsonl is not None:
        _wrong_use("give a text, or --jsonl with a file of cases", 'quiethire location "Berlin or Munich"')
    found = _places(text)
    if json:
        print_json(found)
        return
    for place in found["locations"]:
        parts = ", ".join(filter(None, (place["city"], place["region"], place["country"])))
        where = f"{place['lat']:.2f}, {place['lon']:.2f}" if place["lat"] is not None else ""
        data.print(f"  {parts or place['name']:<44} {where}", markup=False)
    if found["remote"]:
        allowed = ", ".join(found["remote_allowed_in"])
        data.print(f"  {found['remote']}{' in ' + allowed if allowed else ''}", markup=False)
    elif not found["locations"]:
        data.print("  no place in this text")


def _places(text: str) -> dict[str, Any]:
    from services.parser.normalise.location import parse_locations  # noqa: PLC0415 - see above

    found: Places = parse_locations([text[:MAX_TEXT]])
    return {
        "locations": [place.model_dump(mode="json") for place in found.locations],
        "remote": found.workplace.value if found.workplace else None,
        "remote_allowed_in": list(found.remote_allowed_in),
    }


def _wrong_use(detail: str, example: str) -> NoReturn:
    raise typer.Exit(refused(InvalidInput(detail, hint=example)))
