"""Which files are read, and what is said of those that are not."""

import docx
import pytest
from docx.shared import Pt
from resume_files import LINES, docx_of, locked, part_of, pdf_of, saved, scan, with_part

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_BYTES, MAX_PAGES, MAX_TEXT, ResumeKind
from services.matching.resume.read import read_resume


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf_of(), ResumeKind.PDF),
        (docx_of(), ResumeKind.DOCX),
        ("\n".join(LINES).encode(), ResumeKind.TEXT),
        (b"\xef\xbb\xbf" + "\n".join(LINES).encode(), ResumeKind.TEXT),
        (("\ufeff" + "\r\n".join(LINES)).encode("utf-16-le"), ResumeKind.TEXT),
    ],
    ids=["pdf", "docx", "text", "text with a mark", "utf-16"],
)
def test_the_same_resume_reads_the_same_in_every_form(data, kind):
    resume = read_resume(data)
    assert resume.kind is kind
    assert (resume.name.value, resume.email.value, resume.phone.value) == (
        "Jane Example",
        "jane@example.com",
        "+447400123456",
    )
    assert [(job.title.value, job.employer.value, job.start.value, job.current) for job in resume.work] == [
        ("Software Engineer", "Acme Ltd", "2019-03", True)
    ]
    assert [(one.institution.value, one.end.value) for one in resume.education] == [("University of Leeds", "2015")]
    assert [skill.name.value for skill in resume.skills] == ["Python", "SQL", "Docker"]


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", "resume_empty", "empty"),
        (b" \n\t ", "resume_empty", "empty"),
        (pdf_of([]), "resume_empty", "no text"),
        (docx_of([]), "resume_empty", "no text"),
        (locked(), "resume_encrypted", "password"),
        (scan(), "resume_scanned", "pictures"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "resume_scanned", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "resume_encrypted", "old Word"),
        (pdf_of()[:300], "resume_broken", "damaged"),
        (docx_of()[:2000], "resume_broken", "damaged"),
        (b"PK\x03\x04" + bytes(50), "resume_broken", "damaged"),
        (bytes(range(256)) * 20, "resume_unknown", "no form"),
        (b"{not json", "resume_broken", "JSON"),
        (b"x" * (MAX_BYTES + 1), "too_large", "bytes"),
        (b"many words " * (MAX_TEXT // 10), "too_large", "text"),
        (pdf_of(pages=MAX_PAGES + 1), "too_large", "pages"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason_and_what_to_do(data, kind, says):
    with pytest.raises(InvalidInput) as refused:
        read_resume(data)
    assert refused.value.kind == kind
    assert says in refused.value.detail
    assert refused.value.hint


def test_a_pdf_locked_against_printing_only_is_read():
    assert read_resume(locked(password="")).name.value == "Jane Example"


def test_an_archive_that_unpacks_to_far_too_much_is_refused_before_it_is_unpacked():
    bomb = with_part(docx_of(), "word/media/image1.bin", bytes(70_000_000))
    assert len(bomb) < 200_000
    with pytest.raises(InvalidInput) as refused:
        read_resume(bomb)
    assert refused.value.kind == "too_large"


def test_a_word_file_whose_entities_multiply_is_refused():
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha" * 50}">' for i in range(9))
    plain = docx_of()
    body = part_of(plain, "word/document.xml")
    head, rest = body.split("<w:document", 1)
    hostile = f"{head}<!DOCTYPE d [{laughs}]><w:document{rest}".replace("Jane Example", "&l8;", 1)
    with pytest.raises(InvalidInput) as refused:
        read_resume(with_part(plain, "word/document.xml", hostile))
    assert refused.value.kind == "resume_broken"


def test_text_in_boxes_tables_headers_and_footers_of_a_word_file_is_read():
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Jane Example"
    word.sections[0].footer.paragraphs[0].text = "jane@example.com"
    word.add_paragraph("Experience", style="Heading 1")
    table = word.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "2015 - 2019"
    table.cell(0, 1).text = "Nurse, St Mary Hospital"
    word.add_paragraph("Skills", style="Heading 1")
    word.add_paragraph("BOX")
    box = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">'
        "<w:txbxContent><w:p><w:r><w:t>Triage, Wound Care</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>Triage, Wound Care</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    data = saved(word)
    body = part_of(data, "word/document.xml").replace("<w:r><w:t>BOX</w:t></w:r>", box)
    resume = read_resume(with_part(data, "word/document.xml", body))
    assert resume.name.value == "Jane Example"
    assert resume.email.value == "jane@example.com"
    assert [(job.title.value, job.employer.value, job.end.value) for job in resume.work] == [
        ("Nurse", "St Mary Hospital", "2019")
    ]
    assert [skill.name.value for skill in resume.skills] == ["Triage", "Wound Care"]
    assert resume.text.count("Triage") == 1


def test_headings_with_letters_set_apart_are_read():
    text = "Jane Example\n\nW O R K  E X P E R I E N C E\nNurse, City Hospital\n2015 - 2019\n\nS K I L L S\nTriage"
    resume = read_resume(text.encode())
    assert [job.title.value for job in resume.work] == ["Nurse"]
    assert [skill.name.value for skill in resume.skills] == ["Triage"]


def test_deleted_text_of_a_word_file_is_not_read():
    data = docx_of()
    body = part_of(data, "word/document.xml").replace(
        "<w:r><w:t>Software Engineer</w:t></w:r>",
        '<w:del w:id="1" w:author="x"><w:r><w:delText>Secret Agent</w:delText></w:r></w:del><w:r><w:t>Software Engineer</w:t></w:r>',
    )
    assert "Secret" not in read_resume(with_part(data, "word/document.xml", body)).text


def test_the_name_is_told_by_its_size_where_other_words_stand_above_it():
    word = docx.Document()
    word.add_paragraph("Confidential Document")
    word.add_paragraph("Prepared October 2026")
    word.add_paragraph().add_run("Amara Holloway").font.size = Pt(24)
    for line in LINES[2:]:
        word.add_paragraph(line.replace("jane@", "amara.holloway@"))
    assert read_resume(saved(word)).name.value == "Amara Holloway"


def test_every_span_points_to_where_the_value_stands():
    resume = read_resume(pdf_of())
    for reading in (resume.name, resume.email, resume.work[0].title, resume.work[0].employer, resume.skills[1].name):
        assert resume.text[reading.span.start : reading.span.end] == reading.value
    start = resume.work[0].start
    assert (start.value, resume.text[start.span.start : start.span.end]) == ("2019-03", "03/2019")


def test_nothing_is_invented_where_nothing_is_told():
    resume = read_resume(
        b"This is a letter about the weather.\nIt was rather warm for the season.\n\nSkills\nEmbroidery, Kendo\n\nLanguages\nGerman\n"
    )
    assert resume.name is None
    assert (resume.email, resume.phone, resume.place, resume.salary_floor) == (None, None, None, None)
    assert (resume.work, resume.education, resume.work_authorisation) == ((), (), ())
