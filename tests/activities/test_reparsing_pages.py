"""Job pages read again from the archive: what one says of a posting, and when it says nothing."""

import pytest
from reparse_archive import DAY, LISTING, NOW, SITE, TEXT, job, job_page

from quiethire.domain.board import Board
from quiethire.domain.lifecycle import JobEventKind
from services.parser.ats.registry import adapter_for, page_request


async def test_job_pages_of_a_website_are_read_again(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.stored(nurses[0], title="Wrong")
    await archive.stored(nurses[1])
    assert await archive.reparse() == {"boards": 1, "read": 2, "corrected": 1, "unchanged": 1}
    assert (await archive.row(nurses[0])).posting.title == nurses[0].title


async def test_a_job_page_that_the_listing_names_is_opened_and_another_is_not(archive, world):
    nurses = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.page(page_request(f"{SITE.url}/9-cook"), job_page("Cook in Berlin"))
    assert await archive.reparse() == {"boards": 1, "read": 2, "opened": 2}
    assert await world.postings.open_ids() == {nurse.id for nurse in nurses}


async def test_a_page_that_is_no_posting_is_withdrawn_where_it_still_says_the_same(archive):
    nurse, other = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.stored(nurse, other)
    await archive.site(
        b"<html><body><h1>Nurse in Berlin</h1><p>A story of our ward.</p></body></html>",
        b"<html><body><h1>Log in</h1><form><input type=password></form></body></html>",
        at=NOW - DAY / 2,
    )
    assert await archive.reparse() == {"boards": 1, "withdrawn": 1}
    assert (await archive.row(nurse)).cause is JobEventKind.WITHDRAWN
    assert (await archive.row(other)).is_open, "a login in its place takes nothing back"


async def test_a_known_page_that_no_listing_names_is_read_too(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"), listing=b"<html><body><p>Nothing now</p></body></html>")
    await archive.stored(*nurses, title="Wrong")
    assert await archive.reparse() == {"boards": 1, "read": 1, "corrected": 1}


async def test_a_row_read_from_a_newer_page_than_the_archive_has_is_kept(archive):
    postings = await archive.board(job(1), at=NOW - 9 * DAY)
    await archive.crawled(NOW - DAY)
    await archive.stored(*postings, at=NOW - DAY, title="Newer")
    assert await archive.reparse() == {"boards": 1, "read": 1, "unchanged": 1}
    assert (await archive.row(postings[0])).posting.title == "Newer"


LONG = "".join(
    f"<p>Duty {n}: you look after the wards with us, day and night, and teach who comes.</p>" for n in range(40)
)
PLAIN = (
    f"<html><head><title>Nurse in Berlin - Northwind</title></head><body><h1>Nurse in Berlin</h1>"
    f"<p>Location: Berlin</p><h2>Your tasks</h2>{LONG}<p>Apply now</p></body></html>"
).encode()
SHELL = b"<html><head><title>%s</title><script src=/app.js></script></head><body><div id=root></div></body></html>"


@pytest.mark.parametrize(
    ("body", "kind"), [(PLAIN[: len(PLAIN) // 2], "cut_page"), (SHELL % b"Nurse in Berlin", "unrendered")]
)
async def test_a_page_that_shows_a_part_of_itself_says_nothing(archive, world, body, kind):
    nurses = await archive.site(PLAIN)
    await archive.stored(*nurses)
    await archive.site(body, body, at=NOW - DAY / 2)
    assert await archive.reparse() == {"boards": 1, "unarchived": 1, "problems": 2}
    assert await archive.kinds(nurses[0]) == ["opened"]
    assert await world.postings.open_ids() == {nurses[0].id}
    assert (await archive.row(nurses[0])).posting.content_hash == nurses[0].content_hash


@pytest.mark.parametrize("body", [LISTING, job_page("Nurse in Berlin", TEXT * 2), b"<h1>Log in</h1>"])
async def test_a_job_that_led_to_another_page_is_neither_corrected_nor_withdrawn(archive, world, body):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    await archive.led(f"{SITE.url}/1-nurse-in-berlin", f"{SITE.url}/?gone=1", body)
    assert await archive.reparse() == {"boards": 1, "unarchived": 1}
    assert await archive.kinds(nurses[0]) == ["opened"]
    assert await world.postings.open_ids() == {nurses[0].id}


async def test_a_redirect_to_another_form_of_the_address_is_read_and_takes_nothing_back(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    address = f"{SITE.url}/1-nurse-in-berlin"
    await archive.led(address, address.replace("https://", "http://www.") + "/", job_page("Nurse in Berlin"))
    assert await archive.reparse() == {"boards": 1, "read": 1, "opened": 1}
    assert (await archive.row(nurses[0])).is_open


async def test_a_company_page_that_a_job_led_to_takes_back_nothing_of_that_job(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    gone = b"<html><body><h1>Careers</h1><p>We are looking for no Nurse in Berlin any more.</p></body></html>"
    await archive.led(f"{SITE.url}/1-nurse-in-berlin", SITE.url, gone)
    assert (await archive.reparse()).get("withdrawn", 0) == 0
    assert (await archive.row(nurses[0])).is_open


async def test_a_list_that_was_cut_is_a_problem_and_takes_back_nothing(archive):
    board = Board(ats="jazzhr", token="northwind", url="https://northwind.applytojob.com/apply")
    await archive.world.boards.add(board)
    [spec] = adapter_for(board.ats).requests(board, None)
    await archive.page(spec, b"<html><body><ul><li><a href='/apply/abc/Nurse'>Nur")
    assert await archive.reparse() == {"boards": 1, "problems": 1}
