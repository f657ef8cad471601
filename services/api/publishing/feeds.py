"""A search as a feed: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, newest postings first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from io import StringIO
from typing import Any
from uuid import UUID, uuid5

import orjson
from feedgenerator import Atom1Feed, Rss201rev2Feed  # type: ignore[import-untyped]  # it has no types

from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting, Workplace
from services.api.jobs.safety import safe_html, safe_link, safe_text
from services.api.pages.wording import circle_words, few, label, pay_range, period_words
from services.api.search.parameters import SearchParameters
from services.api.search.places import told_location

ENTRIES = 50
"""Most entries of a feed."""

FEED_NAMESPACE = UUID("5b0a6d1e-8f3c-5c1b-9b52-0f6e2d7a4c91")

_DESCRIPTION = 20_000
"""Characters of markup that an entry carries; of a longer one, as much of its plain text."""

_PLACES = 3

_TITLE = 300
"""Characters of a feed's title."""


class FeedFormat(StrEnum):
    """The formats, by the ends of their addresses."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


MEDIA_TYPES = {
    FeedFormat.RSS: "application/rss+xml; charset=utf-8",
    FeedFormat.ATOM: "application/atom+xml; charset=utf-8",
    FeedFormat.JSON: "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True)
class Entry:
    """A posting as a feed tells it. Texts hold nothing that XML has no place for; `html` is sanitised."""

    id: str
    url: str
    title: str
    company: str
    html: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    employers_url: str | None
    language: str | None

    @classmethod
    def of(cls, row: StoredPosting, site: str) -> "Entry":
        """The posting, whose page is on this site. Its id is that of the posting, wherever the site moves."""
        posting = row.posting
        facts = _facts(posting)
        title = " – ".join(part for part in (posting.title, posting.company_name) if part)
        return cls(
            id=f"urn:uuid:{posting.id}",
            url=f"{site}/jobs/{posting.id}",
            title=safe_text(title + (f" ({facts[0]})" if facts else "")),
            company=safe_text(posting.company_name),
            html=safe_text(f"<p>{escape(' · '.join((posting.company_name, *facts)))}</p>{_description(posting)}"),
            published=posting.posted_at or row.first_seen_at,
            updated=row.updated_at,
            tags=tuple(map(safe_text, posting.skills)),
            employers_url=safe_link(posting.url),
            language=posting.language,
        )


@dataclass(frozen=True)
class Feed:
    """A feed of entries, newest first."""

    title: str
    page_url: str
    """The page of the same search."""
    feed_url: str
    search: str
    """The search in one way of writing it, whatever the order of its parameters and wherever the site is."""
    entries: tuple[Entry, ...]
    asked_at: datetime

    @property
    def id(self) -> str:
        """Stays what it is, wherever the site moves."""
        return f"urn:uuid:{uuid5(FEED_NAMESPACE, self.search)}"

    @property
    def updated(self) -> datetime:
        """When the last of its postings changed; without any, the hour, so that an empty feed is not new all the time."""
        hour = self.asked_at.replace(minute=0, second=0, microsecond=0)
        return max((entry.updated for entry in self.entries), default=hour)


def title_of(parameters: SearchParameters) -> str:
    """The name of a search: what was asked for, in the words of the page."""
    asked = [parameters.q, parameters.location or ""]
    for name in ("remote", "job_type", "seniority", "language"):
        asked += [label(name, value) for value in getattr(parameters, name)]
    asked += [*parameters.skills, *parameters.company, *(f"not {name}" for name in parameters.exclude_company)]
    if parameters.salary_min is not None:
        least = pay_range(parameters.salary_min, None, (parameters.salary_currency or "").upper() or None)
        asked.append(f"{least} {period_words(parameters.salary_period)}")
    asked.append(f"remote from {parameters.remote_from}" if parameters.remote_from else "")
    asked.append(circle_words(parameters.geo) if parameters.geo else "")
    asked.append(f"posted within {parameters.posted_within} days" if parameters.posted_within else "")
    asked.append({True: "visa sponsored", False: "visa not sponsored", None: ""}[parameters.sponsorship])
    words = [" ".join(word.split()) for word in asked]
    return "QuietHire: " + (" · ".join(filter(None, words)) or "all jobs")[:_TITLE]


def newest_first(rows: Sequence[StoredPosting], site: str) -> tuple[Entry, ...]:
    """These postings as entries."""
    entries = [Entry.of(row, site) for row in rows]
    return tuple(sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)[:ENTRIES])


def render_feed(feed: Feed, format: FeedFormat) -> bytes:
    """The feed as bytes of its media type."""
    return _json(feed) if format is FeedFormat.JSON else _xml(feed, format)


class _Rss(Rss201rev2Feed):  # type: ignore[misc]  # feedgenerator is not typed
    """Without "lastBuildDate" of an empty feed being now: that would make it another one with every request."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated


class _Atom(Atom1Feed):  # type: ignore[misc]  # feedgenerator is not typed
    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated


def _xml(feed: Feed, format: FeedFormat) -> bytes:
    made = (_Rss if format is FeedFormat.RSS else _Atom)(
        title=safe_text(feed.title),
        link=feed.page_url,
        description="Open postings, newest first.",
        author_name="QuietHire",
        feed_url=feed.feed_url,
        feed_guid=feed.id,
        updated=feed.updated,
    )
    for entry in feed.entries:
        made.add_item(
            title=entry.title,
            link=entry.url,
            description=entry.html if format is FeedFormat.RSS else None,
            content=entry.html if format is FeedFormat.ATOM else None,
            author_name=entry.company,
            pubdate=entry.published,
            updateddate=entry.updated,
            unique_id=entry.id,
            unique_id_is_permalink=False,
            categories=entry.tags,
        )
    out = StringIO()
    made.write(out, "utf-8")
    return out.getvalue().encode()


def _json(feed: Feed) -> bytes:
    items = []
    for entry in feed.entries:
        stated: dict[str, Any] = {
            "id": entry.id,
            "url": entry.url,
            "external_url": entry.employers_url,
            "title": entry.title,
            "content_html": entry.html,
            "date_published": _moment(entry.published),
            "date_modified": _moment(entry.updated),
            "authors": [{"name": entry.company}],
            "tags": entry.tags,
            "language": entry.language,
        }
        items.append({name: value for name, value in stated.items() if value})
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": safe_text(feed.title),
            "home_page_url": feed.page_url,
            "feed_url": feed.feed_url,
            "description": "Open postings, newest first.",
            "authors": [{"name": "QuietHire"}],
            "items": items,
        }
    )


def _facts(posting: JobPosting) -> list[str]:
    """Places and workplace in one, type, pay: what is known of them."""
    where = few(tuple(dict.fromkeys(map(told_location, posting.locations))), _PLACES)
    workplace = label("remote", posting.remote) if posting.remote is not Workplace.NONE else ""
    salary = posting.salary
    pay = f"{pay_range(salary.min, salary.max, salary.currency)} {period_words(salary.period)}" if salary else ""
    kind = label("job_type", posting.job_type) if posting.job_type else ""
    return [fact for fact in (", ".join(filter(None, (where, workplace))), kind, pay) if fact]


def _description(posting: JobPosting) -> str:
    if len(posting.description_html) <= _DESCRIPTION and (markup := safe_html(posting.description_html)):
        return markup
    text = posting.description_text
    return f"<p>{escape(text[:_DESCRIPTION])}{'…' if len(text) > _DESCRIPTION else ''}</p>"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
