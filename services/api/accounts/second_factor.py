"""The second factor: codes by time (TOTP, RFC 6238) out of an app, each good once, and ten codes for who lost the app."""

import hashlib
import io
import secrets
from datetime import datetime

import pyotp
import segno

from quiethire.domain.accounts import Credentials, SecondFactor
from quiethire.domain.errors import InvalidInput

RECOVERY_CODES = 10
_STEP = 30
"""Seconds that a code is shown."""
_DRIFT = 1
"""Steps that a clock may be off, either way."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def begun(known: Credentials) -> Credentials:
    """With a new secret, which counts once a code of it was shown. Raises InvalidInput where there is a second factor."""
    if known.second is not None and known.second.confirmed:
        raise InvalidInput("there is a second factor", where="second_factor", hint="switch it off first")
    return known.model_copy(update={"second": SecondFactor(secret=pyotp.random_base32())})


def confirmed(known: Credentials, code: str, now: datetime) -> tuple[Credentials, tuple[str, ...]]:
    """With the second factor on, and the codes for who lost the app. Raises InvalidInput for a wrong code."""
    if known.second is None or known.second.confirmed:
        raise InvalidInput("was not begun", where="second_factor", hint="begin it first")
    step = _step_of(known.second, code, now)
    if step is None:
        raise InvalidInput("that is not the code of now", where="code", hint="look whether the clock is right")
    fresh = tuple(f"{_word()}-{_word()}" for _ in range(RECOVERY_CODES))
    second = known.second.model_copy(
        update={"confirmed": True, "last_step": step, "recovery": tuple(_digest(code) for code in fresh)}
    )
    return known.model_copy(update={"second": second}), fresh


def shown(known: Credentials, code: str, now: datetime) -> Credentials | None:
    """With this code used up; None where it is none, or was used before."""
    second = known.second
    if second is None or not second.confirmed:
        return None
    step = _step_of(second, code, now)
    if step is not None:
        return known.model_copy(update={"second": second.model_copy(update={"last_step": step})})
    digest = _digest(code)
    if digest not in second.recovery:
        return None
    left = tuple(one for one in second.recovery if one != digest)
    return known.model_copy(update={"second": second.model_copy(update={"recovery": left})})


def uri_of(second: SecondFactor, email: str) -> str:
    """What an app reads."""
    return str(pyotp.TOTP(second.secret).provisioning_uri(name=email, issuer_name="QuietHire"))


def picture_of(uri: str) -> str:
    """The same as a QR code: SVG without scripts and styles, for a page whose policy allows none."""
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=5, xmldecl=False, svgns=False, nl=False, light="#fff")
    return picture.getvalue().decode()


def _step_of(second: SecondFactor, code: str, now: datetime) -> int | None:
    """Which step this is the code of; none that was used, and none before it."""
    current = int(now.timestamp()) // _STEP
    app = pyotp.TOTP(second.secret)
    given = code.replace(" ", "")
    good = [
        step
        for step in range(current - _DRIFT, current + _DRIFT + 1)
        if secrets.compare_digest(app.at(step * _STEP).encode(), given.encode()) and step > second.last_step
    ]
    return good[0] if good else None


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
