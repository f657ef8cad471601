"""Text files: which encoding, and whether it is text at all."""

import codecs
import re

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import ResumeKind
from services.matching.resume.lines import Document, Raw

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEW_LINE = re.compile(r"\r\n|[\n\r\f\v\u2028\u2029]")
_MAX_ODD = 0.02
"""Share of control characters above which bytes are no text."""


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252. Raises InvalidInput for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    odd = sum(1 for sign in text if sign == "\ufffd" or (sign < " " and sign not in "\t\n\r\f\v"))
    if odd > _MAX_ODD * max(len(text), 1):
        raise InvalidInput(
            "this is no form of résumé that can be read",
            where="résumé",
            hint="give a PDF, a Word file (DOCX), plain text or JSON Resume",
            kind="resume_unknown",
        )
    return text


def read_text(data: bytes) -> Document:
    """The lines of a text file. Raises InvalidInput where it is none, empty or too long."""
    return Document.of(ResumeKind.TEXT, [Raw(line) for line in _NEW_LINE.split(decoded(data))])
