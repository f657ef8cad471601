"""Text files: which encoding, and whether it is text at all."""

import codecs
import re
from dataclasses import replace

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import ResumeKind
from services.matching.resume.files.text_columns import in_columns
from services.matching.resume.files.wrapped import whole_words
from services.matching.resume.lines import UNNAMED, Document

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD = ("cp1252", "cp1250")
"""Windows's encodings of western and middle Europe, the likelier first."""
_WITHIN_WORDS = re.compile(r"(?<=[^\W\d_])[¡-¿×÷](?=[^\W\d_])|(?<!\S)[¡-¦¨-ª¬-¿](?=[^\W\d_]{2})")
"""Signs where letters stand: the encoding is another."""
_MAX_HIGH = 0.3
"""Share of letters that are none of ASCII's, above which bytes are of another alphabet."""
_NEW_PAGE = re.compile(r"\f")
_NEW_LINE = re.compile(r"\r\n|[\n\r\v\u2028\u2029]")
_MAX_ODD = 0.02
"""Share of control characters above which bytes are no text."""
_OTHER_FORMS = (
    (re.compile(rb"\{\\rtf"), "this is RTF"),
    (re.compile(rb"\s*<(?:!doctype html|html|\?xml)", re.IGNORECASE), "this is a web page or XML"),
    (re.compile(rb"%!PS"), "this is PostScript"),
)


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else as Windows writes it in western or middle Europe.

    Raises InvalidInput for what is no text, or one of another form or alphabet: letters are not guessed.
    """
    for form, detail in _OTHER_FORMS:
        if form.match(data):
            raise _unknown(detail, "save or print it as PDF or DOCX")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _of_windows(data)
    odd = sum(1 for sign in text if sign == "\ufffd" or (sign < " " and sign not in "\t\n\r\f\v"))
    if odd > _MAX_ODD * max(len(text), 1):
        raise _unknown(
            "this is no form of résumé that can be read", "give a PDF, a Word file (DOCX), plain text or JSON Resume"
        )
    return text


def _of_windows(data: bytes) -> str:
    text = min(
        (data.decode(each, errors="replace") for each in _OLD), key=lambda read: len(_WITHIN_WORDS.findall(read))
    )
    letters = [sign for sign in text if sign.isalpha()]
    if "\x00" not in text and sum(sign > "\x7f" for sign in letters) > _MAX_HIGH * len(letters):
        raise _unknown("the file does not say which letters it holds", "save it as UTF-8, or as PDF or DOCX")
    return text


def _unknown(detail: str, hint: str) -> InvalidInput:
    return InvalidInput(detail, where="résumé", hint=hint, kind="resume_unknown")


def read_text(data: bytes) -> Document:
    """The lines of a text file. Raises InvalidInput where it is none, empty or too long."""
    pages = [_NEW_LINE.split(page) for page in _NEW_PAGE.split(decoded(data))]
    raw = [replace(one, text=UNNAMED.sub("•", one.text)) for one in in_columns(pages)]
    return Document.of(ResumeKind.TEXT, whole_words(raw))
