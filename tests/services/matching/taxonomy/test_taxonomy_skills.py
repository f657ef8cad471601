"""Skills named in a text: technologies, ESCO's skills by any label, and what is none."""

import shutil

import pytest

from quiethire.domain.errors import Permanent
from services.matching.taxonomy import packages
from services.matching.taxonomy.esco import Esco
from services.matching.taxonomy.packages import data_files
from services.matching.taxonomy.skills import Skills, open_skills
from services.matching.taxonomy.titles import open_occupations

needs_esco = pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")


@pytest.fixture(scope="module")
def skills(tmp_path_factory):
    return open_skills(tmp_path_factory.mktemp("taxonomy"))


@needs_esco
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ReactJS, React.js and React", ["React", "React", "React"]),
        ("managing budgets", ["manage budgets"]),
        ("You manage a budget of your own", ["manage budgets"]),
        ("Strong project management and fluent English", ["project management", "English"]),
        ("Experience with CRM", ["customer relationship management"]),
        ("We etc. and it led", []),
        ("We run on energy", []),
        ("in-depth knowledge of chemistry", ["chemistry"]),
        ("Chemistry", ["chemistry"]),
        ("project. Management", []),
        ("multi-project management-free", []),
        ("Kubernetes\nproject management", ["Kubernetes", "project management"]),
    ],
)
def test_skills_are_found_by_any_of_their_labels_where_they_are_meant(skills, text, names):
    assert [each.name for each in skills.mentions(text)] == names


@needs_esco
def test_a_mention_tells_place_address_and_how_sure_it_is(skills):
    text = "Python. Project Management. Knowledge of chemistry."
    python, management, chemistry = skills.mentions(text)
    assert [text[each.start : each.end] for each in (python, management, chemistry)] == [
        "Python",
        "Project Management",
        "chemistry",
    ]
    assert python.confidence > management.confidence > chemistry.confidence
    assert all(each.uri and each.uri.startswith("http://data.europa.eu/esco/skill/") for each in (python, management))
    assert (python.key, management.key) == ("python", "project management")


@needs_esco
def test_a_technology_that_esco_does_not_know_has_no_address(skills):
    (mention,) = skills.mentions("Terraform")
    assert (mention.name, mention.uri) == ("Terraform", None)


def test_without_esco_technologies_alone_are_found():
    names = [each.name for each in Skills(Esco(), {}, {}).mentions("Python and project management")]
    assert names == ["Python"]


@needs_esco
def test_what_was_made_once_is_read_again_and_made_anew_where_it_is_gone(tmp_path):
    first = open_skills(tmp_path / "one")
    files = sorted((tmp_path / "one").iterdir())
    assert len(files) == 2
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "two").iterdir()}
    again = open_skills(tmp_path / "two")
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "two").iterdir()} == before
    text = "project management, wound dressing, C++"
    assert again.mentions(text) == first.mentions(text) != []


def test_without_the_packages_nothing_else_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    assert [each.name for each in open_skills(tmp_path / "none").mentions("Python and project management")] == [
        "Python"
    ]
    known = open_occupations(tmp_path / "none")
    assert (len(known), known.occupation("Data Scientist")) == (0, None)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Permanent, match="cache directory"):
        open_skills(tmp_path / "file" / "taxonomy")


def test_a_hostile_text_costs_no_more_than_its_bound(skills):
    assert len(skills.mentions("project management, " * 100_000)) <= 500


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Familiarity with version control systems", []),
        ("Experience with control systems", ["control systems"]),
        ("You manage accounts receivable", []),
        ("You manage accounts", ["manage accounts"]),
        ("Interest in quickly learning our technology stack", []),
        ("You manage a budget", ["manage budgets"]),
        ("Our project management team", ["project management"]),
    ],
)
def test_a_label_is_not_found_across_words_that_belong_to_others(skills, text, names):
    assert [each.name for each in skills.mentions(text)] == names
