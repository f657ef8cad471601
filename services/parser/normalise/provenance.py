"""Where each field of a posting was found: the source's own path, or for what was derived, the words it was read from."""

import re

from quiethire.domain.board import Board
from quiethire.domain.posting import JobPosting, Provenance, RawPosting, RawSalary, Source, Sourced, Workplace
from services.parser.normalise.location import Places
from services.parser.normalise.workplace import workplace

MAX_PATH = 120
"""Characters of a path or snippet that are kept."""
_QUOTED = 80
"""Characters of the text that are quoted around a word."""

Origin = Sourced | RawSalary | Provenance | None


def origins(
    raw: RawPosting, posting: JobPosting, places: Places, *, board: Board | None, read: dict[str, str]
) -> dict[str, Provenance]:
    """The origin of each field that came out with a value.

    `read` holds, by field, the words of the description that were read. Identity (id, URL, board, external id) is what was
    asked for, and the score is ours: neither is found anywhere.
    """
    title = described(f"title “{posting.title[:_QUOTED]}”")
    found: dict[str, Origin] = {
        "title": raw.title,
        "company_name": raw.company or _company(board),
        "locations": raw.locations[0] if raw.locations else None,
        "remote": _remote(raw, posting, places, read.get("on_site_days")),
        "remote_allowed_in": raw.remote_allowed_in[0] if raw.remote_allowed_in else _saying(raw, Workplace.REMOTE),
        "job_type": raw.job_type,
        "seniority": title,
        "department": raw.department,
        "description_html": raw.description_html,
        "description_text": raw.description_html,
        "requirements": described(quoted(next(iter(posting.requirements), ""))),
        "skills": _skills(posting),
        "salary": raw.salary,
        "posted_at": raw.posted_at,
        "valid_through": raw.valid_through,
        "application_url": raw.application_url,
        "language": raw.language,
        **{name: described(words) for name, words in read.items()},
    }
    return {
        name: _short(origin)
        for name, origin in found.items()
        if origin is not None and getattr(posting, name) not in (None, "", ())
    }


def described(words: str) -> Provenance:
    """What running text says, with its words."""
    return Provenance(source=Source.TEXT, path=words)


def quoted(words: str) -> str:
    """Words of the description, as its provenance shows them."""
    line = " ".join(words.split())
    return f"description “{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}”"


def _short(origin: Sourced | RawSalary | Provenance) -> Provenance:
    if isinstance(origin, Provenance) and len(origin.path) <= MAX_PATH:
        return origin
    path = origin.path if len(origin.path) <= MAX_PATH else f"{origin.path[: MAX_PATH - 1]}…"
    return Provenance(source=origin.source, path=path)


def _company(board: Board | None) -> Provenance:
    """A company that no page names is named after its board, else after the host."""
    if board is None or (board.is_website and not board.company_name):
        return Provenance(source=Source.HTML, path="host")
    return Provenance(source=Source.HTML if board.is_website else Source.ATS, path=f"board {board.key}")


def _remote(raw: RawPosting, posting: JobPosting, places: Places, days: str | None) -> Origin:
    """What states the workplace, or the days at it; on site is also what is taken where nothing does."""
    if raw.workplace is not None and workplace(raw.workplace.value) is not None:
        return raw.workplace
    if places.workplace is not None:
        return _saying(raw, posting.remote)
    return described(days) if days and posting.remote is Workplace.HYBRID else None


def _saying(raw: RawPosting, how: Workplace) -> Sourced | None:
    """The place that says how the work is done: `Remote - Germany`."""
    return next((place for place in raw.locations if workplace(place.value) is how), next(iter(raw.locations), None))


def _skills(posting: JobPosting) -> Provenance:
    """The words around the first skill, where it is spelled as the field names it."""
    if not posting.skills:
        return described("description")
    spelled = re.compile(rf"(?<!\w){re.escape(posting.skills[0])}(?!\w)", re.IGNORECASE)
    for where, text in (("title", posting.title), ("description", posting.description_text)):
        if (found := spelled.search(text)) is not None:
            start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _QUOTED // 2)
            words = text[start : found.end() + _QUOTED // 2].partition("\n")[0]
            return described(f"{where} “{words.strip()}”")
    return described("description")
