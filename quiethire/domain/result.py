"""What went wrong or was refused, as results: a run names each of them and goes on."""

from typing import Annotated

from pydantic import AfterValidator

from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError

SHOWN = 500
"""Characters of a place or sentence that are told: what strangers wrote may be of any length."""

Told = Annotated[str, AfterValidator(lambda text: text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")]


class Problem(Model):
    """One thing that ended badly. `kind` is stable, `where` is a URL, host or board, `detail` a sentence."""

    kind: str
    where: Told
    detail: Told

    @classmethod
    def of(cls, error: QuietHireError, where: str = "") -> "Problem":
        """The error as a result; `where` fills in for an error that does not know its place."""
        detail = f"{error.detail} ({error.hint})" if error.hint else error.detail
        return cls(kind=error.kind, where=error.where or where, detail=detail)


class Refusal(Model):
    """A page or posting that was read and not taken, and why."""

    url: str
    reason: Told
    quality_score: int | None = None
