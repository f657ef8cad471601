"""Who is shown of a cluster, and how often a job was posted anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from quiethire.domain.cluster import COPY_RANK, Member, Placement, leader, moved, reposts
from quiethire.domain.lifecycle import JobEventKind, StoredPosting
from quiethire.domain.posting import JobPosting, job_id

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def row(
    number: int, opened: int, closed: int | None = None, board: str | None = "greenhouse/northwind"
) -> StoredPosting:
    posting = JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/{number}",
        board_key=board,
        ats="greenhouse",
        title="Data Engineer",
        company_name="Northwind",
        quality_score=90,
    )
    at = NOW + timedelta(days=opened)
    until = None if closed is None else NOW + timedelta(days=closed)
    return StoredPosting(posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at, closed_at=until)


def member(given: StoredPosting, rank: int = 0) -> Member:
    return Member(row=given, placement=Placement(cluster=UUID(int=1), rank=rank))


def test_the_leader_is_the_open_one_of_least_rank_then_the_earliest() -> None:
    copy, late, early, closed = member(row(1, 0), COPY_RANK), member(row(2, 5)), member(row(3, 4)), member(row(4, 1, 2))
    assert leader([copy, late, early, closed]) == early
    assert leader([copy, closed]) == copy
    assert leader([closed]) is None
    assert leader([]) is None


def test_a_posting_opened_after_an_earlier_one_of_its_board_closed_is_a_repost() -> None:
    assert reposts([row(1, 0, 10), row(2, 10, 20), row(3, 25)]) == 2


def test_what_was_open_at_once_or_on_another_board_is_no_repost() -> None:
    assert reposts([row(1, 0), row(2, 5)]) == 0
    assert reposts([row(1, 0, 10), row(2, 9)]) == 0
    assert (
        reposts([row(1, 0, 10), row(2, 11, board="lever/northwind"), row(3, 12, board=None), row(4, 1, 2, board=None)])
        == 0
    )
    assert reposts([]) == 0


def test_what_was_withdrawn_was_no_posting_that_its_employer_closed_or_opened() -> None:
    withdrawn = row(1, 0, 10).model_copy(update={"cause": JobEventKind.WITHDRAWN})
    assert reposts([withdrawn, row(2, 11)]) == 0
    later = row(3, 11, 12).model_copy(update={"cause": JobEventKind.WITHDRAWN})
    assert reposts([row(1, 0, 10), later]) == 0


def test_only_placements_that_changed_moved() -> None:
    one, other = Placement(cluster=UUID(int=1)), Placement(cluster=UUID(int=2))
    ids = [UUID(int=number) for number in range(3)]
    assert moved({ids[0]: one, ids[1]: one}, {ids[0]: one, ids[1]: other, ids[2]: one}) == {ids[1]: other, ids[2]: one}
