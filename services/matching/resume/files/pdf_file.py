"""PDF files: words with their places, put into lines in reading order, columns one after the other."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber
import pypdf
from pdfplumber.page import Page
from pdfplumber.utils.text import dedupe_chars, extract_words

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_PAGES, ResumeKind
from services.matching.resume.files.columns import PlacedRow, Word, in_order
from services.matching.resume.files.wrapped import whole_dates, whole_words
from services.matching.resume.lines import UNNAMED, Document, Raw

MAX_WORDS = 40_000
"""Of a whole file."""
_LEAST_LETTERS = 60
"""Fewer letters than this for each page with pictures are no text: the file is a scan, and what is read stands at its foot."""
_TWICE = 0.6
"""Points within which a letter that stands there again is the same, drawn twice to look bold."""
_DRAWN = 50
"""Curves from which a page is drawn as one picture."""
_MAX_UNKNOWN = 0.2
"""Share of such signs from which the letters themselves are not named."""
_TAB = 1.6
"""Gap within a row, in sizes of its letters, that parts what stands there."""
_PARAGRAPH = 1.75
"""Distance of two rows, in heights of a row, from which there is a blank line between them."""


def read_pdf(data: bytes) -> Document:
    """The text of a PDF. Raises InvalidInput where it is encrypted, scanned, broken, too long or empty."""
    pages = _page_count(data)
    try:
        raw, links, pictures = _layout(data)
    except (InvalidInput, MemoryError):
        raise
    except Exception as error:
        # pdfminer trusts files: whatever it trips over is the file's fault, but for memory, which pdfplumber hides.
        if _ran_out(error):
            raise MemoryError from error
        raise _broken(f"the PDF cannot be read: {type(error).__name__}") from error
    letters = sum(sign.isalnum() for one in raw for sign in one.text)
    if letters < _LEAST_LETTERS * pictures:
        raise InvalidInput(
            "the PDF holds pictures of pages, no text",
            where="résumé",
            hint="scans are not read: give the file that it was printed from",
            kind="resume_scanned",
        )
    if sum(one.text.count("•") for one in raw) > _MAX_UNKNOWN * max(letters, 1):
        raise InvalidInput(
            "the PDF does not say which letters it shows",
            where="résumé",
            hint="export it again, with its fonts or as DOCX",
            kind="resume_scanned",
        )
    return Document.of(ResumeKind.PDF, raw, pages=pages, links=links)


def _ran_out(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _broken(detail: str) -> InvalidInput:
    return InvalidInput(detail, where="résumé", hint="save or export it again as PDF or DOCX", kind="resume_broken")


def _page_count(data: bytes) -> int:
    """Pages, before any of them is laid out. A password that only forbids printing is no hindrance."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
    except MemoryError:
        raise
    except Exception as error:
        # As above: pypdf raises whatever a damaged file makes it trip over.
        raise _broken(f"the PDF is damaged: {type(error).__name__}") from error
    if locked:
        raise InvalidInput(
            "the PDF needs a password",
            where="résumé",
            hint="save it without a password",
            kind="resume_encrypted",
        )
    if pages > MAX_PAGES:
        raise InvalidInput(
            f"the PDF has {pages:,} pages", where="résumé", hint=f"at most {MAX_PAGES} are read", kind="too_large"
        )
    if pages == 0:
        raise _broken("the PDF has no pages")
    return pages


def _layout(data: bytes) -> tuple[list[Raw], list[str], int]:
    """Lines, addresses behind links, and how many pages have pictures."""
    placed: list[PlacedRow | None] = []
    links: list[str] = []
    pictures = 0
    count = 0
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages[:MAX_PAGES]:
            words = list(_words(page))
            count += len(words)
            if count > MAX_WORDS:
                raise InvalidInput(
                    "the PDF has too many words",
                    where="résumé",
                    hint=f"at most {MAX_WORDS:,} are read",
                    kind="too_large",
                )
            pictures += bool(page.images or len(page.curves) >= _DRAWN)
            links += [str(link["uri"]) for link in page.hyperlinks if link.get("uri")]
            placed += [*_with_blanks(in_order(words)), None]
            page.close()
    return whole_words(whole_dates(list(_lines(placed)))), links, pictures


class _Placed(list[dict[str, Any]]):
    """The letters of a page, each of which knows its place: the library asks for it, and a list compares all letters before it."""

    def __init__(self, letters: Sequence[dict[str, Any]]) -> None:
        super().__init__(letters)
        self._places = {id(letter): place for place, letter in enumerate(letters)}

    def index(self, letter: dict[str, Any], *_: object) -> int:
        """Where it stands. It is one of these."""
        return self._places[id(letter)]


def _words(page: Page) -> Iterator[Word]:
    letters = dedupe_chars(_Placed(page.chars), tolerance=_TWICE)
    for word in extract_words(
        letters, x_tolerance_ratio=0.2, y_tolerance=2, keep_blank_chars=False, extra_attrs=["fontname", "size"]
    ):
        text = UNNAMED.sub("•", str(word["text"]))
        if text.strip():
            yield Word(
                text=text,
                x0=float(word["x0"]),
                x1=float(word["x1"]),
                top=float(word["top"]),
                bottom=float(word["bottom"]),
                size=max(float(word["size"]), 1.0),
                bold="bold" in str(word["fontname"]).casefold() or "black" in str(word["fontname"]).casefold(),
            )


def _with_blanks(rows: Sequence[PlacedRow]) -> Iterator[PlacedRow | None]:
    """The rows, and None where a gap parts two of them."""
    for index, row in enumerate(rows):
        if index:
            before = rows[index - 1]
            height = max(word.bottom - word.top for word in (*before.words, *row.words))
            distance = row.words[0].top - before.words[0].top
            if row.flow != before.flow or not 0 <= distance <= _PARAGRAPH * height:
                yield None
        yield row


def _lines(rows: Sequence[PlacedRow | None]) -> Iterator[Raw]:
    body = Counter(round(word.size * 2) / 2 for row in rows if row for word in row.words for _ in word.text)
    usual = body.most_common(1)[0][0] if body else 1.0
    for row in rows:
        if row is None:
            yield Raw("")
            continue
        size = max(word.size for word in row.words)
        yield Raw(_text(row), size=size / usual, bold=all(word.bold for word in row.words), flow=row.flow)


def _text(row: PlacedRow) -> str:
    parts = [row.words[0].text]
    for before, word in zip(row.words, row.words[1:], strict=False):
        parts.append("\t" if word.x0 - before.x1 > _TAB * max(word.size, before.size) else " ")
        parts.append(word.text)
    return "".join(parts)
