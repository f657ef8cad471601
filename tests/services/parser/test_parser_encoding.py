"""Which encoding a page is read in, and the text that comes of it."""

import re
from datetime import UTC, datetime

import pytest
import webencodings
from hypothesis import given
from hypothesis import strategies as st

from quiethire.domain.page import Page
from services.parser.document import Document
from services.parser.encoding import PARSED, decode, sniff

HTML = "text/html"


def html5lib_cases(corpus):
    """The cases of html5lib's files: the bytes of a page, and the encoding that a browser reads them in."""
    for file in sorted((corpus / "html" / "encoding").glob("*.dat")):
        if file.name == "scripted.dat":
            continue  # Its `<meta>` is written by a script, which only a browser runs.
        for block in re.split(rb"(?:^|\n)#data\n", file.read_bytes())[1:]:
            data, _, encoding = block.partition(b"\n#encoding\n")
            yield data, encoding.split(b"\n")[0].strip().decode().lower()


def test_every_case_of_html5lib_is_read_in_the_encoding_of_browsers(corpus):
    cases = list(html5lib_cases(corpus))
    wrong = [(data[:200], expected, found) for data, expected in cases if (found := sniff(data, HTML)) != expected]
    assert len(cases) == 82
    assert wrong == []


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"\xef\xbb\xbf<meta charset=koi8-r>", "text/html; charset=big5", "utf-8"),
        (b"\xff\xfea\0", "text/html; charset=utf-8", "utf-16le"),
        (b"\xfe\xff\0a", HTML, "utf-16be"),
        (b"<meta charset=koi8-r>", "text/html; charset=iso-8859-2", "iso-8859-2"),
        (b"<meta charset=koi8-r>", 'text/html;x=y; Charset = "UTF-8"', "utf-8"),
        (b"<meta charset=koi8-r>", "text/html; charset=nonsense", "koi8-r"),
        (b"<meta charset=koi8-r>", "text/html; charset=", "koi8-r"),
        (b"<meta charset=latin1>", HTML, "windows-1252"),
        (b"<meta charset=utf-16>", HTML, "utf-8"),
        (b"<meta charset=base64>", HTML, "windows-1252"),
        (b"<META CONTENT='text/html;charset=Windows-1250' HTTP-EQUIV=Content-Type>", HTML, "windows-1250"),
        (b"<meta name=x content='text/html;charset=koi8-r'>", HTML, "windows-1252"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?><jobs/>', "application/xml", "iso-8859-2"),
        (b"<\0?\0x\0m\0l\0", "application/xml", "utf-16le"),
        ("Müller".encode(), HTML, "utf-8"),
        ("Müller".encode("latin-1"), HTML, "windows-1252"),
        ("Müller".encode()[:2], HTML, "utf-8"),
        (b"", "", "windows-1252"),
    ],
)
def test_mark_then_transport_then_markup_then_content(body, content_type, expected):
    assert sniff(body, content_type) == expected


def test_a_late_meta_counts_as_it_does_in_browsers_but_not_within_a_script_or_far_below():
    meta = b"<meta charset=iso-8859-2>"
    long = b"<!--" + b"x" * 5_000 + b"-->"
    assert sniff(long + meta, HTML) == "iso-8859-2"
    assert sniff(long + b"<script>'" + meta + b"'</script>", HTML) == "windows-1252"
    assert sniff(long + b"<script>''</script>" + meta, HTML) == "iso-8859-2"
    assert sniff(b"<!--" + b"x" * PARSED + b"-->" + meta, HTML) == "windows-1252"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"\xef\xbb\xbfM\xc3\xbcller", HTML, "Müller"),
        ("\ufeffMüller".encode("utf-16-be"), HTML, "Müller"),
        (b"\x80 60k", HTML, "€ 60k"),
        (b"\xa4", "text/html; charset=iso-8859-15", "€"),
        (b"ok \xff", "text/html; charset=utf-8", "ok \ufffd"),
        ("京".encode("euc-jp"), "text/html; charset=euc-jp", "京"),
        ("łódź".encode("cp1250"), "text/html; charset=windows-1250", "łódź"),
    ],
)
def test_the_text_is_that_of_the_encoding(body, content_type, text):
    assert decode(body, content_type) == text


@pytest.mark.parametrize(
    "body",
    [b"<" * PARSED, b"<meta " * 3_000, b"<a " + b"b=c " * 4_000, b"<!--" * 4_000, b"<meta charset=" + b"x" * PARSED],
)
def test_hostile_heads_state_nothing(body):
    assert sniff(body, HTML) == "windows-1252"


@given(st.binary(max_size=200), st.sampled_from(sorted(webencodings.LABELS)))
def test_bytes_of_any_kind_are_text_in_every_encoding_that_can_be_stated(body, label):
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
    assert isinstance(decode(f"<meta charset={label}>".encode() + body, HTML), str)


_PIECES = (
    b"<meta ",
    b"charset",
    b"=",
    b'"',
    b"'",
    b">",
    b"<!--",
    b"-->",
    b"<script>",
    b"</",
    b"content",
    b"utf-8",
    b"<?xml ",
    b" ",
    b"/",
)


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=4)), max_size=40))
def test_any_head_states_an_encoding_that_is_known(pieces):
    assert webencodings.lookup(sniff(b"".join(pieces), HTML)) is not None


def test_a_document_is_read_in_its_encoding():
    body = "<meta charset=windows-1250><title>Kierowca</title><h1>Łódź</h1>".encode("cp1250")
    page = Page(url="https://x.example/", body=body, content_type=HTML, fetched_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert [line.text for line in Document(page).lines] == ["Łódź"]
