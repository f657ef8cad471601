from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from quiethire.domain.lifecycle import JobEventKind, close, correct, hand_over, observe, withdraw
from quiethire.domain.posting import JobPosting, Period, Salary, job_id

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = TUESDAY + timedelta(days=1)


def posting(title="Data Engineer", **fields):
    identity = fields.pop("identity", "greenhouse/northwind/1")
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url="https://northwind.example/jobs/1",
        ats="greenhouse",
        title=title,
        company_name="Northwind",
        quality_score=90,
        **fields,
    )


def rows_of(advance):
    return {row.posting.id: row for row in advance.rows}


def test_a_posting_never_seen_is_opened():
    advance = observe({}, [posting()], MONDAY)
    assert (advance.opened, advance.unchanged) == (1, 0)
    assert [event.kind for event in advance.events] == [JobEventKind.OPENED]
    assert advance.rows[0].first_seen_at == MONDAY
    assert advance.touched == (posting().id,)


def test_an_unchanged_posting_writes_nothing():
    known = rows_of(observe({}, [posting()], MONDAY))
    advance = observe(known, [posting()], TUESDAY)
    assert (advance.unchanged, advance.rows, advance.events, advance.touched) == (1, (), (), ())


def test_a_change_is_told_with_old_and_new_value():
    known = rows_of(observe({}, [posting()], MONDAY))
    pay = Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR)
    advance = observe(known, [posting(title="Senior Data Engineer", salary=pay)], TUESDAY)
    assert advance.changed == 1
    assert {(event.field, event.old) for event in advance.events} == {("title", '"Data Engineer"'), ("salary", "null")}
    assert advance.rows[0].first_seen_at == MONDAY


def test_a_better_score_or_provenance_is_no_change_of_the_posting():
    known = rows_of(observe({}, [posting()], MONDAY))
    assert observe(known, [posting().model_copy(update={"quality_score": 99})], TUESDAY).unchanged == 1


def test_a_second_try_of_the_same_crawl_counts_as_the_first_did():
    first = observe({}, [posting()], MONDAY)
    again = observe(rows_of(first), [posting()], MONDAY)
    assert (again.opened, again.unchanged, again.rows) == (1, 0, ())
    assert again.touched == first.touched


def test_a_retry_after_the_events_were_written_tells_the_same_events():
    once, twice = observe({}, [posting()], MONDAY), observe({}, [posting()], MONDAY)
    assert [event.id for event in once.events] == [event.id for event in twice.events]


def test_one_posting_listed_twice_is_counted_once():
    assert observe({}, [posting(), posting()], MONDAY).opened == 1


def test_closing_and_reopening_keep_the_first_sight():
    opened = observe({}, [posting()], MONDAY)
    rows, events = close(opened.rows, TUESDAY)
    assert [event.kind for event in events] == [JobEventKind.CLOSED]
    assert not rows[0].is_open
    again = observe({rows[0].posting.id: rows[0]}, [posting()], WEDNESDAY)
    assert again.reopened == 1
    assert again.rows[0].is_open
    assert again.rows[0].first_seen_at == MONDAY


def test_closing_twice_writes_nothing():
    rows, _ = close(observe({}, [posting()], MONDAY).rows, TUESDAY)
    assert close(rows, WEDNESDAY) == ([], [])


def test_what_a_later_crawl_read_or_closed_stays_as_it_is():
    known = rows_of(observe({}, [posting()], TUESDAY))
    closed, _ = close(known.values(), TUESDAY)
    for rows in (known, {row.posting.id: row for row in closed}):
        late = observe(rows, [posting(title="Other", parser_version=9)], MONDAY)
        assert (late.rows, late.events, late.touched, late.unchanged) == ((), (), (), 1)


def test_a_posting_that_two_boards_list_stays_with_the_one_that_opened_it_until_it_is_handed_over():
    [row] = observe({}, [posting(board_key="website/a")], MONDAY).rows
    known = {row.posting.id: row}
    [changed] = observe(known, [posting(board_key="website/b", title="Other")], TUESDAY).rows
    assert (changed.posting.board_key, changed.posting.title) == ("website/a", "Other")
    [read] = observe(known, [posting(board_key="website/b", parser_version=9)], TUESDAY).rows
    assert (read.posting.board_key, read.posting.parser_version) == ("website/a", 9)
    handed = hand_over(row, "website/b")
    assert handed == row.model_copy(update={"posting": posting(board_key="website/b")})
    [closed], _ = close([row], TUESDAY)
    [back] = observe({row.posting.id: closed}, [posting(board_key="website/b")], TUESDAY).rows
    assert (back.is_open, back.posting.board_key) == (True, "website/b")


def test_the_same_moment_in_another_zone_is_no_change():
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    known = rows_of(observe({}, [posting(posted_at=noon)], MONDAY))
    elsewhere = noon.astimezone(timezone(timedelta(hours=5)))
    assert observe(known, [posting(posted_at=elsewhere)], TUESDAY).unchanged == 1


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValidationError):
        posting(posted_at=datetime(2026, 11, 2))  # noqa: DTZ001 - the case itself


def test_what_a_better_parser_reads_otherwise_is_a_correction_and_no_news():
    known = rows_of(observe({}, [posting(parser_version=1)], MONDAY))
    advance = observe(known, [posting("Data engineer", parser_version=2)], TUESDAY)
    assert (advance.changed, advance.corrected) == (0, 1)
    assert [(event.kind, event.field) for event in advance.events] == [(JobEventKind.CORRECTED, "title")]
    later = observe(rows_of(advance), [posting("Lead data engineer", parser_version=2)], WEDNESDAY)
    assert (later.changed, later.corrected) == (1, 0)


def test_a_better_parser_that_reads_the_same_leaves_its_version_and_no_word():
    known = rows_of(observe({}, [posting(parser_version=1)], MONDAY))
    advance = observe(known, [posting(parser_version=2)], TUESDAY)
    assert (advance.unchanged, advance.events, advance.touched) == (1, (), ())
    [row] = advance.rows
    assert (row.posting.parser_version, row.updated_at) == (2, MONDAY)
    changed = observe(rows_of(advance), [posting("Lead data engineer", parser_version=2)], WEDNESDAY)
    assert (changed.changed, changed.corrected) == (1, 0)


def test_a_second_try_counts_a_reopened_posting_as_reopened():
    known = rows_of(observe({}, [posting()], MONDAY))
    closed, _ = close(known.values(), TUESDAY)
    advance = observe({row.posting.id: row for row in closed}, [posting()], WEDNESDAY)
    again = observe(rows_of(advance), [posting()], WEDNESDAY)
    assert (advance.reopened, again.reopened, again.changed) == (1, 1, 0)
    assert again.touched == advance.touched


def test_a_posting_that_a_better_parser_takes_for_none_is_withdrawn_and_not_closed_by_anybody():
    known = rows_of(observe({}, [posting()], MONDAY))
    rows, events = withdraw(known.values(), TUESDAY)
    assert not rows[0].is_open
    assert [event.kind for event in events] == [JobEventKind.WITHDRAWN]
    assert withdraw(rows, WEDNESDAY) == ([], [])


@pytest.mark.parametrize("fields", [{}, {"title": "Senior Data Engineer"}, {"parser_version": 3}])
def test_what_was_wrongly_withdrawn_and_is_seen_again_is_corrected_and_no_news(fields):
    known = rows_of(observe({}, [posting()], MONDAY))
    [ended], _ = withdraw(known.values(), TUESDAY)
    assert ended.is_withdrawn
    seen = posting(**fields)
    advance = observe({seen.id: ended}, [seen], WEDNESDAY)
    assert (advance.corrected, advance.reopened, advance.changed, advance.opened) == (1, 0, 0, 0)
    assert {event.kind for event in advance.events} == {JobEventKind.CORRECTED}
    assert [event.field for event in advance.events] == ["", *(["title"] if "title" in fields else [])]
    [row] = advance.rows
    assert (row.closed_at, row.cause, row.is_withdrawn) == (None, JobEventKind.CORRECTED, False)
    assert (row.first_seen_at, row.updated_at, row.posting) == (MONDAY, WEDNESDAY, seen)
    again = observe(rows_of(advance), [seen], WEDNESDAY)
    assert (again.corrected, again.rows, again.events, again.touched) == (1, (), (), (seen.id,))


def test_what_was_closed_and_is_seen_again_is_reopened():
    known = rows_of(observe({}, [posting()], MONDAY))
    [ended], _ = close(known.values(), TUESDAY)
    advance = observe({posting().id: ended}, [posting()], WEDNESDAY)
    assert (advance.reopened, advance.corrected) == (1, 0)
    assert not ended.is_withdrawn


def test_a_better_reading_of_what_is_withdrawn_leaves_it_withdrawn():
    known = rows_of(observe({}, [posting()], MONDAY))
    [ended], _ = withdraw(known.values(), TUESDAY)
    row, events = correct(ended, posting(title="Right", parser_version=1), WEDNESDAY)
    assert row.is_withdrawn
    assert row.posting.title == "Right"
    assert [event.kind for event in events] == [JobEventKind.CORRECTED]
