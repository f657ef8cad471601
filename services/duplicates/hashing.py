"""Hashes that are the same in every process and on every machine."""

from hashlib import blake2b


def hash32(*parts: str) -> int:
    """32 bits of the parts; never 0, which stands for "not stated"."""
    return _number(parts, 4)


def hash64(*parts: str) -> int:
    """64 bits of the parts; never 0."""
    return _number(parts, 8)


def _number(parts: tuple[str, ...], size: int) -> int:
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=size).digest(), "big") or 1
