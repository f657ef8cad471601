"""Whether two postings are the same job, with the reasons for it."""

from quiethire.domain.base import Model
from quiethire.domain.cluster import Fingerprint, Standing
from services.duplicates import companies, places, texts

SAME_BOARD_TEXT = 0.9
"""Likeness of the texts of two postings of one board, which has its reasons to list both."""

SAME_COMPANY_TEXT = 0.75
"""… of one company on two boards, which dress a text each in its own way."""

COPIED_TEXT = 0.8
"""… under two companies' names, of which one states no place."""

REWORDED_TEXT, REWORDED_PART = 0.6, 0.8
"""… in one place: an agency leaves out who the employer is. Texts of two employers share less than a third."""

CUT_TEXT = 0.9
"""Share of the shorter text that is in the longer one, where one of two boards shows a part of it."""

NAMED_TEXT = 0.5
"""… where one id or address names both."""

FEW_SHINGLES = 40
"""A text with fewer says too little to be known by."""


class SameJob(Model):
    """Two postings are one job: why, and how sure that is."""

    by_name: bool = False
    """Whether one id or address names both."""
    firm: bool
    """Whether they are in the very same places, or bear one name; else they only may share a place."""
    alike: float
    """Likeness of their texts."""
    same_company: bool
    reasons: tuple[str, ...]


def same_job(one: Fingerprint, other: Fingerprint) -> SameJob | None:
    """Whether two postings are the same job; None where they are not, or nothing says that they are."""
    if one.job_id == other.job_id or one.method != other.method:
        return None
    named = not set(one.names).isdisjoint(other.names)
    if not named and one.title != other.title:
        return None
    if one.board and one.board == other.board:
        return _on_one_board(one, other) if one.title == other.title else None
    company = same_company(one, other)
    if named and (found := _by_name(one, other, company)) is not None:
        return found
    if one.title != other.title:
        return None
    return _on_two_boards(one, other) if company else _under_two_names(one, other)


def same_company(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two postings are of one company: by its domain, or by its name, of which an agency's must be the same."""
    if _surely_same_company(one, other):
        return True
    return Standing.AGENCY not in (one.standing, other.standing) and companies.same_company(one.company, other.company)


def _surely_same_company(one: Fingerprint, other: Fingerprint) -> bool:
    """By all of its name, or by its domain. Two postings that name no company say nothing of it."""
    return (one.company == other.company != "") or (one.domain == other.domain != 0)


def _by_name(one: Fingerprint, other: Fingerprint, company: bool) -> SameJob | None:
    """A page may bear the name of a posting that it only refers to, and anybody may write one: the rest must fit."""
    alike = _text(one, other)
    fits = company and (one.title == other.title or not min(one.shingles, other.shingles))
    # Texts that are not there are as like as can be, and say nothing.
    told = min(one.shingles, other.shingles) >= FEW_SHINGLES
    if not fits and not (told and (alike >= NAMED_TEXT or _part(one, other, alike) >= CUT_TEXT)):
        return None
    reasons = ("the same id or address", f"{alike:.2f} of the text")
    return SameJob(by_name=True, firm=True, alike=alike, same_company=company, reasons=reasons)


def _on_one_board(one: Fingerprint, other: Fingerprint) -> SameJob | None:
    """One board lists like jobs apart for a reason, unless nothing at all differs."""
    if one.places != other.places or min(one.shingles, other.shingles) < FEW_SHINGLES:
        return None
    if one.department and other.department and one.department != other.department:
        return None
    if (alike := _text(one, other)) < SAME_BOARD_TEXT:
        return None
    reasons = ("same board, title and places", f"{alike:.2f} of the text")
    return SameJob(firm=True, alike=alike, same_company=True, reasons=reasons)


def _on_two_boards(one: Fingerprint, other: Fingerprint) -> SameJob | None:
    shared = places.share_a_place(one.places, other.places)
    if not shared and one.places and other.places:
        return None
    where = "same company, title and place" if shared else "same company and title, one without a place"
    alike = _text(one, other)
    part = _part(one, other, alike)
    if min(one.shingles, other.shingles) < FEW_SHINGLES:
        # A list without texts: the place must be told by both, and `Siemens` is not `Siemens Healthineers`.
        said = "one without a text" if shared and _surely_same_company(one, other) else ""
    elif alike >= SAME_COMPANY_TEXT:
        said = f"{alike:.2f} of the text"
    else:
        said = f"{part:.2f} of the shorter text" if part >= CUT_TEXT else ""
    firm = one.places == other.places
    return SameJob(firm=firm, alike=alike, same_company=True, reasons=(where, said)) if said else None


def _under_two_names(one: Fingerprint, other: Fingerprint) -> SameJob | None:
    shared = places.share_a_place(one.places, other.places)
    if (not shared and one.places and other.places) or min(one.shingles, other.shingles) < FEW_SHINGLES:
        return None
    alike = _text(one, other)
    reworded = alike >= REWORDED_TEXT or _part(one, other, alike) >= REWORDED_PART
    if not (reworded if shared else alike >= COPIED_TEXT):
        return None
    reasons = ("same title, another company", f"{alike:.2f} of the text")
    return SameJob(firm=one.places == other.places, alike=alike, same_company=False, reasons=reasons)


def _text(one: Fingerprint, other: Fingerprint) -> float:
    return texts.likeness(one.text, other.text)


def _part(one: Fingerprint, other: Fingerprint, alike: float) -> float:
    return texts.contained(alike, one.shingles, other.shingles)
