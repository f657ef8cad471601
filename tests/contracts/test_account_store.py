"""One contract for accounts: PostgreSQL and its twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest

from quiethire.domain.accounts import Account, Credentials, Role, Session
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres import MasterKeys, PersonKeys, PostgresAccounts, PostgresCandidates
from quiethire.storage.postgres.connection import rows
from quiethire.storage.postgres.memory_accounts import MemoryAccounts
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryPeople

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW = "a master key for tests alone", "another master key for tests"
ADA, BOB = UUID(int=8), UUID(int=9)


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> SimpleNamespace:
    if request.param == "memory":
        people = MemoryPeople()
        return SimpleNamespace(accounts=MemoryAccounts(people), candidates=MemoryCandidates(people))
    pool, masters = request.getfixturevalue("postgres_pool"), MasterKeys(OLD)
    return SimpleNamespace(accounts=PostgresAccounts(pool, masters), candidates=PostgresCandidates(pool, masters))


@pytest.fixture
def store(kept):
    return kept.accounts


def account(who: UUID = ADA, **changes: object) -> Account:
    return Account.model_validate({"id": who, "role": Role.CANDIDATE, "created_at": NOW} | changes)


def session(who: UUID = ADA, **changes: object) -> Session:
    fields = {"id": uuid4(), "account_id": who, "is_browser": False, "created_at": NOW, "last_used_at": NOW}
    return Session.model_validate(fields | {"expires_at": NOW + 30 * DAY} | changes)


ADAS = Credentials(email="Ada@north.example", password="$argon2id$…")


async def test_an_account_is_found_by_its_address_in_whatever_letters(store):
    await store.add(account(), ADAS)
    assert await store.by_address("aDA@north.example") == (account(), ADAS)
    assert await store.get(ADA) == account()
    assert await store.credentials(ADA) == ADAS
    assert await store.by_address("bob@north.example") is None
    assert (await store.get(BOB), await store.credentials(BOB)) == (None, None)


async def test_with_a_change_sessions_end_where_it_is_kept_and_go_on_where_it_is_not(store):
    await store.add(account(), ADAS)
    mine, other = session(), session()
    await store.begin(mine, b"mine")
    await store.begin(other, b"other")

    def refused(_):
        raise InvalidInput("no", where="here")

    with pytest.raises(InvalidInput):
        await store.change(ADA, refused, ends_at=NOW)
    await store.change(ADA, lambda now: now)
    assert {one.id for one in await store.sessions(ADA, NOW)} == {mine.id, other.id}
    await store.change(ADA, lambda now: now, ends_at=NOW, but=mine.id)
    assert [one.id for one in await store.sessions(ADA, NOW)] == [mine.id]


async def test_a_session_begins_with_the_password_that_is_kept_alone(store):
    await store.add(account(), ADAS)
    mine = session()
    await store.begin(mine, b"mine", ADAS.password)
    with pytest.raises(InvalidInput, match="another password"):
        await store.begin(session(), b"other", "$argon2id$other")
    assert [one.id for one in await store.sessions(ADA, NOW)] == [mine.id]
    with pytest.raises(Gone):
        await store.begin(session(BOB), b"bobs", ADAS.password)


async def test_no_session_of_an_old_password_outlives_its_change_whichever_comes_first(store):
    await store.add(account(), ADAS)
    for turn in range(20):
        old = (await store.credentials(ADA)).password
        change = store.change(ADA, lambda now, turn=turn: now.model_copy(update={"password": f"{turn}"}), ends_at=NOW)
        begin = store.begin(session(), f"{turn}".encode(), old)
        begun, changed = await asyncio.gather(begin, change, return_exceptions=True)
        assert not isinstance(changed, Exception)
        assert begun is None or isinstance(begun, InvalidInput)
        assert await store.sessions(ADA, NOW) == []


@pytest.mark.parametrize("wanted", ["lock", "password"])
async def test_sessions_that_cannot_be_ended_leave_lock_and_password_as_they_were(postgres_pool, wanted):
    store = PostgresAccounts(postgres_pool, MasterKeys(OLD))
    await store.add(account(), ADAS)
    await store.begin(session(), b"mine")
    await rows(postgres_pool, "ALTER TABLE account_sessions ADD CHECK (ended_at IS NULL)", {})
    ends = {
        "lock": lambda: store.set_lock(ADA, NOW),
        "password": lambda: store.change(ADA, lambda now: now.model_copy(update={"password": "new"}), ends_at=NOW),
    }
    with pytest.raises(psycopg.errors.CheckViolation):
        await ends[wanted]()
    assert await store.get(ADA) == account()
    assert await store.credentials(ADA) == ADAS


async def test_an_address_and_a_person_have_one_account(store):
    await store.add(account(), ADAS)
    for again in (
        (account(BOB), ADAS.model_copy(update={"email": "ADA@north.example"})),
        (account(), ADAS.model_copy(update={"email": "other@north.example"})),
    ):
        with pytest.raises(InvalidInput) as error:
            await store.add(*again)
        assert error.value.kind == "taken"
    assert await store.credentials(ADA) == ADAS
    assert await store.by_address("other@north.example") is None


async def test_with_a_candidate_goes_the_account_and_what_hangs_on_it(kept):
    await kept.candidates.save(Candidate(id=ADA, name="Ada"))
    await kept.accounts.add(account(), ADAS)
    mine = session()
    await kept.accounts.begin(mine, b"one")
    await kept.candidates.erase(ADA)
    assert (await kept.accounts.get(ADA), await kept.accounts.by_address(ADAS.email)) == (None, None)
    assert await kept.accounts.session(mine.id) is None
    assert await kept.accounts.sessions(ADA, NOW) == []
    assert await kept.accounts.renew(b"one", b"two", NOW) is None
    with pytest.raises(Gone):
        await kept.accounts.add(account(), ADAS)
    with pytest.raises(Gone):
        await kept.accounts.begin(session(), b"three")


async def test_credentials_change_and_the_address_with_its_account_stays(store):
    await store.add(account(), ADAS)
    changed = await store.change(ADA, lambda was: was.model_copy(update={"password": "new"}))
    assert changed == await store.credentials(ADA) == ADAS.model_copy(update={"password": "new"})
    with pytest.raises(Gone):
        await store.change(BOB, lambda was: was)


async def test_a_role_is_given_and_staff_is_listed(store):
    await store.add(account(), ADAS)
    await store.add(account(BOB), Credentials(email="bob@north.example"))
    assert await store.staff() == []
    assert (await store.set_role(BOB, Role.RECRUITER)).role is Role.RECRUITER
    assert await store.staff() == [(account(BOB, role=Role.RECRUITER), "bob@north.example")]
    with pytest.raises(Gone):
        await store.set_role(UUID(int=1), Role.ADMIN)


async def test_a_locked_account_has_no_session_that_goes_on(store):
    await store.add(account(), ADAS)
    mine = session()
    await store.begin(mine, b"one")
    assert (await store.set_lock(ADA, NOW)).locked_at == NOW
    assert await store.sessions(ADA, NOW) == []
    assert (await store.session(mine.id)).refusal(NOW) == "was ended"
    assert (await store.set_lock(ADA, None)).locked_at is None
    assert (await store.session(mine.id)).refusal(NOW) == "was ended"


async def test_a_session_is_good_until_its_end(store):
    await store.add(account(), ADAS)
    mine = session()
    await store.begin(mine, b"one")
    use = await store.session(mine.id)
    assert (use.session, use.account) == (mine, account())
    assert use.refusal(NOW) is None
    assert use.refusal(NOW + 30 * DAY) == "has expired"
    assert await store.session(UUID(int=1)) is None


async def test_a_refresh_token_is_good_once_and_the_second_time_ends_the_session(store):
    await store.add(account(), ADAS)
    mine, other = session(), session()
    await store.begin(mine, b"one")
    await store.begin(other, b"other")
    assert (await store.renew(b"one", b"two", NOW + DAY)).refusal(NOW) is None
    assert (await store.session(mine.id)).session.last_used_at == NOW + DAY
    again = await store.renew(b"one", b"three", NOW + DAY)
    assert "used twice" in again.refusal(NOW)
    assert (await store.renew(b"two", b"four", NOW + DAY)).refusal(NOW) == "was ended"
    assert await store.renew(b"three", b"five", NOW) is None
    assert [one.id for one in await store.sessions(ADA, NOW)] == [other.id]


async def test_a_refresh_token_that_comes_again_weeks_later_ends_the_session_too(store):
    await store.add(account(), ADAS)
    mine = session()
    await store.begin(mine, b"one")
    for number, (given, fresh) in enumerate(((b"one", b"two"), (b"two", b"three"), (b"three", b"four"))):
        assert (await store.renew(given, fresh, NOW + number * 7 * DAY)).refusal(NOW) is None
    again = await store.renew(b"one", b"five", NOW + 21 * DAY)
    assert "used twice" in again.refusal(NOW)
    assert (await store.renew(b"four", b"six", NOW + 21 * DAY)).refusal(NOW) == "was ended"


async def test_a_browsers_secret_is_no_refresh_token_and_the_other_way_round(store):
    await store.add(account(), ADAS)
    page, program = session(is_browser=True), session()
    await store.begin(page, b"page")
    await store.begin(program, b"program")
    assert (await store.by_secret(b"page")).session == page
    assert await store.by_secret(b"program") is None
    assert await store.renew(b"page", b"x", NOW) is None


async def test_sessions_end_one_by_one_all_but_one_and_all(store):
    await store.add(account(), ADAS)
    await store.add(account(BOB), Credentials(email="bob@north.example"))
    first, second, third = (session(created_at=NOW + number * DAY) for number in range(3))
    bobs = session(BOB)
    for one, digest in ((first, b"1"), (second, b"2"), (third, b"3"), (bobs, b"4")):
        await store.begin(one, digest)
    assert [one.id for one in await store.sessions(ADA, NOW)] == [third.id, second.id, first.id]
    assert await store.end(ADA, NOW, only=bobs.id) == 0
    assert await store.end(ADA, NOW, only=third.id) == 1
    assert await store.end(ADA, NOW, only=third.id) == 0
    assert await store.end(ADA, NOW, but=first.id) == 1
    assert [one.id for one in await store.sessions(ADA, NOW)] == [first.id]
    assert await store.end(ADA, NOW) == 1
    assert [one.id for one in await store.sessions(BOB, NOW)] == [bobs.id]


async def test_a_new_session_drops_those_that_are_over(store):
    await store.add(account(), ADAS)
    over, mine = session(expires_at=NOW + DAY), session(created_at=NOW + 2 * DAY)
    await store.begin(over, b"1")
    await store.begin(mine, b"2")
    assert await store.session(over.id) is None
    assert await store.renew(b"1", b"3", NOW) is None


async def test_a_link_is_good_in_time_until_it_is_dropped(store):
    until = datetime.now(UTC) + DAY
    await store.keep_link(b"one", b"sealed", until)
    await store.keep_link(b"two", b"sealed", until)
    for _ in range(2):
        assert await store.link(b"one", NOW) == b"sealed"
    await store.drop_link(b"one")
    await store.drop_link(b"one")
    assert await store.link(b"one", NOW) is None
    assert await store.link(b"two", until) is None
    assert await store.link(b"three", NOW) is None


async def test_a_candidate_comes_with_an_account_or_not_at_all(kept):
    await kept.accounts.add(account(), ADAS, Candidate(id=ADA, name="Ada"))
    assert (await kept.candidates.get(ADA)).name == "Ada"
    with pytest.raises(InvalidInput, match="already"):
        await kept.accounts.add(account(BOB), ADAS, Candidate(id=BOB, name="Bob"))
    assert await kept.candidates.get(BOB) is None


async def test_accounts_are_found_by_the_new_master_key_when_the_old_one_is_gone(postgres_pool):
    await PostgresAccounts(postgres_pool, MasterKeys(OLD)).add(account(), ADAS)
    both = MasterKeys(f"{NEW},{OLD}")
    assert await PostgresAccounts(postgres_pool, both).by_address(ADAS.email) == (account(), ADAS)
    with pytest.raises(InvalidInput):
        await PostgresAccounts(postgres_pool, both).add(account(BOB), ADAS)
    await PersonKeys(both).rewrap(postgres_pool)
    await PostgresAccounts(postgres_pool, both).reprint()
    assert await PostgresAccounts(postgres_pool, MasterKeys(NEW)).by_address(ADAS.email) == (account(), ADAS)


async def test_nothing_of_an_account_says_in_clear_whose_it_is(postgres_pool):
    store = PostgresAccounts(postgres_pool, MasterKeys(OLD))
    await store.add(account(), ADAS)
    await store.begin(session(), b"one")
    for table in ("accounts", "account_sessions", "account_secrets"):
        text = "\n".join(row["it"] for row in await rows(postgres_pool, f"SELECT t::text AS it FROM {table} t", {}))
        assert text
        for secret in (ADAS.email, ADAS.email.encode().hex(), "argon2id", b"argon2id".hex()):
            assert secret not in text


async def test_who_used_an_account_since_is_told_though_the_session_has_ended(store):
    await store.add(account(), ADAS)
    await store.begin(session(), b"one")
    await store.end(ADA, NOW)
    assert await store.used_since([ADA, BOB], NOW) == {ADA}
    assert await store.used_since([ADA], NOW + DAY) == await store.used_since([], NOW) == set()
