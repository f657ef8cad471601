"""One contract for matches, feedback, introductions and the log of decisions: PostgreSQL and its twin in memory."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from bounded_deletes import at_most_two
from people_kept import ADA, People, candidate, match

from quiethire.domain.candidate import Feedback, Introduction, Verdict, Why
from quiethire.domain.errors import Gone
from quiethire.domain.matching import Decision, HiddenFrom
from quiethire.storage.postgres import PostgresMatches

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
JOB = UUID(int=5)


async def test_matches_come_best_first_with_their_factors(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.save_matches([match(1, 70.1), match(2, 90.0), match(4, 70.1), match(3, 70.1)])
    assert await people.matches.matches(ADA) == [match(2, 90.0), match(1, 70.1), match(3, 70.1), match(4, 70.1)]
    assert await people.matches.matches(ADA, limit=1) == [match(2, 90.0)]


async def test_a_match_that_is_saved_again_is_as_it_was_saved_last(people: People) -> None:
    await people.candidates.save(candidate())
    for given in ([match(1), match(2)], [match(1, 95.0)], [match(1, 95.0)]):
        await people.matches.save_matches(given)
    assert await people.matches.matches(ADA) == [match(1, 95.0), match(2)]


async def test_matches_of_several_are_saved_in_one_go_and_dropped_each_by_name(people: People) -> None:
    other = UUID(int=2)
    await people.candidates.save(candidate())
    await people.candidates.save(candidate(2))
    await people.matches.save_matches([match(1), match(1, who=other), match(2, who=other)])
    await people.matches.save_matches([match(3)], {(ADA, UUID(int=1)), (other, UUID(int=2)), (other, UUID(int=9))})
    assert await people.matches.matches(ADA) == [match(3)]
    assert await people.matches.matches(other) == [match(1, who=other)]


async def test_matches_are_saved_however_many_there_are(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.matches.AT_ONCE", 2)
    await people.candidates.save(candidate())
    await people.matches.save_matches([match(job) for job in range(1, 6)])
    await people.matches.log([decision("a", job) for job in range(1, 6)])
    assert len(await people.matches.matches(ADA)) == len(await people.matches.decisions(ADA)) == 5


async def test_matches_of_nobody_are_left_out(people: People) -> None:
    nobody = UUID(int=2)
    await people.candidates.save(candidate())
    await people.matches.save_matches([match(1), match(1, who=nobody)])
    assert await people.matches.matches(ADA) == [match(1)]
    assert await people.matches.matches(nobody) == []


async def test_what_is_stored_is_compared_without_opening_it(people: People) -> None:
    other = UUID(int=2)
    await people.candidates.save(candidate())
    await people.candidates.save(candidate(2))
    await people.matches.save_matches([match(1, 70.5), match(2), match(2, who=other)])
    known = await people.matches.known([ADA, other, UUID(int=3)])
    assert known.keys() == {ADA, other}
    assert known[ADA].scores == {UUID(int=1): 70.5, UUID(int=2): 80.0}
    assert known[ADA].hold(match(1, 70.5))
    reasoned = match(1, 70.5).model_copy(update={"track": "Another"})
    assert not any(known[ADA].hold(each) for each in (match(1), match(3), reasoned))
    await people.matches.save_matches([], [(other, UUID(int=2))])
    assert (await people.matches.known([other]))[other].scores == {}


async def test_holders_are_those_whom_one_of_the_postings_matches(people: People) -> None:
    for number in (1, 2, 3):
        await people.candidates.save(candidate(number))
        await people.matches.save_matches([match(number, who=UUID(int=number))])
    ids = [UUID(int=number) for number in (1, 2, 3)]
    assert await people.matches.holders(ids[:2], [UUID(int=2), UUID(int=3)]) == {UUID(int=2)}
    assert await people.matches.holders(ids, []) == set()


async def test_closed_postings_match_nobody(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.save_matches([match(1), match(2)])
    for matched in ({ADA}, set()):
        assert await people.matches.remove_matches_of([UUID(int=1), UUID(int=99)]) == matched
    assert await people.matches.remove_matches_of([]) == set()
    assert await people.matches.matches(ADA) == [match(2)]


async def test_closed_postings_may_have_matched_very_many(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.connection.DROPPED_AT_ONCE", 2)
    ids = {UUID(int=number) for number in range(1, 6)}
    for who in ids:
        await people.candidates.save(candidate(who.int))
        await people.matches.save_matches([match(1, who=who), match(2, who=who)])
    if isinstance(people.matches, PostgresMatches):
        async with people.matches.pool.connection() as connection:
            await connection.execute(at_most_two("matches"))
    assert await people.matches.remove_matches_of([UUID(int=1)]) == ids
    assert await people.matches.holders(ids, [UUID(int=1)]) == set()
    assert await people.matches.holders(ids, [UUID(int=2)]) == ids


async def test_the_matches_of_a_posting_are_those_of_who_agreed_to_be_found_best_first(people: People) -> None:
    for number, score in {1: 70.0, 2: 90.0, 3: 80.0, 4: 99.0}.items():
        changes = {"active": number != 3, "open_to_employers": number != 4}
        await people.candidates.save(candidate(number, **changes))
        await people.matches.save_matches([match(5, score, UUID(int=number))])
    assert [each.score for each in await people.matches.matches_of(JOB)] == [90.0, 70.0]
    assert [each.score for each in await people.matches.matches_of(JOB, limit=1)] == [90.0]
    await people.candidates.change(UUID(int=4), lambda one: one.model_copy(update={"open_to_employers": True}))
    assert len(await people.matches.matches_of(JOB)) == 3
    assert await people.matches.matches_of(UUID(int=6)) == []


def said(job: int, verdict: Verdict, minutes: int = 0) -> Feedback:
    why = Why.PAY if verdict is Verdict.NOT_INTERESTED else None
    return Feedback(
        candidate_id=ADA,
        job_id=UUID(int=job),
        verdict=verdict,
        why=why,
        note="too far",
        at=NOW + timedelta(minutes=minutes),
    )


async def test_of_feedback_the_newest_word_counts(people: People) -> None:
    await people.candidates.save(candidate())
    newest = said(1, Verdict.NOT_INTERESTED, minutes=5)
    for one in (said(1, Verdict.INTERESTED), newest, newest, said(1, Verdict.INTERESTED, minutes=4)):
        await people.matches.give_feedback(one)
    await people.matches.give_feedback(said(2, Verdict.INTERESTED, minutes=9))
    assert await people.matches.feedback(ADA) == [said(2, Verdict.INTERESTED, minutes=9), newest]
    assert await people.matches.feedback(UUID(int=2)) == []
    several = await people.matches.feedback_of([ADA, UUID(int=2)])
    assert several == {ADA: [said(2, Verdict.INTERESTED, minutes=9), newest]}


async def test_feedback_that_is_taken_back_was_never_given(people: People) -> None:
    await people.candidates.save(candidate())
    for job in (1, 2):
        await people.matches.give_feedback(said(job, Verdict.INTERESTED))
    for _ in range(2):
        await people.matches.take_feedback_back(ADA, UUID(int=1))
        await people.matches.take_feedback_back(UUID(int=2), UUID(int=2))
    assert await people.matches.feedback(ADA) == [said(2, Verdict.INTERESTED)]


async def test_feedback_of_nobody_is_refused(people: People) -> None:
    with pytest.raises(Gone):
        await people.matches.give_feedback(said(1, Verdict.INTERESTED))


def decision(run: str, job: int, *, rank: int | None = 1, who: UUID = ADA, minutes: int = 0) -> Decision:
    return Decision(
        run=run,
        at=NOW + timedelta(minutes=minutes),
        candidate_id=who,
        job_id=UUID(int=job),
        engine="engine/1 weights/1",
        profile_hash="p" * 64,
        posting_hash="q" * 64,
        values={"skills": 0.1 + 0.2, "salary": None},
        score=70.125,
        filters=() if rank else ("salary",),
        rank=rank,
    )


async def test_the_log_is_added_to_and_never_changed(people: People) -> None:
    await people.candidates.save(candidate())
    first = decision("a", 1)
    await people.matches.log([first, decision("a", 2, rank=2), decision("a", 3, rank=None)])
    await people.matches.log([decision("a", 1, rank=9), decision("b", 1, minutes=1)])
    await people.matches.log([])
    assert await people.matches.decisions(ADA) == [
        decision("b", 1, minutes=1),
        first,
        decision("a", 2, rank=2),
        decision("a", 3, rank=None),
    ]
    assert await people.matches.decisions(ADA, limit=1) == [decision("b", 1, minutes=1)]


async def test_nothing_is_logged_of_whom_nobody_knows_or_who_was_erased(people: People) -> None:
    await people.candidates.save(candidate())
    other = UUID(int=2)
    await people.matches.log([decision("a", 1, who=other), decision("a", 1)])
    assert await people.matches.decisions(other) == []
    assert len(await people.matches.decisions(ADA)) == 1
    await people.candidates.erase(ADA)
    await people.matches.log([decision("b", 1)])
    assert await people.matches.decisions(ADA) == []


async def test_a_run_knows_of_whom_it_logged_something_new(people: People) -> None:
    other = UUID(int=2)
    for number in (1, 2):
        await people.candidates.save(candidate(number))
    new = {"is_new": True}
    lines = [decision("a", 1).model_copy(update=new), decision("a", 2), decision("b", 3).model_copy(update=new)]
    await people.matches.log([*lines, decision("a", 4, who=other).model_copy(update=new)])
    assert await people.matches.logged_as_new("a", [ADA]) == {(ADA, UUID(int=1))}
    assert await people.matches.decisions(ADA) == lines


async def test_the_log_says_how_much_was_shown_to_each(people: People) -> None:
    for number in (1, 2, 3):
        await people.candidates.save(candidate(number))
    others = [decision("a", 1, who=UUID(int=2), rank=None), decision("a", 1, who=UUID(int=3), minutes=-9)]
    await people.matches.log([decision("a", 1), decision("a", 2, rank=None), decision("b", 1, minutes=1), *others])
    found = await people.matches.selections(NOW, [UUID(int=number) for number in (3, 2, 1)])
    told = [(one.candidate_id.int, one.matched, one.decided, one.shown) for one in found]
    assert told == [(1, True, 2, 1), (2, False, 1, 0)]
    assert [one.candidate_id.int for one in await people.matches.selections(NOW, [UUID(int=2)])] == [2]


async def test_a_match_that_stays_as_it_is_counts_however_long_ago_it_was_logged(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.save_matches([match(1)])
    await people.matches.log([decision("a", 1)])
    (found,) = await people.matches.selections(NOW + timedelta(days=30), [ADA])
    assert (found.matched, found.decided, found.shown) == (True, 0, 0)


async def test_of_a_posting_decided_on_again_the_last_word_counts_in_the_days_of_the_first(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.log([decision("a", 1), decision("b", 1, minutes=9, rank=None), decision("b", 2, minutes=9)])
    for minutes, told in {0: (True, 2, 1), 9: (True, 1, 1)}.items():
        (found,) = await people.matches.selections(NOW + timedelta(minutes=minutes), [ADA])
        assert (found.matched, found.decided, found.shown) == told


async def test_what_is_hidden_is_logged_where_the_last_line_says_something_else(people: People) -> None:
    await people.candidates.save(candidate())
    lines = [decision("a", 1, rank=None), decision("a", 2, rank=None), decision("b", 2, minutes=1), decision("a", 3)]
    await people.matches.log(lines)

    def hidden(
        job: int, which: str = "salary", profile: str = "p" * 64, engine: str = "engine/1 weights/1"
    ) -> HiddenFrom:
        return HiddenFrom(ADA, UUID(int=job), which, profile, engine)

    asked = [hidden(1), hidden(2), hidden(3), hidden(4)]
    assert await people.matches.not_logged(asked) == {(ADA, UUID(int=job)) for job in (2, 3, 4)}
    for other in (hidden(1, which="places"), hidden(1, profile="x"), hidden(1, engine="engine/2 weights/1")):
        assert await people.matches.not_logged([other]) == {(ADA, UUID(int=1))}
    assert await people.matches.not_logged([]) == set()


def question(job: int = 5, by: str = "key:abc", minutes: int = 0, message: str = "Hello?") -> Introduction:
    at = NOW + timedelta(minutes=minutes)
    return Introduction(candidate_id=ADA, job_id=UUID(int=job), asked_by=by, message=message, asked_at=at)


async def test_of_an_employers_questions_for_a_job_the_first_stands(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.ask(question())
    await people.matches.ask(question(minutes=3, message="Hello again?"))
    await people.matches.ask(question(by="key:xyz", minutes=1))
    await people.matches.ask(question(job=6, minutes=2))
    assert await people.matches.introductions(job_id=JOB) == [question(by="key:xyz", minutes=1), question()]
    assert len(await people.matches.introductions(candidate_id=ADA)) == 3
    assert await people.matches.introductions(candidate_id=UUID(int=9)) == []


async def test_nobody_asks_with_the_answer_in_hand(people: People) -> None:
    await people.candidates.save(candidate())
    await people.matches.ask(question().model_copy(update={"agreed": True, "answered_at": NOW}))
    assert await people.matches.introductions(candidate_id=ADA) == [question()]


async def test_an_answer_is_to_one_who_asked_and_can_be_taken_back(people: People) -> None:
    await people.candidates.save(candidate())
    for by in ("key:abc", "key:xyz"):
        await people.matches.ask(question(by=by))
    for agreed in (True, True, False):
        answered = await people.matches.answer(ADA, JOB, "key:abc", agreed=agreed, now=NOW)
        assert (answered.agreed, answered.answered_at, answered.message) == (agreed, NOW, "Hello?")
    agreed_to = {one.asked_by: one.agreed for one in await people.matches.introductions(candidate_id=ADA)}
    assert agreed_to == {"key:abc": False, "key:xyz": None}


async def test_what_nobody_asked_is_not_answered(people: People) -> None:
    await people.candidates.save(candidate())
    with pytest.raises(Gone):
        await people.matches.answer(ADA, JOB, "key:abc", agreed=True, now=NOW)
    with pytest.raises(Gone):
        await people.matches.ask(question().model_copy(update={"candidate_id": UUID(int=9)}))


async def test_old_lines_of_the_log_go_and_those_of_a_match_or_of_half_a_year_stay(people: People) -> None:
    def aged(run: str, job: int, days: int) -> Decision:
        return decision(run, job).model_copy(update={"at": datetime.now(UTC) - timedelta(days=days)})

    await people.candidates.save(candidate())
    await people.matches.save_matches([match(2)])
    await people.matches.log([aged("a", 1, 400), aged("b", 1, 200), aged("c", 1, 100), aged("a", 2, 400)])
    assert await people.matches.prune_decisions(datetime.now(UTC) - timedelta(days=365)) == 1
    assert {(line.run, line.job_id.int) for line in await people.matches.decisions(ADA)} == {
        ("b", 1),
        ("c", 1),
        ("a", 2),
    }
    assert await people.matches.prune_decisions(datetime.now(UTC)) == 1
    assert {(line.run, line.job_id.int) for line in await people.matches.decisions(ADA)} == {("c", 1), ("a", 2)}
    assert await people.matches.prune_decisions(datetime.now(UTC)) == 0
