"""Where alerts go, and what signs and opens them: nothing of it in clear, nothing of it opens elsewhere, and it ends with the alert."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from alert_examples import ALL, LEASE, NOW, claim, saved

from quiethire.domain import acting
from quiethire.domain.alerts import (
    MOST_ACTIVE,
    AlertStatus,
    Channel,
    SavedSearch,
    address_hash,
    digest_id,
    digest_owner,
    token_hash,
)
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres import (
    MasterKeys,
    PersonKeys,
    Pool,
    PostgresAlerts,
    PostgresCandidates,
    migrate,
    open_pool,
)
from quiethire.storage.postgres import alert_statements as statements
from quiethire.storage.postgres.connection import rows

OLD, NEW = "the-old-master-key-of-these-tests", "the-new-master-key-of-these-tests"
ADA = UUID(int=8)
ADDRESS, TOKEN = "canary@lovelace.example", "canary-of-links-" + "t" * 27
URL, SECRET, FRESH = "https://hooks.example/canary", "whsec_Y2FuYXJ5", "whsec_ZnJlc2g="


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


@pytest.fixture
def alerts(pool: Pool) -> PostgresAlerts:
    return PostgresAlerts(pool, MasterKeys(OLD))


def mail(**changes: object) -> SavedSearch:
    return saved(**{"address": ADDRESS, "token": TOKEN} | changes)


def hook(**changes: object) -> SavedSearch:
    return saved(**{"channel": Channel.WEBHOOK, "address": URL, "secret": SECRET} | changes)


def daily_mail(who: UUID = ADA, **changes: object) -> SavedSearch:
    own = {"id": digest_id(who), "owner": digest_owner(who), "address": address_hash(ADDRESS)}
    return mail(**own | changes)


async def dump(pool: Pool, *tables: str) -> str:
    """Every column of every row, as text: bytes are there in hexadecimal digits."""
    told = [await rows(pool, f"SELECT t::text AS it FROM {table} t", {}) for table in tables]
    return "\n".join(row["it"] for found in told for row in found)


async def keys_of(pool: Pool) -> set[UUID]:
    return {row["person"] for row in await rows(pool, "SELECT person FROM person_keys", {})}


async def written_before(pool: Pool, search: SavedSearch) -> None:
    """A row as the release before writes it."""
    values = search.model_dump(exclude={"query"})
    values |= {"query": "{}", "token_hash": token_hash(search.token) if search.token else None}
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    await rows(pool, f"INSERT INTO saved_searches ({names}) VALUES ({places})", values)


def is_clear(text: str) -> list[str]:
    """The canaries that stand there, as they are or as hexadecimal digits."""
    canaries = (ADDRESS, TOKEN, URL, SECRET, FRESH)
    return [each for each in canaries if each in text or each.encode().hex() in text]


async def test_nothing_that_reaches_signs_or_opens_stands_in_any_column(pool: Pool, alerts: PostgresAlerts) -> None:
    search, posted = mail(), hook()
    await alerts.may_ask(ADDRESS, NOW, LEASE)
    assert await alerts.save(search, TOKEN)
    assert await alerts.save(posted)
    rotated = {"secret": FRESH, "former_secret": SECRET, "former_until": NOW}
    await alerts.change(posted.model_copy(update=rotated), posted)
    await alerts.claim([claim(search), claim(posted)], NOW)
    await alerts.batch(NOW, 9)
    assert is_clear(f"{search} {posted} {rotated}") == [ADDRESS, TOKEN, URL, SECRET, FRESH]
    everything = await dump(pool, "saved_searches", "alert_questions", "alert_deliveries", "alerted", "person_keys")
    assert is_clear(everything) == []
    account = MasterKeys(OLD).prints_of(ADDRESS.encode())[0]
    assert not any(each.hex() in everything for each in (token_hash(ADDRESS), account)), "nor is an account found by it"
    assert await alerts.by_token(TOKEN) == search
    assert await alerts.get(posted.id) == posted.model_copy(update=rotated)
    assert {each.search.address for each in await alerts.take(ALL, now=NOW, limit=9, lease=LEASE)} == {ADDRESS, URL}


async def test_what_is_sealed_opens_in_its_own_row_alone(pool: Pool, alerts: PostgresAlerts) -> None:
    one, other = mail(), hook()
    for each in (one, other):
        await alerts.save(each)
    swap = """
        UPDATE saved_searches AS here SET sealed = there.sealed FROM saved_searches AS there
        WHERE here.id = ANY(%(ids)s::uuid[]) AND there.id = ANY(%(ids)s::uuid[]) AND there.id <> here.id
    """
    await rows(pool, swap, {"ids": [one.id, other.id]})
    for each in (one, other):
        with pytest.raises(InvalidInput, match="does not open"):
            await alerts.get(each.id)


async def test_the_key_ends_with_the_alert_and_that_is_remembered_however_it_ends(
    pool: Pool, alerts: PostgresAlerts
) -> None:
    long_ago = NOW - timedelta(days=8)
    ended, forgotten, kept = mail(), mail(status=AlertStatus.UNCONFIRMED, created_at=long_ago), mail()
    owners, by_another = hook(owner="account:a"), hook()
    for each in (ended, forgotten, kept, owners, by_another):
        await alerts.save(each)
    assert len(await keys_of(pool)) == 5
    await alerts.delete(ended.id)
    await alerts.delete_of(owners.owner)
    await alerts.prune(NOW)
    await rows(pool, "DELETE FROM saved_searches WHERE id = %(id)s", {"id": by_another.id})
    assert await keys_of(pool) == {kept.id}
    gone = await rows(pool, "SELECT person FROM erased_people WHERE is_search", {})
    assert {row["person"] for row in gone} == {ended.id, forgotten.id, owners.id, by_another.id}
    # Who follows the changes of people hears of none of them.
    assert await PostgresCandidates(pool, MasterKeys(OLD)).changed_since(long_ago) == []


async def test_a_daily_mail_is_sealed_with_its_persons_key_and_begins_anew_under_the_same_id(
    pool: Pool, alerts: PostgresAlerts
) -> None:
    people = PostgresCandidates(pool, MasterKeys(OLD))
    with pytest.raises(Gone):
        await alerts.save(daily_mail(), TOKEN)
    await people.save(Candidate(id=ADA, name="Ada"))
    for token in (TOKEN, "another" * 6):
        search = daily_mail(token=token)
        await alerts.save(search, token)
        assert await alerts.by_token(token) == search
        assert is_clear(await dump(pool, "saved_searches")) == []
        await alerts.delete(search.id)
    assert await people.get(ADA) is not None
    await alerts.save(daily_mail(), TOKEN)
    await people.erase(ADA)
    assert (await alerts.get(digest_id(ADA)), await keys_of(pool)) == (None, set())


async def test_rows_of_the_release_before_are_read_and_then_sealed_some_at_a_time(
    pool: Pool, alerts: PostgresAlerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.alerts._SEALED_AT_ONCE", 2)
    await PostgresCandidates(pool, MasterKeys(OLD)).save(Candidate(id=ADA, name="Ada"))
    before = [mail(), hook(former_secret=FRESH), *(hook() for _ in range(3)), daily_mail(token="its-own")]
    feed = saved(channel=Channel.FEED, address=None)
    for search in (*before, feed):
        await written_before(pool, search)
    known = {search.id: await alerts.get(search.id) for search in (*before, feed)}
    assert {each.address for each in known.values() if each} == {ADDRESS, URL, address_hash(ADDRESS), None}
    assert len(is_clear(await dump(pool, "saved_searches"))) == 5
    for _ in range(2):
        await alerts.prune(NOW)
        assert is_clear(await dump(pool, "saved_searches")) == []
        assert "its-own" not in await dump(pool, "saved_searches")
        assert {each: await alerts.get(each) for each in known} == known
    assert await alerts.by_token(TOKEN) == known[before[0].id]
    assert await keys_of(pool) == {ADA, *(search.id for search in before[:-1])}
    # The release before compares it, and would ask for the daily mail anew.
    [clear] = await rows(pool, "SELECT address FROM saved_searches WHERE address IS NOT NULL", {})
    assert clear["address"] == address_hash(ADDRESS)


async def test_a_daily_mail_of_nobody_goes_where_it_would_be_sealed(pool: Pool, alerts: PostgresAlerts) -> None:
    await written_before(pool, daily_mail())
    await alerts.prune(NOW)
    assert await alerts.get(digest_id(ADA)) is None


async def test_a_secret_that_the_release_before_has_replaced_signs_beside_the_one_that_was_sealed(
    pool: Pool, alerts: PostgresAlerts
) -> None:
    search = hook()
    await alerts.save(search)
    rotated = {"id": search.id, "fresh": FRESH, "until": NOW}
    await rows(
        pool, "UPDATE saved_searches SET secret = %(fresh)s, former_until = %(until)s WHERE id = %(id)s", rotated
    )
    now = search.model_copy(update={"secret": FRESH, "former_secret": SECRET, "former_until": NOW})
    assert await alerts.get(search.id) == now
    await alerts.prune(NOW)
    assert is_clear(await dump(pool, "saved_searches")) == []
    assert await alerts.get(search.id) == now


async def test_the_release_before_takes_no_delivery_that_it_could_not_make(pool: Pool, alerts: PostgresAlerts) -> None:
    sealed, clear = mail(), mail(token="clear")
    await alerts.save(sealed, TOKEN)
    await written_before(pool, clear)
    await alerts.claim([claim(sealed), claim(clear)], NOW)
    await alerts.batch(NOW, 9)
    values = {"channels": ["email", "webhook"], "now": NOW, "limit": 1, "lost": NOW + LEASE}
    taken = [each["search_id"] for _ in range(3) for each in await rows(pool, statements.TAKE, values)]
    assert taken == [clear.id], "what it leaves alone is not in the way of others"
    assert await alerts.next_try(ALL) == NOW + LEASE
    later = await alerts.take(ALL, now=NOW + LEASE, limit=9, lease=LEASE)
    assert {each.search.id: each.attempts for each in later} == {sealed.id: 1, clear.id: 2}


async def test_with_a_new_master_key_alerts_open_and_are_counted_by_it_alone(
    pool: Pool, alerts: PostgresAlerts
) -> None:
    search, posted = mail(), hook()
    await alerts.save(search, TOKEN)
    await alerts.save(posted)
    for _ in range(MOST_ACTIVE - 1):
        await alerts.save(mail(token=None))
    both = MasterKeys(f"{NEW},{OLD}")
    assert await PersonKeys(both).rewrap(pool) == MOST_ACTIVE + 1
    await PostgresAlerts(pool, both).reprint()
    now = PostgresAlerts(pool, MasterKeys(NEW))
    assert (await now.by_token(TOKEN), await now.get(posted.id)) == (search, posted)
    assert not await now.save(mail(address=ADDRESS.upper()))
    with pytest.raises(InvalidInput, match="is not at hand"):
        await alerts.get(search.id)


async def test_an_address_has_only_so_many_while_master_keys_change_and_rows_are_not_sealed_yet(pool: Pool) -> None:
    stores = [PostgresAlerts(pool, MasterKeys(keys)) for keys in (f"{OLD},{NEW}", f"{NEW},{OLD}")]
    await written_before(pool, mail(token="one"))
    await written_before(pool, mail(token="two", address=ADDRESS.upper()))
    for number in range(MOST_ACTIVE - 2):
        assert await stores[number % 2].save(mail(token=None))
    for store in stores:
        assert not await store.save(mail(token=None))
        await store.prune(NOW)
        assert not await store.save(mail(token=None))
        assert await store.save(mail(address="bob@example.com", token=None))


async def test_without_a_master_key_nothing_is_kept_but_feeds_and_what_stood_there_goes_on(pool: Pool) -> None:
    bare, before = PostgresAlerts(pool, MasterKeys("")), hook()
    for search in (mail(), hook()):
        with pytest.raises(InvalidInput) as error:
            await bare.save(search)
        assert error.value.where == "QUIETHIRE_PERSON_KEY"
    feed = saved(channel=Channel.FEED, address=None)
    assert await bare.save(feed, "f" * 43)
    assert await bare.by_token("f" * 43) == feed
    await written_before(pool, before)
    await bare.prune(NOW)
    known = await bare.get(before.id)
    assert known is not None
    assert (known.address, known.secret) == (URL, SECRET)
    assert len(await rows(pool, "SELECT id FROM saved_searches", {})) == 2


async def test_an_owner_makes_opens_and_ends_keys_of_their_own_alerts_alone(pool: Pool, alerts: PostgresAlerts) -> None:
    mine, asked, theirs = hook(owner="key:mine"), mail(owner="key:mine"), hook(owner="key:theirs")
    await alerts.save(theirs)
    make = "INSERT INTO person_keys (person, master, wrapped) VALUES (%(who)s, '', '')"
    with acting.request():
        acting.act_as("key:mine")
        await alerts.save(mine)
        await alerts.save(asked)
        await alerts.change(mine.model_copy(update={"secret": FRESH, "former_secret": SECRET}), mine)
        assert {search.address for search in await alerts.of_owner("key:mine")} == {URL, ADDRESS}
        assert await keys_of(pool) == {mine.id, asked.id}
        await rows(pool, "DELETE FROM person_keys WHERE person = %(who)s", {"who": theirs.id})
        for who in (uuid4(), theirs.id):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await rows(pool, make, {"who": who})
        await alerts.delete(mine.id)
        await alerts.delete_of("key:mine")
        assert await keys_of(pool) == set()
    with acting.request():
        acting.act_for(ADA)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await rows(pool, make, {"who": ADA})
    assert await keys_of(pool) == {theirs.id}
    assert await alerts.get(theirs.id) == theirs


async def test_no_search_takes_the_id_or_the_key_of_somebody(pool: Pool, alerts: PostgresAlerts) -> None:
    """It would be taken for the key of a search: its owner would see it, and end it with the search."""
    gone = uuid4()
    people = PostgresCandidates(pool, MasterKeys(OLD))
    for who in (ADA, gone):
        await people.save(Candidate(id=who, name="Ada"))
    await people.erase(gone)
    with acting.request():
        acting.act_as("key:mine")
        mine = hook(owner="key:mine")
        await alerts.save(mine)
        for who in (ADA, gone):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await alerts.save(hook(owner="key:mine", id=who))
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await rows(pool, "UPDATE saved_searches SET id = %(who)s", {"who": who})
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await rows(pool, "UPDATE saved_searches SET person = %(who)s", {"who": ADA})
        await rows(pool, "DELETE FROM person_keys", {})
        assert await keys_of(pool) == {mine.id}
    assert await keys_of(pool) == {ADA, mine.id}


async def test_one_that_does_not_open_keeps_nobody_elses_from_going_out(
    pool: Pool, alerts: PostgresAlerts, caplog
) -> None:
    good, bad = hook(), hook()
    await alerts.save(good)
    await PostgresAlerts(pool, MasterKeys("another-master-key-of-24-letters")).save(bad)
    await rows(
        pool, "UPDATE saved_searches SET secret = 'in clear' WHERE id = ANY(%(ids)s)", {"ids": [good.id, bad.id]}
    )
    assert [search.id for search in await alerts.asking(10)] == [good.id]
    await alerts.prune(NOW)
    await alerts.reprint()
    known = await alerts.get(good.id)
    assert known is not None
    assert (known.secret, known.former_secret) == ("in clear", SECRET)
    with pytest.raises(InvalidInput):
        await alerts.get(bad.id)
    told = [record for record in caplog.records if "do not open" in record.message]
    assert {record.first for record in told} == {str(bad.id)}


async def test_secrets_that_are_changed_at_once_are_all_kept(pool: Pool, alerts: PostgresAlerts) -> None:
    for number in range(5):
        search = hook()
        await (written_before(pool, search) if number % 2 else alerts.save(search))
        changes = {"secret": FRESH}, {"former_secret": SECRET}
        changing = [alerts.change(search.model_copy(update=change), search) for change in changes]
        await asyncio.gather(*changing, alerts.prune(NOW))
        known = await alerts.get(search.id)
        assert known is not None
        assert (known.secret, known.former_secret) == (FRESH, SECRET), number


async def test_a_search_that_ended_meanwhile_is_neither_changed_nor_given_a_key(
    pool: Pool, alerts: PostgresAlerts
) -> None:
    search = hook()
    await alerts.save(search)
    await alerts.delete(search.id)
    await alerts.change(search.model_copy(update={"secret": FRESH, "name": "other"}), search)
    assert (await alerts.get(search.id), await keys_of(pool)) == (None, set())


async def test_a_search_of_the_same_id_keeps_its_key(pool: Pool, alerts: PostgresAlerts) -> None:
    search = hook()
    for same in (search, search.model_copy(update={"secret": FRESH})):
        assert await alerts.save(same)
    assert (await alerts.get(search.id), await keys_of(pool)) == (search, {search.id})
