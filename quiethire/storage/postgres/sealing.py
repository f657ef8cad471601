"""What is kept of a person, sealed: AES-256-GCM with a key per person, which is itself sealed with a master key.

Whoever destroys a person's key destroys everything that was sealed with it, in every copy and backup. What is sealed is
bound to its person and its place (table and row) by associated data: swapped into another row, it does not open.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.storage.postgres.connection import WHERE

_KEY_BYTES = 32
_NONCE_BYTES = 12
"""Random: with a key per person, 2**32 seals of one key (NIST SP 800-38D, 8.3) are out of reach."""

_PRINT_BYTES = 16

_HINT = "set QUIETHIRE_PERSON_KEY to the master key that this database was written with"


class WrappedKey(Model):
    """A person's key as it is stored."""

    master: str
    """Which master key sealed it."""
    wrapped: bytes


class PersonKey:
    """The key of one person."""

    def __init__(self, person: UUID, key: bytes) -> None:
        self.person = person
        self._cipher = AESGCM(key)
        self._print_key = hashlib.sha256(b"quiethire print" + key).digest()

    def seal(self, place: str, content: bytes) -> bytes:
        """Nonce and ciphertext, which open for this person and this place alone."""
        return _seal(self._cipher, content, _bound(self.person, place))

    def print_of(self, content: bytes) -> bytes:
        """The same for the same content, and without this key as good as random: what was sealed is compared by it."""
        return hmac.digest(self._print_key, content, "sha256")[:_PRINT_BYTES]

    def open(self, place: str, sealed: bytes) -> bytes:
        """The content. Raises InvalidInput where it was sealed otherwise, or was altered."""
        return _open(self._cipher, sealed, _bound(self.person, place))


class MasterKeys:
    """The master keys of the settings: the first seals, all open."""

    def __init__(self, person_key: str) -> None:
        """`person_key`: the setting. Empty = nothing of a person can be kept or read, which is said when it is tried."""
        secrets_given = [text for text in person_key.split(",") if text]
        self._keys = {_derived(text, b"name")[:8].hex(): AESGCM(_derived(text, b"key")) for text in secrets_given}
        self._print_keys = [_derived(text, b"print") for text in secrets_given]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._keys)

    @property
    def current(self) -> str:
        """The name of the one that seals. Raises InvalidInput where there is none."""
        if not self._keys:
            hint = "set it to a secret of at least 24 characters, and keep it apart from the database's backups"
            raise InvalidInput("is not set", where="QUIETHIRE_PERSON_KEY", hint=hint, kind="not_set")
        return next(iter(self._keys))

    def prints_of(self, content: bytes) -> list[bytes]:
        """By what a row is found whose content is sealed with a key that is not known yet; one for each master key, the first's first.

        Raises InvalidInput where there is no master key.
        """
        _ = self.current
        return [hmac.digest(key, content, "sha256")[:_PRINT_BYTES] for key in self._print_keys]

    def require(self, names: Collection[str]) -> None:
        """Raises InvalidInput where one of these master keys is not among those of the settings."""
        if missing := sorted(set(names) - set(self._keys)):
            raise InvalidInput(f"the master key {missing[0]} is not at hand", where=WHERE, hint=_HINT)

    def new(self, person: UUID) -> WrappedKey:
        """A key for somebody, made now."""
        return self._wrap(person, secrets.token_bytes(_KEY_BYTES))

    def unwrap(self, person: UUID, stored: WrappedKey) -> PersonKey:
        """The key of this person. Raises InvalidInput where its master key is not among those of the settings."""
        return PersonKey(person, self._unwrapped(person, stored))

    def rewrap(self, person: UUID, stored: WrappedKey) -> WrappedKey:
        """The same key, sealed with the current master key."""
        return self._wrap(person, self._unwrapped(person, stored))

    def _wrap(self, person: UUID, key: bytes) -> WrappedKey:
        return WrappedKey(
            master=self.current, wrapped=_seal(self._keys[self.current], key, _bound(person, "person_keys"))
        )

    def _unwrapped(self, person: UUID, stored: WrappedKey) -> bytes:
        self.require([stored.master])
        return _open(self._keys[stored.master], stored.wrapped, _bound(person, "person_keys"))


def place(table: str, *row: object) -> str:
    """Where something sealed stands: the table, and what names the row beside the person."""
    return "/".join((table, *map(str, row)))


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"quiethire person " + purpose).derive(secret.encode())


def _bound(person: UUID, place: str) -> bytes:
    return b"%s/%s" % (person.bytes, place.encode())


def _seal(cipher: AESGCM, content: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, bound)


def _open(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except InvalidTag as error:
        raise InvalidInput("what is kept of a person does not open with their key", where=WHERE, hint=_HINT) from error
