"""Bodies as they are kept: named by their SHA-256, compressed with zstd, never trusted when read back."""

import hashlib
import io
import re
from datetime import timedelta

import zstandard

from quiethire.domain.errors import InvalidInput

MAX_BODY_BYTES = 50_000_000
"""No page needs more; a larger one is refused on the way in and on the way out."""

UNNAMED_FOR = timedelta(days=3)
"""How long a body is kept that no answer names: a page on its way to its answer, or what activities hand on."""

_LEVEL = 3
_MAX_WINDOW_BYTES = 8 << 20
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def hash_of(body: bytes) -> str:
    """SHA-256, hexadecimal. Raises InvalidInput `page_too_large`."""
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(
            f"{len(body)} bytes are more than {MAX_BODY_BYTES}", where="page archive", kind="page_too_large"
        )
    return hashlib.sha256(body).hexdigest()


def object_key(content_hash: str) -> str:
    """`ab/cd/abcd….zst`: two levels keep directories small. Raises InvalidInput for what is no SHA-256."""
    if not _HASH.fullmatch(content_hash):
        raise InvalidInput("not a SHA-256 in lower-case hexadecimal", where=content_hash[:80], kind="invalid_hash")
    return f"{content_hash[:2]}/{content_hash[2:4]}/{content_hash}.zst"


def hash_in(key: str) -> str | None:
    """The hash of a body out of its key; None for what is not ours."""
    name = key.rpartition("/")[2].removesuffix(".zst")
    return name if _HASH.fullmatch(name) and key == object_key(name) else None


def pack(body: bytes) -> bytes:
    """Compress. The same body gives the same bytes."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(body)


def unpack(packed: bytes, content_hash: str) -> bytes:
    """Decompress within bounds and compare with the hash. Raises InvalidInput `damaged_page`."""
    reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).stream_reader(io.BytesIO(packed))
    try:
        body = reader.read(MAX_BODY_BYTES + 1)
    except zstandard.ZstdError as error:
        raise _damaged(content_hash, f"cannot be decompressed: {error}") from error
    if len(body) > MAX_BODY_BYTES:
        raise _damaged(content_hash, f"expands to more than {MAX_BODY_BYTES} bytes")
    if hashlib.sha256(body).hexdigest() != content_hash:
        raise _damaged(content_hash, "does not have the hash it is stored under")
    return body


def _damaged(content_hash: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"the archived page {what}", where=content_hash, hint="fetch the page again", kind="damaged_page"
    )
