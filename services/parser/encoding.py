"""The character encoding of a page, by the rules that browsers follow (HTML Standard, "determining the character encoding").

In this order: the byte-order mark, the transport's charset, a `<meta>` or an XML declaration among the first bytes. Labels
mean what the Encoding Standard says: `latin1` is windows-1252. A page that states nothing is UTF-8 where it is valid UTF-8
with more than ASCII in it, else windows-1252.
"""

import codecs
import re
from dataclasses import dataclass, field

import webencodings

PRESCAN = 1_024
"""Bytes that browsers search for a `<meta>` before they parse."""
PARSED = 16_384
"""Bytes in which a later `<meta>` counts, as it does in browsers once they get there; none within a script does then."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_CHARSET = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;]+))", re.IGNORECASE)
_SPACE = b"\t\n\x0c\r "

_SKIP = re.compile(rb"[\t\n\x0c\r /]*")
_BLANKS = re.compile(rb"[\t\n\x0c\r ]*")
_NAME = re.compile(rb"=?[^\t\n\x0c\r />=]*")
_BARE = re.compile(rb"[^\t\n\x0c\r >]*")
_TAG = re.compile(rb"</?[A-Za-z][^\t\n\x0c\r >]*")
_RAW = re.compile(rb"<(script|style|title|textarea|template|noscript)$", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[\t\n\x0c\r ][^>]*?encoding[\t\n\x0c\r ]*=[\t\n\x0c\r ]*(?:\"([^\">]*)\"|'([^'>]*)')[^>]*>")


def decode(body: bytes, content_type: str) -> str:
    """The text of a page. Bytes that its encoding does not know become U+FFFD; a byte-order mark is no text."""
    encoding = webencodings.lookup(sniff(body, content_type))
    mark = next((mark for mark, _ in _MARKS if body.startswith(mark)), b"")
    text: str = encoding.codec_info.decode(body[len(mark) :], "replace")[0]
    return text


def sniff(body: bytes, content_type: str) -> str:
    """The name of the encoding (Encoding Standard, lower case) that a page is in."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    return _stated(content_type) or prescan(body[:PARSED]) or _by_content(body)


def _stated(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return _lookup(next(filter(None, match.groups()), "")) if match else None


def _by_content(body: bytes) -> str:
    """Text in another encoding is hardly ever valid UTF-8 by chance."""
    if body.isascii():
        return "windows-1252"
    try:
        # What was cut off may have been cut within a character.
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _lookup(label: str) -> str | None:
    """The encoding of a label that is stated within ASCII text."""
    encoding = webencodings.lookup(label)
    return encoding.name if encoding else None


def prescan(head: bytes) -> str | None:
    """The encoding that the first bytes state in a `<meta>`, else in an XML declaration; None where they state none."""
    return _meta(head) or _declaration(head)


def _meta(head: bytes) -> str | None:
    """HTML Standard, "prescan a byte stream to determine its encoding"."""
    if b"charset" not in head.lower():
        return None
    scan = _Scan(head)
    at = 0
    while (at := head.find(b"<", at)) >= 0:
        if head.startswith(b"<!--", at):
            end = head.find(b"-->", at + 2)
            at = end + 3 if end >= 0 else len(head)
        elif head[at + 1 : at + 5].lower() == b"meta" and head[at + 5 : at + 6] in _SPACE_OR_SLASH:
            scan.at = at + 5
            if (encoding := scan.meta()) is not None:
                return encoding
            at = scan.at
        elif _TAG.match(head, at):
            at = scan.tag(at)
        elif head[at + 1 : at + 2] in _BANG:
            end = head.find(b">", at + 1)
            at = end + 1 if end >= 0 else len(head)
        else:
            at += 1
    return None


_SPACE_OR_SLASH = frozenset(bytes([byte]) for byte in _SPACE + b"/")
_BANG = frozenset((b"!", b"/", b"?"))


@dataclass(slots=True)
class _Scan:
    """Reads attributes as the prescan does; whatever the bytes end within is not stated."""

    head: bytes
    at: int = field(default=0)

    def meta(self) -> str | None:
        """The encoding that the attributes of one `<meta>` state."""
        seen: dict[bytes, bytes] = {}
        while (attribute := self.attribute()) is not None:
            seen.setdefault(*attribute)
        if self.at >= len(self.head):
            return None
        label: str | None = None
        if b"charset" in seen:
            label = seen[b"charset"].decode("latin-1")
        elif seen.get(b"http-equiv") == b"content-type":
            label = _label_within(seen.get(b"content", b"").decode("latin-1"))
        return _in_ascii(label)

    def tag(self, at: int) -> int:
        """Where a tag ends; for an element whose content is no markup, and that browsers parse rather than scan, its own end."""
        match = _TAG.match(self.head, at)
        self.at = match.end() if match else at + 1
        while self.attribute() is not None:
            pass
        raw = _RAW.match(match.group()) if match and at >= PRESCAN else None
        if raw is not None:
            end = re.compile(rb"</" + raw[1], re.IGNORECASE).search(self.head, self.at)
            self.at = end.start() if end else len(self.head)
        return self.at

    def attribute(self) -> tuple[bytes, bytes] | None:
        """The next attribute in lower case; None at the end of the tag, or of the bytes."""
        head = self.head
        self._skip(_SKIP)
        if self.at >= len(head) or head[self.at : self.at + 1] == b">":
            return None
        name = self._skip(_NAME).lower()
        self._skip(_BLANKS)
        if head[self.at : self.at + 1] != b"=":
            return self._unless_cut(name, b"")
        self.at += 1
        self._skip(_BLANKS)
        quote = head[self.at : self.at + 1]
        if quote in (b'"', b"'"):
            end = head.find(quote, self.at + 1)
            value = head[self.at + 1 : end]
            self.at = end + 1 if end >= 0 else len(head)
        else:
            value = self._skip(_BARE)
        return self._unless_cut(name, value.lower())

    def _unless_cut(self, name: bytes, value: bytes) -> tuple[bytes, bytes] | None:
        return (name, value) if self.at < len(self.head) else None

    def _skip(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self.head, self.at)
        if match is None:
            return b""
        self.at = match.end()
        return match.group()


def _label_within(content: str) -> str | None:
    """HTML Standard, "extracting a character encoding from a meta element": the charset within `text/html; charset=…`."""
    match = re.search(r"charset[\t\n\f\r ]*=[\t\n\f\r ]*", content)
    if match is None:
        return None
    rest = content[match.end() :]
    if rest[:1] in ("'", '"'):
        value, quote, _ = rest[1:].partition(rest[0])
        return value if quote else None
    return re.split(r"[\t\n\f\r ;]", rest, maxsplit=1)[0]


def _in_ascii(label: str | None) -> str | None:
    """What a label means where it could be read byte by byte: no UTF-16."""
    name = _lookup(label) if label else None
    if name is None:
        return None
    return {"utf-16be": "utf-8", "utf-16le": "utf-8", "x-user-defined": "windows-1252"}.get(name, name)


def _declaration(head: bytes) -> str | None:
    """HTML Standard, "getting an XML encoding"; and UTF-16 that begins with `<?x` and no mark."""
    for start, name in ((b"<\0?\0x\0", "utf-16le"), (b"\0<\0?\0x", "utf-16be")):
        if head.startswith(start):
            return name
    match = _XML.match(head)
    return _in_ascii((match[1] or match[2] or b"").decode("latin-1")) if match else None
