"""Every error that QuietHire raises on purpose.

    QuietHireError(detail, where, hint)   what happened, to what, and what to do about it
    ├── Transient                         may succeed if tried again: time-outs, resets, 5xx
    │   └── Throttled(retry_after)        429/503, or busy: try again after `retry_after` seconds
    ├── Blocked                           the host refuses us: a small budget of its own, then it rests
    ├── Permanent                         trying again changes nothing
    │   ├── Gone                          404, 410, a board that is no longer there, a page never archived
    │   ├── Disallowed                    robots.txt or the guard against private addresses says no
    │   ├── InvalidInput                  a URL that is no URL, a page that is not what it should be
    │   └── Outdated                      a change of what somebody else has changed meanwhile
    └── SchemaDrift                       a known source answered in an unknown shape: quarantined

Anything else that is raised is a defect. "Not modified" and "no jobs" are results, not errors.
`activities/errors.py` alone maps these to Temporal's errors.
"""


class QuietHireError(Exception):
    """Base of the tree. `kind` is a stable word for machines; it never changes with the wording."""

    kind = "error"

    def __init__(self, detail: str, *, where: str = "", hint: str = "", kind: str | None = None) -> None:
        self.detail = detail
        self.where = where
        self.hint = hint
        if kind is not None:
            self.kind = kind
        super().__init__(": ".join(part for part in (where, detail) if part) + (f" ({hint})" if hint else ""))


class Transient(QuietHireError):
    """The same request may succeed later."""

    kind = "transient"


class Throttled(Transient):
    """The host asked us to wait, or too many of us wait for it already (`busy`). `retry_after` is in seconds.

    `resting`: it said so to an earlier request, and this one was not sent. So with Blocked.
    """

    kind = "throttled"

    def __init__(
        self, detail: str, *, retry_after: float, where: str = "", hint: str = "", kind: str | None = None
    ) -> None:
        super().__init__(detail, where=where, hint=hint, kind=kind)
        self.retry_after = retry_after


class Blocked(QuietHireError):
    """The host refuses crawlers (401, 403, a challenge page). It gets a rest, not more requests."""

    kind = "blocked"


class Permanent(QuietHireError):
    """Trying again changes nothing."""

    kind = "permanent"


class Gone(Permanent):
    """What was asked for is not there."""

    kind = "gone"


class Disallowed(Permanent):
    """We may not: robots.txt, or an address that a crawler must not reach."""

    kind = "disallowed"


class InvalidInput(Permanent):
    """What was given cannot be used; `hint` says what would be."""

    kind = "invalid_input"


class Outdated(Permanent):
    """What was to be changed is not any more as whoever asks has seen it: nothing was changed."""

    kind = "outdated"


class SchemaDrift(QuietHireError):
    """A source answered in a shape its adapter does not know. It never guesses."""

    kind = "schema_drift"
