"""Jobs whose employers and titles have odd names, and what is dated and no job."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

_HEAD = "Jane Roe\njane.roe@example.com\n\nWork Experience\n"


def _resume(work):
    return read_resume(f"{_HEAD}{work}\n\nSkills\nPython\n".encode(), today=date(2026, 11, 1))


def _jobs(work):
    return [
        (job.title and job.title.value, job.employer and job.employer.value, job.place and job.place.value)
        for job in _resume(work).work
    ]


@pytest.mark.parametrize(
    ("work", "jobs"),
    [
        ("eBay Inc.\nSoftware Engineer\n2019 - 2021\n- Shops", [("Software Engineer", "eBay Inc", None)]),
        ("Software Engineer\neBay, San Jose\n2019 - 2021\n- Shops", [("Software Engineer", "eBay", "San Jose")]),
        ("idealo internet GmbH\nDeveloper\n2016 - 2019\n- Prices", [("Developer", "idealo internet GmbH", None)]),
        ("Studio 2000 GmbH\nDesigner\n01/2019 - 02/2021\n- Logos", [("Designer", "Studio 2000 GmbH", None)]),
        ("Designer\nStudio 2000 GmbH, 01/2019 - 02/2021\n- Logos", [("Designer", "Studio 2000 GmbH", None)]),
        ("The Economist, London\nData Engineer\n2019 - 2021", [("Data Engineer", "The Economist", "London")]),
        ("Data Engineer, The Economist, 2019 - 2021", [("Data Engineer", "The Economist", None)]),
        ("VP of Engineering, Acme\n05/2016 - 12/2018", [("VP of Engineering", "Acme", None)]),
        ("Acme | VP of Engineering | 2016 - 2018", [("VP of Engineering", "Acme", None)]),
        ("Gasthaus Adler | Kellner | 2016 - 2018", [("Kellner", "Gasthaus Adler", None)]),
        ("Salon Bleu | Hairdresser | 2016 - 2018", [("Hairdresser", "Salon Bleu", None)]),
        ("Kanzlei Weber | Rechtsanwältin | 2016 - 2018", [("Rechtsanwältin", "Kanzlei Weber", None)]),
    ],
)
def test_employers_and_titles_of_any_name(work, jobs):
    assert _jobs(work) == jobs


@pytest.mark.parametrize(
    "dated",
    [
        *("2010 - 2016 Career break, raising children", "01/2012 - 12/2013 Elternzeit", "2012 – 2013: Sabbatical"),
        "2012 - 2013 Congé parental",
    ],
)
def test_time_off_is_no_job_and_no_experience(dated):
    resume = _resume(f"Developer, Acme GmbH, 2019 - 2021\n- Services\n\n{dated}")
    assert ([job.employer.value for job in resume.work], resume.years_experience) == (["Acme GmbH"], 2.0)


def test_what_was_done_since_is_no_other_job():
    work = "Senior Developer\nAcme GmbH\nJan 2019 – Present\n• Lead a team\n• Since 2020 responsible for the API\n"
    assert _jobs(work) == [("Senior Developer", "Acme GmbH", None)]


def test_a_list_of_dated_jobs_is_read():
    work = "• 2019 - 2021: Developer, Acme GmbH\n• 2016 - 2019: Tester, Globex Ltd\n"
    assert _jobs(work) == [("Developer", "Acme GmbH", None), ("Tester", "Globex Ltd", None)]
