"""Technologies in running text: whole names, and languages with the names of letters and common words."""

import pytest

from quiethire.domain.technologies import MAX_SKILLS, mentions, technologies


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Experience in Go, Rust or Java", ("Go", "Rust", "Java")),
        ("Senior Go developer", ("Go",)),
        ("We write Golang", ("Go",)),
        ("services written in Go.", ("Go",)),
        ("You go to market with Go-to-market teams", ()),
        ("Go to our site. Ready, set, Go!", ()),
        ("Python, R and SQL", ("Python", "R", "SQL")),
        ("R&D in Python", ("Python",)),
        ("C/C++ on Linux", ("C", "C++", "Linux")),
        ("C#, .NET 8 and ASP.NET Core", ("C#", ".NET")),
        ("C-level stakeholders; Vitamin C", ()),
        ("Node.js/React and CI/CD", ("Node.js", "React", "CI/CD")),
        ("Class C license, C, CE", ()),
        ("https://github.com/python/go", ()),
        ("Java-Entwickler mit SAP-Kenntnissen", ("Java", "SAP")),
        ("Excel in your career. Excel required", ("Excel",)),
        ("js, TS, node.js", ("JavaScript", "Node.js")),
        ("Javanese", ()),
        ("C++17 and Objective-C", ("C++", "Objective-C")),
        ("Barclays plc electron microscopy", ()),
        ("Python (pandas), R", ("Python", "pandas", "R")),
        ("Proficient in R", ("R",)),
        ("Python\n- Go\n- Kotlin", ("Python", "Go", "Kotlin")),
        ("where we go, Python follows", ("Python",)),
        ("Go live with SAP", ("SAP",)),
        ("hepatitis B and C", ()),
        ("Kenntnisse in C", ("C",)),
        ("Visit example.com/java today", ()),
        ("AWS/GCP/Azure", ("AWS", "GCP", "Azure")),
        ("İstanbul'da Python ve Go, Rust", ("Python", "Go", "Rust")),
        ("Scala Java Go", ("Scala", "Java", "Go")),
        ("We use AWS. Go further with us", ("AWS",)),
        ("After our Series C, SAP joined; SAP R/3", ("SAP",)),
        ("Java? Go for it", ("Java",)),
        ("proficient in Rust, C/C++, Go, or a similar language", ("Rust", "C", "C++", "Go")),
        ("Swift and Objective C", ("Swift", "Objective-C")),
    ],
)
def test_names_are_read_where_they_are_meant(text, names):
    assert technologies(text) == names


def test_each_is_named_once_and_a_text_of_nothing_else_has_a_bound():
    assert technologies("Python, python3 and PYTHON") == ("Python",)
    assert len(technologies(", ".join(f"Docker{n} Git" for n in range(10_000)))) <= MAX_SKILLS


def test_a_mention_tells_where_it_stands():
    text = "We write Golang and React.js"
    assert [(each.name, text[each.start : each.end]) for each in mentions(text)] == [
        ("Go", "Golang"),
        ("React", "React.js"),
    ]
