"""How long people are kept who stay away."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from activities.people_retention import MAX_FAILED_IN_A_ROW, PeopleRetentionActivities
from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.accounts import Account, Credentials, Role, Session
from quiethire.domain.alerts import AlertStatus, Channel, Frequency, SavedSearch, digest_id, digest_owner
from quiethire.domain.candidate import Candidate, Forgotten
from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.journal import pseudonym_of
from quiethire.domain.search import SearchQuery
from quiethire.settings import Settings

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=800)
AWAY, KEY, MAIL, ACCOUNT, NEW = (UUID(int=number) for number in range(1, 6))


def digest(who: UUID, status: AlertStatus) -> SavedSearch:
    return SavedSearch(
        id=digest_id(who),
        owner=digest_owner(who),
        name="Your matches",
        parameters="{}",
        query=SearchQuery(),
        channel=Channel.EMAIL,
        frequency=Frequency.DAILY,
        status=status,
        token=str(who),
        created_at=LONG_AGO,
        since=LONG_AGO,
    )


@pytest.fixture
async def people(world):
    """Five of whom four have changed nothing for long: one has used a key, one reads mails, one has an account."""
    for who in (AWAY, KEY, MAIL, ACCOUNT, NEW):
        await world.candidates.save(Candidate(id=who, name="Somebody"))
        if who != NEW:
            world.people.saved_at[who] = LONG_AGO
        key, secret = personal_key(who, name="candidate", now=LONG_AGO)
        await world.keys.add(key, digest_of(secret))
    (key,) = await world.keys.of_candidate(KEY)
    await world.keys.used(key.prefix, NOW - timedelta(days=10))
    await world.alerts.save(digest(MAIL, AlertStatus.ACTIVE), "mail")
    await world.alerts.save(digest(AWAY, AlertStatus.UNCONFIRMED), "away")

    account = Account(id=ACCOUNT, role=Role.CANDIDATE, created_at=LONG_AGO)
    await world.accounts.add(account, Credentials(email="ada@example.com"))
    lately = NOW - timedelta(days=100)
    times = {"created_at": lately, "last_used_at": lately, "expires_at": NOW - timedelta(days=70)}
    session = Session(id=UUID(int=9), account_id=ACCOUNT, is_browser=True, **times)
    await world.accounts.begin(session, b"digest")
    await world.accounts.end(ACCOUNT, lately)
    return world


async def test_who_stayed_away_is_erased_and_who_comes_by_any_way_stays(people, run):
    retention = PeopleRetentionActivities(people)
    assert await run(retention.forget_people) == Forgotten(people=1, decisions=0, keys=0)
    assert {each.id for each in await people.candidates.page(limit=9)} == {KEY, MAIL, ACCOUNT, NEW}
    assert await people.keys.of_candidate(AWAY) == []
    assert await people.alerts.get(digest_id(AWAY)) is None
    told = [(line.who, line.deed, line.whom) for line in people.journal.kept]
    assert told == [("retention", "erased", pseudonym_of(AWAY))]
    assert (await run(retention.forget_people)).people == 0


async def test_people_are_looked_through_however_many_there_are(people, run, monkeypatch):
    monkeypatch.setattr("activities.people_retention.AT_ONCE", 1)
    assert (await run(PeopleRetentionActivities(people).forget_people)).people == 1


async def test_one_who_cannot_be_erased_costs_no_other(people, run, monkeypatch):
    also, forget = UUID(int=6), people.cache.forget_people
    await people.candidates.save(Candidate(id=also, name="Somebody"))
    people.people.saved_at[also] = LONG_AGO
    session, secret = personal_key(KEY, name="browser", now=NOW - timedelta(days=31), lasts=timedelta(days=30))
    await people.keys.add(session, digest_of(secret))

    async def refuse(who):
        if AWAY in who:
            raise Permanent("no", where="redis")
        await forget(who)

    retention = PeopleRetentionActivities(people)
    with monkeypatch.context() as patch:
        patch.setattr(people.cache, "forget_people", refuse)
        with pytest.raises(Permanent, match="redis: no"):
            await run(retention.forget_people)
    assert {each.id for each in await people.candidates.page(limit=9)} == {AWAY, KEY, MAIL, ACCOUNT, NEW}
    assert [key.name for key in await people.keys.of_candidate(KEY)] == ["candidate"]
    assert (await run(retention.forget_people)).people == 1


async def test_where_nobody_can_be_erased_a_try_ends_early(people, run, monkeypatch):
    tried = []
    for number in range(10, 60):
        await people.candidates.save(Candidate(id=UUID(int=number), name="Somebody"))
        people.people.saved_at[UUID(int=number)] = LONG_AGO

    async def refuse(who):
        tried.extend(who)
        raise Transient("out of reach", where="redis")

    monkeypatch.setattr(people.cache, "forget_people", refuse)
    with pytest.raises(Transient, match="out of reach"):
        await run(PeopleRetentionActivities(people).forget_people)
    assert len(tried) == MAX_FAILED_IN_A_ROW


async def test_nobody_is_erased_where_the_settings_say_so(people, run):
    people.settings = Settings(person_keep_days=0, decision_keep_days=0)
    assert (await run(PeopleRetentionActivities(people).forget_people)).people == 0
    assert len(await people.candidates.page(limit=9)) == 5


async def test_sessions_that_ended_are_dropped_though_nobody_signs_in_again(people, run):
    session, secret = personal_key(KEY, name="browser", now=NOW - timedelta(days=31), lasts=timedelta(days=30))
    await people.keys.add(session, digest_of(secret))
    assert (await run(PeopleRetentionActivities(people).forget_people)).keys == 1
    assert [key.name for key in await people.keys.of_candidate(KEY)] == ["candidate"]


@pytest.mark.parametrize("days", [1, 182])
def test_no_setting_makes_the_log_of_decisions_shorter_than_half_a_year(days):
    with pytest.raises(ValueError, match="at least 183 days"):
        Settings(decision_keep_days=days)


def test_a_setting_that_is_wrong_is_told_without_its_value():
    with pytest.raises(ValueError, match="operator_key") as told:
        Settings(operator_key="too short")
    assert "too short" not in str(told.value)
