"""An alert rule for Prometheus, with what an operator does about it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["page", "ticket"]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One rule, and its page of the runbook."""

    name: str
    expr: str
    """PromQL: true of what is wrong."""
    lasting: str
    """How long it must hold; `0m` = at once."""
    severity: Severity
    """`page`: somebody is to come now. `ticket`: on the next day is soon enough."""
    summary: str
    """One line, as it is sent."""
    means: str
    """What is the matter, and what still works."""
    steps: tuple[str, ...]
    """What to do, in this order."""
    faults: tuple[str, ...]
    """Of `docs/faults.md`, those that set it off."""

    @property
    def anchor(self) -> str:
        """Where its page begins in the runbook."""
        return self.name.lower()
