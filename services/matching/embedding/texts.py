"""What of a posting is embedded."""

import hashlib

from quiethire.domain.posting import JobPosting

_DESCRIPTION = 500
"""Characters: with title and skills about what the model reads of a text."""


def text_of(posting: JobPosting) -> str:
    """Title, skills and the beginning of the description: what tells of which work it is."""
    return "\n".join(part for part in (posting.title, ", ".join(posting.skills), posting.description_text) if part)[
        : len(posting.title) + _DESCRIPTION
    ]


def text_hash(text: str) -> str:
    """SHA-256 in hex: equal texts are embedded once."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
