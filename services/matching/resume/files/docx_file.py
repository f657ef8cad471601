"""Word files: paragraphs, tables, text boxes, headers and footers, in reading order."""

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import ResumeKind
from services.matching.resume.lines import Document, Raw

MAX_UNPACKED = 60_000_000
"""Bytes of all parts of a file once unpacked."""
MAX_PARTS = 2_000
MAX_PARAGRAPHS = 20_000
_MAX_DEPTH = 30
"""Tables and boxes within each other."""
_BODY_SIZE = 22
"""Half points: eleven points, Word's own."""
_LARGEST = 3_276
"""Half points that Word writes at most."""

_P, _TBL, _TR, _TC, _SDT, _SDT_CONTENT = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "sdt", "sdtContent"))
_T, _TAB, _BR, _CR, _HYPHEN = (qn(f"w:{name}") for name in ("t", "tab", "br", "cr", "noBreakHyphen"))
_BOX = qn("w:txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_INSTRUCTION = qn("w:instrText")
_FIELD_LINK = re.compile(r'HYPERLINK\s+"([^"]{3,300})"')
_HOLDERS = frozenset({qn("w:customXml"), qn("w:smartTag")})
"""What other programs put around paragraphs."""
_DELETED = frozenset({qn("w:del"), _INSTRUCTION, qn("w:delText"), _FALLBACK, qn("w:moveFrom")})
_VAL = qn("w:val")

Element = Any
WordFile = Any
"""An element of lxml's, whose stubs do not know Word's classes."""


def read_docx(data: bytes) -> Document:
    """The text of a Word file. Raises InvalidInput where it is broken, too large or empty."""
    pictured = any("/media/" in part for part in _checked_parts(data))
    try:
        word = docx.Document(io.BytesIO(data))
        paragraphs = list(_paragraphs(word))
        links = [
            relation.target_ref
            for relation in word.part.rels.values()
            if relation.reltype.endswith("/hyperlink") and relation.is_external
        ]
        links += [
            found[1] for one in word.element.body.iter(_INSTRUCTION) for found in _FIELD_LINK.finditer(one.text or "")
        ]
    except (InvalidInput, MemoryError):
        raise
    except Exception as error:
        # python-docx trusts files: whatever it trips over is the file's fault.
        raise _broken(f"the Word file cannot be read: {type(error).__name__}") from error
    if pictured and not any(text.strip() for text, *_ in paragraphs):
        raise InvalidInput(
            "the Word file holds pictures, no text",
            where="résumé",
            hint="scans are not read: give the file that it was printed from",
            kind="resume_scanned",
        )
    body = Counter(size for text, size, _, _ in paragraphs for _ in range(len(text)))
    usual = body.most_common(1)[0][0] if body else _BODY_SIZE
    raw = [Raw(text, size=size / usual, bold=bold, bullet=bullet) for text, size, bold, bullet in paragraphs]
    return Document.of(ResumeKind.DOCX, raw, links=links)


def _broken(detail: str) -> InvalidInput:
    return InvalidInput(detail, where="résumé", hint="save it again as DOCX or PDF", kind="resume_broken")


def _checked_parts(data: bytes) -> set[str]:
    """The names of the parts. Refuses archives that unpack to more than any résumé, before anything is unpacked. zipfile reads no more than is declared."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _broken("the Word file is damaged") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise InvalidInput(
            "the Word file unpacks to far more than a résumé",
            where="résumé",
            hint=f"at most {MAX_UNPACKED:,} bytes are read",
            kind="too_large",
        )
    names = {part.filename for part in parts}
    if not any(name.endswith("document.xml") for name in names):
        raise InvalidInput(
            "this archive is no Word file", where="résumé", hint="give a DOCX or a PDF", kind="resume_unknown"
        )
    return names


Paragraph = tuple[str, float, bool, bool]
"""Text, size in half points, bold, of a list."""


def _paragraphs(word: WordFile) -> Iterator[Paragraph]:
    """Headers first, then the body, then footers; what stands in several of them counts once."""
    sizes = _style_sizes(word)
    heads: dict[str, Paragraph] = {}
    feet: dict[str, Paragraph] = {}
    for section in word.sections:
        for part, seen in ((section.header, heads), (section.first_page_header, heads), (section.footer, feet)):
            for found in _blocks(part._element, sizes, 0):  # noqa: SLF001 - python-docx shows no text boxes
                seen.setdefault(found[0], found)
    yield from heads.values()
    for count, found in enumerate(_blocks(word.element.body, sizes, 0)):
        if count >= MAX_PARAGRAPHS:
            raise InvalidInput(
                "the Word file has too many paragraphs",
                where="résumé",
                hint=f"at most {MAX_PARAGRAPHS:,} are read",
                kind="too_large",
            )
        yield found
    yield from feet.values()


def _style_sizes(word: WordFile) -> dict[str, tuple[float | None, bool, bool]]:
    """Style id → size in half points, bold, of a list."""
    sizes = {}
    for style in word.styles.element.iter(qn("w:style")):
        found = style.find(f"{qn('w:rPr')}/{qn('w:sz')}")
        bold = style.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None
        name = style.find(qn("w:name"))
        named = (name.get(_VAL) or "").casefold() if name is not None else ""
        size = _size_of(found)
        if size is None and named in ("title", "heading 1"):
            size = 36.0 if named == "title" else 28.0
        sizes[style.get(qn("w:styleId")) or ""] = (size, bold or named.startswith("heading"), "list" in named)
    return sizes


def _blocks(parent: Element, sizes: dict[str, tuple[float | None, bool, bool]], depth: int) -> Iterator[Paragraph]:
    if depth > _MAX_DEPTH:
        return
    for child in parent:
        if child.tag == _P:
            yield from _paragraph(child, sizes, depth)
        elif child.tag == _TBL:
            yield from _table(child, sizes, depth)
        elif child.tag in _HOLDERS:
            yield from _blocks(child, sizes, depth + 1)
        elif child.tag == _SDT:
            for content in child.iterchildren(_SDT_CONTENT):
                yield from _blocks(content, sizes, depth + 1)


def _table(table: Element, sizes: dict[str, tuple[float | None, bool, bool]], depth: int) -> Iterator[Paragraph]:
    """Row by row: cells of one paragraph each stand on one line, longer ones follow each other."""
    for row in table.iter(_TR):
        if next(row.iterancestors(_TBL)) is not table:
            continue
        cells = [
            [one for one in _blocks(cell, sizes, depth + 1) if one[0].strip()]
            for cell in row.iter(_TC)
            if next(cell.iterancestors(_TR)) is row
        ]
        filled = [cell for cell in cells if cell]
        if len(filled) > 1 and all(len(cell) == 1 and "\n" not in cell[0][0] for cell in filled):
            text = "\t".join(cell[0][0] for cell in filled)
            yield text, filled[0][0][1], all(cell[0][2] for cell in filled), False
            continue
        for cell in filled:
            yield from cell
        yield "", _BODY_SIZE, False, False


def _paragraph(element: Element, sizes: dict[str, tuple[float | None, bool, bool]], depth: int) -> Iterator[Paragraph]:
    """The paragraph, after the text boxes that hang on it."""
    for box in element.iter(_BOX):
        if not any(above.tag in (_FALLBACK, _BOX) for above in _up_to(box, element)):
            yield from _blocks(box, sizes, depth + 1)
    style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    style_size, style_bold, listed = sizes.get(style.get(_VAL) if style is not None else "Normal", (None, False, False))
    text, run_size, bold = _runs(element)
    numbered = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
    heading = style_bold and style is not None
    yield text, run_size or style_size or _BODY_SIZE, bold or heading, numbered or listed


def _up_to(element: Element, top: Element) -> Iterator[Element]:
    for above in element.iterancestors():
        if above is top:
            return
        yield above


def _runs(paragraph: Element) -> tuple[str, float | None, bool]:
    """Text of a paragraph without its boxes, the greatest size stated, and whether all of it is bold."""
    text: list[str] = []
    size: float | None = None
    bolds: list[bool] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag in _DELETED or node.tag == _BOX:
            continue
        if node.tag in (_T, _TAB, _BR, _CR, _HYPHEN):
            text.append(_written(node))
        if node.tag == qn("w:r") and (properties := node.find(qn("w:rPr"))) is not None:
            if _is_on(properties.find(qn("w:vanish"))):
                continue
            stated = _size_of(properties.find(qn("w:sz")))
            size = max(size or 0.0, stated) if stated is not None else size
        if node.tag == qn("w:r") and any((one.text or "").strip() for one in node.iterchildren(_T)):
            bolds.append(_is_bold(node))
        stack.extend(reversed(node))
    return "".join(text), size, bool(bolds) and all(bolds)


def _written(node: Element) -> str:
    if node.tag == _T:
        return node.text or ""
    return {_TAB: "\t", _HYPHEN: "-"}.get(node.tag, "\n")


def _size_of(stated: Element | None) -> float | None:
    """A size as stated, where it is one."""
    try:
        size = float(stated.get(_VAL)) if stated is not None else math.nan
    except (TypeError, ValueError):  # Nothing, or no number.
        return None
    return size if 1 <= size <= _LARGEST else None


def _is_bold(run: Element) -> bool:
    return _is_on(run.find(f"{qn('w:rPr')}/{qn('w:b')}"))


def _is_on(found: Element | None) -> bool:
    return found is not None and found.get(_VAL) not in ("0", "false", "off")
