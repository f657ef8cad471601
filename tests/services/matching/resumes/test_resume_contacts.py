"""Addresses as people write them, and what only looks like one."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 1)
_WORK = "\n\nWork Experience\nEngineer @ Booking.com\n03/2019 - present\n"


def _read(head):
    return read_resume(f"{head}{_WORK}".encode(), today=TODAY)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Senior Engineer @ Booking.com\njane.roe@example.com", "jane.roe@example.com"),
        ("jane.roe @ example.com", "jane.roe@example.com"),
        ("E-mail: jane.roe @ example.com", "jane.roe@example.com"),
        ("jane.roe [at] example [dot] com", "jane.roe@example.com"),
        ("jane.roe(at)example.com", "jane.roe@example.com"),
        ("mary.o'brien@example.ie", "mary.o'brien@example.ie"),
        ("mary.o’brien@example.ie", "mary.o'brien@example.ie"),
        ("'jane.roe@example.com'", "jane.roe@example.com"),
        ("Berlin", None),
        ("Senior Engineer @ Booking.com", None),
        ("I worked @ booking.com", None),
    ],
)
def test_an_address_is_the_persons_and_no_firm_behind_a_trade(written, address):
    email = _read(f"Jane Roe\n{written}").email
    assert (email and email.value) == address


@pytest.mark.parametrize(
    ("written", "place", "number"),
    [
        ("(312) 555-0182 / (312) 555-0183", "Chicago, IL", "+13125550182"),
        ("030 901820 / 0171 2345678", "Berlin", "+4930901820"),
        ("Tel.: 01 234567890/0664 1234567", "Wien", "+431234567890"),
        ("06 12 34 56 78 / 06 12 34 56 79", "Paris", "+33612345678"),
        ("+49 / 30 901820", "Berlin", "+4930901820"),
        ("0171/2345678", "Berlin", "+491712345678"),
        ("+44 20 7946 0018  +44 7400 123456", "London", "+442079460018"),
    ],
)
def test_two_numbers_on_a_line_are_two(written, place, number):
    assert _read(f"Jane Roe\n{place}\n{written}").phone.value == number
