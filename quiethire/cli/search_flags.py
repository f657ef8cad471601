"""The options of every command that searches, and what the API calls them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from quiethire.domain.errors import InvalidInput
from quiethire.domain.money import asked_amount
from quiethire.domain.posting import JobType, Seniority


def _amount(text: str) -> float:
    """`70k`, `70000`, or `70.000`, `70,000` and `70_000`."""
    amount = asked_amount(text.replace("_", ""))
    if amount is None:
        raise typer.BadParameter(f"{text!r} is not an amount; write 70000 or 70k")
    return amount


Words = Annotated[str, typer.Argument(help="Words: title, skill, company. Empty finds everything.")]
Place = Annotated[
    str | None, typer.Option("--location", "--near", metavar="PLACE", help="A city, country or other place.")
]
Radius = Annotated[float | None, typer.Option(metavar="KM", help="Around a city; 50 km if not given.")]
Remote = Annotated[bool, typer.Option("--remote", help="Remote postings only.")]
RemoteFrom = Annotated[
    str | None, typer.Option(metavar="PLACE", help="Remote and allowed from there, e.g. DE, Portugal, EU.")
]
Companies = Annotated[list[str] | None, typer.Option(metavar="NAME", help="A company; can be repeated.")]
NotCompanies = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Leave a company out; can be repeated.")]
Types = Annotated[
    list[JobType] | None,
    typer.Option("--type", metavar="TYPE", case_sensitive=False, help="full_time, contract, …; can be repeated."),
]
Levels = Annotated[
    list[Seniority] | None,
    typer.Option(metavar="LEVEL", case_sensitive=False, help="junior, senior, staff, …; can be repeated."),
]
Skills = Annotated[list[str] | None, typer.Option(metavar="NAME", help="All of those given must be there.")]
MinSalary = Annotated[
    float | None, typer.Option(parser=_amount, metavar="AMOUNT", help="Yearly pay at least, e.g. 70k.")
]
Currency = Annotated[
    str | None, typer.Option(metavar="CODE", help="Of --min-salary, e.g. EUR; other pay is converted.")
]
PostedWithin = Annotated[int | None, typer.Option(metavar="DAYS", help="Posted in the last so many days.")]
Languages = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Written in, e.g. en; can be repeated.")]
Sponsorship = Annotated[
    bool | None, typer.Option("--sponsorship/--no-sponsorship", help="A visa is stated to be sponsored, or not.")
]


def asked(  # noqa: PLR0917 - the options in the order of the commands that have them
    query: str,
    location: str | None,
    radius: float | None,
    remote: bool,
    remote_from: str | None,
    company: list[str] | None,
    exclude_company: list[str] | None,
    type_: list[JobType] | None,
    level: list[Seniority] | None,
    skill: list[str] | None,
    min_salary: float | None,
    currency: str | None,
    posted_within: int | None,
    language: list[str] | None,
    sponsorship: bool | None,
) -> dict[str, Any]:
    """The options that were given, as parameters of the API. Raises BadParameter for one that changes nothing without another."""
    for given, option, other, needed in (
        (radius, "--radius", location, "--near PLACE"),
        (currency, "--currency", min_salary, "--min-salary AMOUNT"),
    ):
        if given is not None and other is None:
            raise typer.BadParameter(f"changes nothing without {needed}", param_hint=option)
    parameters: dict[str, Any] = {
        "q": query,
        "location": location,
        "radius_km": radius,
        "remote": "remote" if remote else None,
        "remote_from": remote_from,
        "company": company,
        "exclude_company": exclude_company,
        "job_type": type_,
        "seniority": level,
        "skills": skill,
        "salary_min": min_salary,
        "salary_currency": currency,
        "posted_within": posted_within,
        "language": language,
        "sponsorship": sponsorship,
    }
    return {name: value for name, value in parameters.items() if value not in (None, "", [])}


_OPTIONS = {
    "q": "query",
    "location": "--location",
    "radius_km": "--radius",
    "remote": "--remote",
    "remote_from": "--remote-from",
    "company": "--company",
    "exclude_company": "--exclude-company",
    "job_type": "--type",
    "seniority": "--level",
    "skills": "--skill",
    "salary_min": "--min-salary",
    "salary_currency": "--currency",
    "posted_within": "--posted-within",
    "language": "--language",
    "sponsorship": "--sponsorship",
}
# Where a refusal begins any name is a parameter's; further on, one that is a plain word may be meant as such. What was typed is cited
# between quotes, and told as it is.
_CITED_OR_PARAMETER = re.compile(
    rf"“[^”]*”|(?:^|(?<=; ))(?:{'|'.join(_OPTIONS)})\b|\b(?:{'|'.join(name for name in _OPTIONS if '_' in name)})\b"
)


@contextmanager
def refusals_by_option() -> Iterator[None]:
    """What the API refuses, told by the names that were typed."""
    try:
        yield
    except InvalidInput as error:
        detail = _CITED_OR_PARAMETER.sub(lambda found: _OPTIONS.get(found[0], found[0]), error.detail)
        # Behind its question mark an address tells but what was typed.
        raise InvalidInput(detail, where=error.where.partition("?")[0], hint=error.hint, kind=error.kind) from error
