"""One contract for API keys: PostgreSQL and its twin in memory."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiethire.domain.access import ApiKey, ApiKeyStore, KeyUse, Scope, digest_of, is_key, new_prefix, new_secret
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres import MasterKeys, PostgresApiKeys, PostgresCandidates
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> ApiKeyStore:
    if request.param == "memory":
        return MemoryApiKeys()
    return PostgresApiKeys(request.getfixturevalue("postgres_pool"))


def key(prefix: str = "aaaaaaaa", **changes: object) -> ApiKey:
    fields: dict[str, object] = {
        "prefix": prefix,
        "name": "Ünïcode 'feed'",
        "scopes": (Scope.EXPORT, Scope.ALERTS),
        "created_at": NOW,
        "expires_at": NOW + 9 * HOUR,
    }
    return ApiKey.model_validate(fields | changes)


async def test_a_key_is_found_by_its_digest_as_it_was_added(store):
    await store.add(key(), b"one")
    assert await store.by_digest(b"one") == KeyUse(key=key())
    assert await store.by_digest(b"two") is None


async def test_a_key_is_found_by_its_prefix(store):
    await store.add(key(), b"one")
    assert (await store.get("aaaaaaaa"), await store.get("bbbbbbbb")) == (key(), None)


async def test_adding_a_key_again_changes_nothing_and_gives_it_no_second_secret(store):
    await store.add(key(), b"one")
    await store.add(key(name="other"), b"two")
    assert await store.issued() == [key()]
    assert await store.by_digest(b"two") is None


async def test_keys_are_listed_the_oldest_first(store):
    for prefix, age in (("cccccccc", 1), ("bbbbbbbb", 2), ("aaaaaaaa", 1)):
        await store.add(key(prefix, created_at=NOW - age * HOUR), prefix.encode())
    assert [each.prefix for each in await store.issued()] == ["bbbbbbbb", "aaaaaaaa", "cccccccc"]


async def test_after_a_rotation_the_old_secret_is_good_for_its_grace_time(store):
    await store.add(key(), b"one")
    rotated = await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)
    assert rotated == key(rotated_at=NOW)
    old, new = await store.by_digest(b"one"), await store.by_digest(b"two")
    assert (old.secret_until, new.secret_until) == (NOW + HOUR, None)
    assert old.refusal(NOW) is None
    assert old.refusal(NOW + HOUR) == "was replaced by a newer one"
    assert new.refusal(NOW + HOUR) is None


async def test_a_second_rotation_neither_prolongs_nor_ends_what_is_running_out(store):
    await store.add(key(), b"one")
    await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)
    await store.rotate("aaaaaaaa", b"three", now=NOW, grace=2 * HOUR)
    untils = [(await store.by_digest(secret)).secret_until for secret in (b"one", b"two", b"three")]
    assert untils == [NOW + HOUR, NOW + 2 * HOUR, None]


async def test_a_rotation_that_is_told_twice_leaves_the_new_secret_good(store):
    await store.add(key(), b"one")
    for _ in range(2):
        await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)
    assert (await store.by_digest(b"two")).secret_until is None


async def test_rotation_leaves_other_keys_alone(store):
    await store.add(key(), b"one")
    await store.add(key("bbbbbbbb"), b"two")
    await store.rotate("aaaaaaaa", b"three", now=NOW, grace=timedelta(0))
    assert await store.by_digest(b"two") == KeyUse(key=key("bbbbbbbb"))


async def test_a_revoked_key_stays_revoked_from_the_first_time_and_cannot_be_rotated(store):
    await store.add(key(), b"one")
    assert (await store.revoke("aaaaaaaa", NOW)).revoked_at == NOW
    assert (await store.revoke("aaaaaaaa", NOW + HOUR)).revoked_at == NOW
    assert (await store.by_digest(b"one")).refusal(NOW) == "was revoked"
    with pytest.raises(Gone):
        await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)


async def test_an_expired_key_cannot_be_rotated_and_stays_as_it_is(store):
    await store.add(key(expires_at=NOW), b"one")
    with pytest.raises(InvalidInput, match="has expired"):
        await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)
    assert await store.issued() == [key(expires_at=NOW)]
    assert await store.by_digest(b"two") is None
    assert (await store.rotate("aaaaaaaa", b"two", now=NOW - HOUR, grace=HOUR)).rotated_at == NOW - HOUR


async def test_what_is_not_there_cannot_be_rotated_or_revoked(store):
    with pytest.raises(Gone):
        await store.rotate("aaaaaaaa", b"two", now=NOW, grace=HOUR)
    with pytest.raises(Gone):
        await store.revoke("aaaaaaaa", NOW)


async def test_use_is_noted_and_never_backwards(store):
    await store.add(key(), b"one")
    for moment in (NOW, NOW + HOUR, NOW - HOUR):
        await store.used("aaaaaaaa", moment)
    await store.used("zzzzzzzz", NOW)
    assert [each.last_used_at for each in await store.issued()] == [NOW + HOUR]


async def test_a_key_ends_with_its_time(store):
    await store.add(key(expires_at=NOW), b"one")
    found = await store.by_digest(b"one")
    assert found.refusal(NOW - HOUR) is None
    assert found.refusal(NOW) == "has expired"


def test_a_key_carries_its_prefix_and_a_checksum_that_tells_every_mistyped_letter():
    prefix = new_prefix()
    secret = new_secret(prefix)
    assert secret.startswith(f"qh_{prefix}_")
    assert is_key(secret)
    for place, letter in enumerate(secret):
        assert not is_key(secret[:place] + ("a" if letter != "a" else "b") + secret[place + 1 :])
    assert not is_key(secret[:-1])
    assert not is_key(secret + "\n")


def test_no_two_keys_are_alike():
    keys = {new_secret("aaaaaaaa") for _ in range(1_000)}
    assert len(keys) == len({digest_of(each) for each in keys}) == 1_000


async def test_the_keys_of_a_candidate_are_found_and_end_with_them(request, store):
    who = UUID(int=7)
    if isinstance(store, PostgresApiKeys):
        candidates = PostgresCandidates(request.getfixturevalue("postgres_pool"), MasterKeys("a master key for tests"))
        await candidates.save(Candidate(id=who, name="Ada"))
    theirs = key("bbbbbbbb", scopes=(Scope.CANDIDATE,), candidate_id=who)
    await store.add(key(), b"one")
    await store.add(theirs, b"two")
    assert await store.of_candidate(who) == [theirs]
    assert await store.by_digest(b"two") == KeyUse(key=theirs)
    for _ in range(2):
        await store.drop_of_candidate(who)
    assert await store.by_digest(b"two") is None
    assert await store.issued() == [key()]


async def test_what_is_asked_of_all_keys_leaves_out_those_of_people(request, store):
    who = UUID(int=7)
    if isinstance(store, PostgresApiKeys):
        candidates = PostgresCandidates(request.getfixturevalue("postgres_pool"), MasterKeys("a master key for tests"))
        await candidates.save(Candidate(id=who, name="Ada"))
    revoked = key("bbbbbbbb", revoked_at=NOW, expires_at=None)
    theirs = {"scopes": (Scope.CANDIDATE,), "candidate_id": who}
    for each in (key(), revoked, key("cccccccc", **theirs), key("dddddddd", expires_at=None, **theirs)):
        await store.add(each, each.prefix.encode())
    await store.revoke("dddddddd", NOW)
    assert await store.issued() == [key(), revoked]
    assert await store.ended(NOW) == [revoked]
    assert await store.ended(NOW + 9 * HOUR) == [key(), revoked]


async def test_a_key_that_speaks_for_a_person_is_not_rotated(request, store):
    who = UUID(int=7)
    if isinstance(store, PostgresApiKeys):
        candidates = PostgresCandidates(request.getfixturevalue("postgres_pool"), MasterKeys("a master key for tests"))
        await candidates.save(Candidate(id=who, name="Ada"))
    theirs = key("bbbbbbbb", scopes=(Scope.CANDIDATE,), candidate_id=who)
    await store.add(theirs, b"one")
    with pytest.raises(Gone):
        await store.rotate("bbbbbbbb", b"two", now=NOW, grace=HOUR)
    assert await store.by_digest(b"one") == KeyUse(key=theirs)
    assert await store.by_digest(b"two") is None


async def test_in_postgresql_no_key_speaks_for_nobody_and_keys_go_with_their_candidate(postgres_pool):
    store, who = PostgresApiKeys(postgres_pool), UUID(int=7)
    theirs = key("bbbbbbbb", scopes=(Scope.CANDIDATE,), candidate_id=who)
    with pytest.raises(Gone):
        await store.add(theirs, b"two")
    candidates = PostgresCandidates(postgres_pool, MasterKeys("a master key for tests"))
    await candidates.save(Candidate(id=who, name="Ada"))
    await store.add(theirs, b"two")
    await candidates.erase(who)
    assert (await store.issued(), await store.by_digest(b"two")) == ([], None)


async def test_a_new_key_of_a_candidate_takes_the_place_of_those_that_have_ended(request, store):
    who, other = UUID(int=7), UUID(int=8)
    if isinstance(store, PostgresApiKeys):
        candidates = PostgresCandidates(request.getfixturevalue("postgres_pool"), MasterKeys("a master key for tests"))
        for one in (who, other):
            await candidates.save(Candidate(id=one, name="Ada"))

    def theirs(prefix, candidate_id=who, **changes):
        return key(prefix * 8, scopes=(Scope.CANDIDATE,), candidate_id=candidate_id, **changes)

    lasting, running = theirs("a", expires_at=None), theirs("b")
    operators = key("cccccccc", expires_at=NOW + HOUR)
    left = theirs("d", candidate_id=other, expires_at=NOW + HOUR)
    for each in (lasting, running, operators, left, theirs("e", expires_at=NOW + HOUR), theirs("f")):
        await store.add(each, each.prefix.encode())
    await store.revoke("ffffffff", NOW + HOUR)
    fresh = theirs("g", created_at=NOW + 2 * HOUR)
    await store.add(fresh, b"fresh")
    assert await store.of_candidate(who) == [lasting, running, fresh]
    assert [await store.by_digest(digest) for digest in (b"eeeeeeee", b"ffffffff")] == [None, None]
    assert [await store.get("cccccccc"), await store.of_candidate(other)] == [operators, [left]]


async def test_ended_keys_of_people_go_and_all_others_stay(request, store):
    who = UUID(int=7)
    if isinstance(store, PostgresApiKeys):
        pool, masters = request.getfixturevalue("postgres_pool"), MasterKeys("a master key for all tests here")
        await PostgresCandidates(pool, masters).save(Candidate(id=who, name="Ada"))
    later = NOW + 10 * HOUR
    await store.add(key("aaaaaaaa"), b"of an operator")
    await store.add(key("bbbbbbbb", candidate_id=who), b"ended")
    await store.add(key("cccccccc", candidate_id=who, expires_at=None), b"good")
    await store.add(key("dddddddd", candidate_id=who, expires_at=None), b"revoked")
    await store.revoke("dddddddd", NOW)
    assert (await store.drop_ended(later), await store.drop_ended(later)) == (2, 0)
    assert [each.prefix for each in await store.of_candidate(who)] == ["cccccccc"]
    assert [each.prefix for each in await store.issued()] == ["aaaaaaaa"]
    assert await store.by_digest(b"ended") is None
    assert await store.used_since([who], NOW) == {who}
    assert await store.used_since([who, UUID(int=8)], NOW + HOUR) == set()
    await store.used("cccccccc", NOW + 2 * HOUR)
    assert await store.used_since([who], NOW + HOUR) == {who}
    assert await store.used_since([], NOW) == set()
