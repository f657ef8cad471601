"""JSON Resume, in and out."""

import json

import jsonschema
import pytest

from benchmarks.made_up_people import people
from benchmarks.made_up_resumes import LAYOUTS, render
from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import ResumeKind
from services.matching.resume.json_resume import to_json_resume
from services.matching.resume.read import read_resume


@pytest.fixture(scope="session")
def schema(corpus):
    return json.loads((corpus / "cv" / "jsonresume" / "schema.json").read_text())


def test_the_sample_of_the_schema_is_read_whole(corpus):
    data = (corpus / "cv" / "jsonresume" / "sample.resume.json").read_bytes()
    sample = json.loads(data)
    resume = read_resume(data)
    assert resume.kind is ResumeKind.JSON_RESUME
    assert resume.name.value == sample["basics"]["name"]
    assert resume.email.value == sample["basics"]["email"]
    assert [job.employer.value for job in resume.work] == [job["name"] for job in sample["work"]]
    assert [one.institution.value for one in resume.education] == [one["institution"] for one in sample["education"]]
    assert [one.name.value for one in resume.skills] == [word for one in sample["skills"] for word in one["keywords"]]
    assert sample["basics"]["location"]["postalCode"] not in resume.text
    assert sample["basics"]["location"]["address"] not in resume.text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_fits_the_schema(schema, layout):
    for person in people(8):
        written = to_json_resume(read_resume(*render(person, layout)))
        jsonschema.validate(written, schema, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_reads_as_what_it_was_written_from(layout):
    for person in people(8):
        first = read_resume(*render(person, layout))
        again = read_resume(json.dumps(to_json_resume(first)).encode())
        for name in ("name", "email", "phone", "headline"):
            assert _value(getattr(again, name)) == _value(getattr(first, name))
        assert [_value(job.title) for job in again.work] == [_value(job.title) for job in first.work]
        assert [_value(job.end) for job in again.work] == [_value(job.end) for job in first.work]
        assert [one.name.value for one in again.skills] == [one.name.value for one in first.skills]
        assert again.years_experience == first.years_experience


def test_what_the_schema_has_no_field_for_comes_back():
    text = (
        "Jane Example\nAuthorized to work in Germany and France\nSalary expectation: €70,000 a year\n"
        "Preferred locations: Berlin, Munich\nSkills\nPython\nExperience\nEngineer, Acme Ltd\n2015 - 2019\nTools: Python"
    )
    first = read_resume(text.encode())
    written = to_json_resume(first)
    again = read_resume(json.dumps(written).encode())
    assert [one.value for one in again.work_authorisation] == ["DE", "FR"]
    assert again.salary_floor.value == "€70,000 a year"
    assert [one.value for one in again.locations] == ["Berlin", "Munich"]
    assert written["meta"]["quiethire"]["yearsPerSkill"] == {"Python": first.skills[0].years}
    sources = written["meta"]["quiethire"]["sources"]
    for key, reading in (
        ("name", first.name),
        ("work.0.title", first.work[0].title),
        ("salary_floor", first.salary_floor),
    ):
        told = sources[key]
        assert (told["confidence"], told["start"], told["end"]) == (
            reading.confidence,
            reading.span.start,
            reading.span.end,
        )
    assert len(sources) == str(first.model_dump(exclude={"text"})).count("'confidence'")


def test_years_that_jobs_do_not_tell_again_come_back():
    resume = read_resume(b"Jane Example\njane@x.example\nSkills\nPython (8 years), Go\n")
    corrected = resume.model_copy(update={"years_experience": 9.5})
    written = to_json_resume(corrected)
    again = read_resume(json.dumps(written).encode())
    assert {one.name.value: one.years for one in again.skills} == {"Python": 8.0, "Go": None}
    assert again.years_experience == 9.5
    for wrong in (True, -1, 71, "8", None, [8]):
        written["meta"]["quiethire"] |= {"yearsExperience": wrong, "yearsPerSkill": {"Python": wrong}}
        read = read_resume(json.dumps(written).encode())
        assert (read.years_experience, read.skills[0].years) == (None, None)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"basics": {"name": 7}}, "basics.name"),
        ({"work": [{"startDate": "May 2019"}]}, "work.0.startDate"),
        ({"work": "none"}, "work"),
        ({"skills": [{"keywords": ["x"] * 500}]}, "skills.0.keywords"),
    ],
)
def test_a_file_that_does_not_fit_the_schema_is_refused_with_the_place(file, says):
    with pytest.raises(InvalidInput) as refused:
        read_resume(json.dumps(file).encode())
    assert refused.value.kind == "resume_broken"
    assert refused.value.detail.startswith(says)


@pytest.mark.parametrize("data", [b"{}", b'{"basics": {}}', b'{"x": 1}'])
def test_json_that_tells_of_nobody_is_refused(data):
    with pytest.raises(InvalidInput) as refused:
        read_resume(data)
    assert refused.value.kind == "resume_unknown"


def test_deep_json_is_refused():
    with pytest.raises(InvalidInput):
        read_resume(b'{"basics":' * 50_000)


def _value(reading):
    return reading.value if reading else None


def test_years_of_a_skill_are_those_of_the_jobs_that_name_it_in_any_spelling():
    file = {
        "basics": {"name": "Jane Roe"},
        "work": [
            {
                "name": "Acme",
                "position": "Python Engineer",
                "startDate": "2015-01",
                "endDate": "2019-12",
                "summary": "Brought R&D to the market (Go, no go).",
                "highlights": ["Moved to Postgres.", "Docker, AWS"],
            }
        ],
        "skills": [{"name": name} for name in ("Python", "PostgreSQL", "Docker", "R", "Go")],
    }
    skills = read_resume(json.dumps(file).encode()).skills
    assert {one.name.value: one.years for one in skills} == {
        **dict.fromkeys(("Python", "PostgreSQL", "Docker"), 5.0),
        **dict.fromkeys(("R", "Go")),
    }


@pytest.mark.parametrize("written", ["2019-13", "2019-00", "2019-02-30", "1200"])
def test_a_date_of_no_calendar_is_refused_with_the_place(written):
    file = {"basics": {"name": "Jane Roe"}, "work": [{"name": "Acme", "startDate": "2018", "endDate": written}]}
    with pytest.raises(InvalidInput) as refused:
        read_resume(json.dumps(file).encode())
    assert (refused.value.kind, refused.value.detail.startswith("work.0.endDate")) == ("resume_broken", True)


@pytest.mark.parametrize("country", ["DE", "de", "Germany", "Deutschland"])
def test_the_country_of_a_phone_is_told_in_any_way(country):
    basics = {"name": "Jane Roe", "phone": "030 901820", "location": {"countryCode": country}, "url": "javascript:x()"}
    resume = read_resume(json.dumps({"basics": basics}).encode())
    assert (resume.phone.value, resume.links) == ("+4930901820", ())


def test_an_address_that_is_none_breaks_nothing():
    file = {"basics": {"name": "Jane Roe", "url": "http://[bad", "profiles": [{"url": "https://jane.example/"}]}}
    resume = read_resume(json.dumps(file).encode())
    assert to_json_resume(resume)["basics"]["profiles"] == [{"url": "https://jane.example/"}]
