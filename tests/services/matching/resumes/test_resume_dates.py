"""Spans of time in the forms and languages that people write them in."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume


def _span(written):
    text = f"Jane Roe\njane@roe.example\n\nWork Experience\nSoftware Developer, Acme GmbH\n{written}\n- Services\n"
    (job,) = read_resume(text.encode(), today=date(2026, 11, 1)).work
    return job.start and job.start.value, job.end and job.end.value, job.current


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("06/15/2019 - 08/31/2021", "2019-06-15", "2021-08-31"),
        ("01/04/2019 - 08/31/2021", "2019-01-04", "2021-08-31"),
        ("15/06/2019 - 31/08/2021", "2019-06-15", "2021-08-31"),
        ("Jan-19 to Mar-21", "2019-01", "2021-03"),
        ("Jan 19 – Mar 21", "2019-01", "2021-03"),
        ("2019 through 2021", "2019", "2021"),
        ("2019 -> 2021", "2019", "2021"),
        ("early 2019 - late 2021", "2019", "2021"),
        ("Q1 2019 - Q3 2021", "2019", "2021"),
        ("styczeń 2019 – marzec 2021", "2019-01", "2021-03"),
        ("leden 2019 – březen 2021", "2019-01", "2021-03"),
        ("januar 2019 – marts 2021", "2019-01", "2021-03"),
        ("augusti 2019 – maj 2021", "2019-08", "2021-05"),
        ("январь 2019 — март 2021", "2019-01", "2021-03"),
        ("Ocak 2019 - Mart 2021", "2019-01", "2021-03"),
        ("ianuarie 2019 - martie 2021", "2019-01", "2021-03"),
        ("2019年1月 - 2021年3月", "2019-01", "2021-03"),
        ("Ιανουάριος 2019 – Μάρτιος 2021", "2019-01", "2021-03"),
    ],
)
def test_a_span_with_an_end(written, start, end):
    assert _span(written) == (start, end, False)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Jan 2019 to the present",
            "01/2019 – (current)",
            "Jan-19 - Present",
            "Jan 2019 onwards",
            "01.2019 – obecnie",
        ),
        *(
            "01/2019 – současnost",
            "01/2019 – pågående",
            "01.2019 – nå",
            "январь 2019 — по настоящее время",
            "2019年1月～現在",
        ),
        *("Ocak 2019 - halen", "01/2019 – atualmente", "ianuarie 2019 - prezent"),
    ],
)
def test_a_span_that_goes_on(written):
    assert _span(written) == ("2019-01", None, True)
