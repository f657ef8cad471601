"""One contract for candidates and their résumés: PostgreSQL and its twin in memory."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from people_kept import ADA, People, candidate, match

from quiethire.domain.candidate import Candidate, Feedback, Introduction, Track, Verdict
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.resume import Reading, Resume, ResumeKind, Span

RESUME = Resume(
    kind=ResumeKind.TEXT,
    text="Ada Lovelace\nEngineer",
    name=Reading(value="Ada Lovelace", confidence=0.9, span=Span(start=0, end=12)),
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_candidate_comes_back_as_saved_and_is_replaced(people: People) -> None:
    for name in ("Ada", "Ada L.", "Ada L."):
        await people.candidates.save(candidate(name=name))
    assert await people.candidates.get(ADA) == candidate(name="Ada L.")
    assert await people.candidates.get(UUID(int=9)) is None


async def test_some_candidates_come_by_id_and_those_unknown_are_left_out(people: People) -> None:
    for number in (3, 1, 2):
        await people.candidates.save(candidate(number, active=number != 2))
    found = await people.candidates.some([UUID(int=3), UUID(int=2), UUID(int=9), UUID(int=3)])
    assert found == [candidate(2, active=False), candidate(3)]
    assert await people.candidates.some([]) == []


async def test_candidates_are_listed_by_id_without_who_they_are(people: People) -> None:
    for number in (3, 1, 2):
        await people.candidates.save(candidate(number, active=number != 2))
    first = await people.candidates.page(limit=2)
    assert [(one.id.int, one.active) for one in first] == [(1, True), (2, False)]
    assert first[0].created_at <= first[0].updated_at
    assert [one.id.int for one in await people.candidates.page(limit=2, after=first[-1].id)] == [3]


async def test_only_active_candidates_are_active(people: People) -> None:
    for number, active in ((3, True), (2, False), (1, True)):
        await people.candidates.save(candidate(number, active=active))
    assert await people.candidates.active(limit=9) == [candidate(1), candidate(3)]


async def test_active_candidates_come_in_pages(people: People) -> None:
    for number in (4, 1, 3, 2, 5):
        await people.candidates.save(candidate(number, active=number != 2))
    assert await people.candidates.active(limit=2) == [candidate(1), candidate(3)]
    assert await people.candidates.active(limit=2, after=UUID(int=3)) == [candidate(4), candidate(5)]
    assert await people.candidates.active(limit=2, after=UUID(int=5)) == []
    odd = await people.candidates.active(limit=2, after=UUID(int=1), shard=1, shards=2)
    assert [one.id.int for one in odd] == [3, 5]


async def test_who_was_erased_is_there_no_more(people: People) -> None:
    for number in (1, 2):
        await people.candidates.save(candidate(number, active=number != 2))
    await people.candidates.erase(UUID(int=1))
    assert await people.candidates.there([UUID(int=1), UUID(int=2), UUID(int=3)]) == {UUID(int=2)}


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 1_000])
async def test_each_candidate_is_in_the_shard_of_their_id(people: People, shards: int) -> None:
    ids = [UUID(bytes=secrets.token_bytes(16)) for _ in range(12)] + [UUID(int=0), UUID(int=2**128 - 1)]
    for one in ids:
        await people.candidates.save(candidate().model_copy(update={"id": one}))
    for shard in sorted({one.int % shards for one in ids} | {0}):
        expected = sorted(one for one in ids if one.int % shards == shard)
        assert [one.id for one in await people.candidates.active(limit=99, shard=shard, shards=shards)] == expected
        assert await people.candidates.changed_since(LONG_AGO, shard=shard, shards=shards) == expected


async def test_changed_are_those_saved_or_erased_since(people: People) -> None:
    for number in (1, 2, 3):
        await people.candidates.save(candidate(number))
    moment = datetime.now(UTC) + timedelta(hours=1)
    assert await people.candidates.changed_since(moment) == []
    await people.candidates.save(candidate(2, active=False))
    await people.candidates.erase(UUID(int=3))
    assert await people.candidates.changed_since(LONG_AGO) == [UUID(int=number) for number in (1, 2, 3)]


async def test_a_resume_comes_back_as_read_and_is_replaced(people: People) -> None:
    await people.candidates.save(candidate())
    assert await people.candidates.resume(ADA) is None
    for reading in (RESUME, RESUME.model_copy(update={"pages": 2})):
        await people.candidates.save_resume(ADA, reading)
        assert await people.candidates.resume(ADA) == reading


async def test_a_resume_of_nobody_is_refused(people: People) -> None:
    with pytest.raises(Gone):
        await people.candidates.save_resume(ADA, RESUME)


async def test_erasing_leaves_nothing_of_them_and_all_of_the_others(people: People) -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    other = UUID(int=2)
    for who in (1, 2):
        person = UUID(int=who)
        await people.candidates.save(candidate(who, open_to_employers=True))
        await people.candidates.save_resume(person, RESUME)
        await people.matches.save_matches([match(5, who=person)])
        said = Feedback(candidate_id=person, job_id=UUID(int=5), verdict=Verdict.INTERESTED, at=now)
        await people.matches.give_feedback(said)
        asked = Introduction(candidate_id=person, job_id=UUID(int=5), asked_by="key:abc", asked_at=now)
        await people.matches.ask(asked)
    for _ in range(2):
        await people.candidates.erase(ADA)
    assert (await people.candidates.get(ADA), await people.candidates.resume(ADA)) == (None, None)
    assert await people.matches.matches(ADA) == []
    assert await people.matches.feedback(ADA) == []
    assert await people.matches.introductions(candidate_id=ADA) == []
    assert [one.candidate_id for one in await people.matches.matches_of(UUID(int=5))] == [other]
    assert await people.candidates.resume(other) == RESUME
    assert len(await people.matches.feedback(other)) == 1


async def test_whoever_was_erased_does_not_come_back_by_a_write_that_was_under_way(people: People) -> None:
    await people.candidates.save(candidate())
    await people.candidates.erase(ADA)
    with pytest.raises(Gone):
        await people.candidates.save(candidate())
    with pytest.raises(Gone):
        await people.candidates.save_resume(ADA, RESUME)
    assert await people.candidates.get(ADA) is None


async def test_changes_at_once_are_all_kept(people: People) -> None:
    await people.candidates.save(candidate(tracks=()))

    def adding(number: int) -> Callable[[Candidate], Candidate]:
        return lambda was: was.model_copy(update={"tracks": (*was.tracks, Track(name=f"T{number}"))})

    await asyncio.gather(*(people.candidates.change(ADA, adding(number)) for number in range(6)))
    kept = await people.candidates.get(ADA)
    assert kept is not None
    assert sorted(track.name for track in kept.tracks) == [f"T{number}" for number in range(6)]


async def test_a_change_tells_before_and_after_and_moves_the_person_between_active_and_not(people: People) -> None:
    await people.candidates.save(candidate())
    was, now = await people.candidates.change(ADA, lambda person: person.model_copy(update={"active": False}))
    assert (was, now) == (candidate(), candidate(active=False))
    assert await people.candidates.get(ADA) == now
    assert await people.candidates.active(limit=9) == []


async def test_a_change_that_changes_nothing_is_no_change(people: People) -> None:
    await people.candidates.save(candidate())
    before = (await people.candidates.page(limit=1))[0].updated_at
    assert await people.candidates.change(ADA, lambda person: person) == (candidate(), candidate())
    assert (await people.candidates.page(limit=1))[0].updated_at == before


async def test_a_change_that_is_refused_keeps_nothing_and_holds_nobody_up(people: People) -> None:
    await people.candidates.save(candidate())

    def refuse(person: Candidate) -> Candidate:
        raise InvalidInput("no", where=person.name)

    with pytest.raises(InvalidInput):
        await people.candidates.change(ADA, refuse)
    assert await people.candidates.get(ADA) == candidate()
    await people.candidates.change(ADA, lambda person: person.model_copy(update={"name": "Ada L."}))
    assert await people.candidates.get(ADA) == candidate(name="Ada L.")


async def test_nobody_can_be_changed_who_is_not_there(people: People) -> None:
    await people.candidates.save(candidate())
    await people.candidates.erase(ADA)
    for who in (ADA, UUID(int=9)):
        with pytest.raises(Gone):
            await people.candidates.change(who, lambda person: person)


async def test_a_resume_goes_alone(people: People) -> None:
    await people.candidates.save(candidate())
    await people.candidates.save_resume(ADA, RESUME)
    assert [await people.candidates.drop_resume(ADA) for _ in range(2)] == [True, False]
    assert await people.candidates.resume(ADA) is None
    assert await people.candidates.get(ADA) == candidate()


async def test_those_who_were_not_saved_since_are_listed_page_by_page(people: People) -> None:
    for number in (1, 2, 3):
        await people.candidates.save(candidate(number))
    before, after = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    assert await people.candidates.unchanged_since(before, limit=9) == []
    first = await people.candidates.unchanged_since(after, limit=2)
    assert [each.int for each in first] == [1, 2]
    assert [each.int for each in await people.candidates.unchanged_since(after, limit=2, after=first[-1])] == [3]
