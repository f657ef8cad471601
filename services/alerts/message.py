"""What alerts and their confirmations say, as plain text and as HTML. Postings are written by strangers: all is escaped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quiethire.domain.accounts import AccountNotice
from quiethire.domain.alerts import AlertPosting, Delivery, Frequency, SavedSearch

LISTED = 40
"""Most postings that an e-mail lists; it says how many more there are, and where."""
_PLACES = 3
_SUBJECT = 120
"""Characters of a subject: mail programs show fewer."""

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_REMOTE = {"hybrid": "hybrid", "remote": "remote"}
_TYPES = {
    "full_time": "full-time",
    "part_time": "part-time",
    "contract": "contract",
    "temporary": "temporary",
    "internship": "internship",
    "apprenticeship": "apprenticeship",
    "volunteer": "volunteer",
}
# C0, C1, line and paragraph separators, and the signs that turn the direction of text around.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")

# What mail programs make links of: nobody may send theirs to strangers through our question. A bare host name is one, too; what ends
# in .js is a framework, and no top-level domain.
_LINKS = re.compile(r"\S*(?:://|www\.|@|\w\.\w+/|\w\.(?!js\b)[a-z]{2,}(?!\w))\S*", re.IGNORECASE)


@dataclass(frozen=True)
class Links:
    """Addresses on this site."""

    site: str
    """Without a slash at its end."""

    def posting(self, job_id: UUID) -> str:
        """A posting's page."""
        return f"{self.site}/jobs/{job_id}"

    def search(self, search: SavedSearch) -> str:
        """The search, newest first."""
        path = search.search_path
        return f"{self.site}{path}{'&' if '?' in path else '?'}sort=date"

    def manage(self, search: SavedSearch) -> str:
        """The page where it is confirmed, paused, changed and deleted."""
        return f"{self.site}/alerts/{search.token}"

    def unsubscribe(self, search: SavedSearch) -> str:
        """Where one POST ends it (RFC 8058)."""
        return f"{self.site}/alerts/{search.token}/unsubscribe"


@dataclass(frozen=True)
class Message:
    """An e-mail's content."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Item:
    """A posting as the templates show it."""

    title: str
    company: str
    facts: str
    pay: str
    url: str
    score: int | None


def alert_message(delivery: Delivery, links: Links) -> Message:
    """The e-mail that tells of postings: what a search found, or what fits its reader."""
    shown, search = delivery.postings[:LISTED], delivery.search
    count = len(delivery.postings)
    values = {
        "items": [_item(posting, links) for posting in shown],
        "count": count,
        "more": count - len(shown),
        "name": plain(search.name),
        "daily": search.frequency is Frequency.DAILY,
        "search_url": links.search(search),
        "manage_url": links.manage(search),
        "unsubscribe_url": links.unsubscribe(search),
        "site": links.site,
    }
    return _message(alert_subject(delivery), "digest" if search.is_digest else "alert", values)


def alert_subject(delivery: Delivery) -> str:
    """`Senior Data Engineer at Northwind` for one, else `7 new jobs: data engineer in Berlin`."""
    postings = delivery.postings
    if len(postings) == 1:
        return plain(f"{postings[0].title} at {postings[0].company}", _SUBJECT)
    if delivery.search.is_digest:
        return f"{len(postings)} new matches for you"
    return plain(f"{len(postings)} new jobs: {delivery.search.name}", _SUBJECT)


def confirm_message(search: SavedSearch, links: Links) -> Message:
    """The e-mail that asks whether alerts are wanted."""
    name = _LINKS.sub("…", plain(search.name, 100))
    values = {
        "name": name,
        "daily": search.frequency is Frequency.DAILY,
        "digest": search.is_digest,
        "manage_url": links.manage(search),
        "site": links.site,
    }
    if search.is_digest:
        return _message("Confirm your daily mail of matches", "confirm", values)
    return _message(plain(f"Confirm your job alert: {name}", _SUBJECT), "confirm", values)


def notice_message(notice: AccountNotice, links: Links) -> Message:
    """The e-mail about an account. Nothing in it was written by anybody but us."""
    values = notice.model_dump(exclude={"subject", "path"}) | {"url": f"{links.site}{notice.path}", "site": links.site}
    return _message(notice.subject, "account", values)


def plain(text: str, most: int = 300) -> str:
    """One line without signs that steer, and no longer than that: safe in a header, a subject and a terminal."""
    line = " ".join(_CONTROLS.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def pay_words(posting: AlertPosting) -> str:
    """`€75,000–95,000 a year`; empty where none is stated."""
    low, high, currency = posting.salary_min, posting.salary_max, posting.salary_currency or ""
    symbol = _SYMBOLS.get(currency, f"{plain(currency, 3)}\N{NO-BREAK SPACE}" if currency else "")
    if low is not None and high is not None and low != high:
        return f"{symbol}{low:,}–{high:,} a year"
    if low is not None and high is None:
        return f"from {symbol}{low:,} a year"
    if low is None and high is not None:
        return f"up to {symbol}{high:,} a year"
    return f"{symbol}{low:,} a year" if low is not None else ""


def _item(posting: AlertPosting, links: Links) -> Item:
    facts = [_places(posting.places), _REMOTE.get(posting.remote, ""), _TYPES.get(posting.job_type, "")]
    return Item(
        title=plain(posting.title),
        company=plain(posting.company),
        facts=" · ".join(fact for fact in facts if fact),
        pay=pay_words(posting),
        url=links.posting(posting.id),
        score=posting.score,
    )


def _places(places: Sequence[str]) -> str:
    shown = ", ".join(plain(place, 80) for place in places[:_PLACES])
    return f"{shown} and {len(places) - _PLACES} more" if len(places) > _PLACES else shown


_TEMPLATES = FileSystemLoader(Path(__file__).parent / "templates")
_html = Environment(loader=_TEMPLATES, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_text = Environment(
    loader=_TEMPLATES,
    autoescape=False,  # noqa: S701  (plain text)
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _message(subject: str, template: str, values: dict[str, object]) -> Message:
    return Message(
        subject=subject,
        text=_text.get_template(f"{template}.txt").render(values),
        html=_html.get_template(f"{template}.html").render(values, subject=subject),
    )
