"""Files that hold pictures, letters drawn twice or another form than ours: read as they look, or told to be what they are."""

import io
from datetime import date

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from resume_files import LINES, docx_of, part_of, pdf_of, saved, with_part

from quiethire.domain.errors import InvalidInput
from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 1)


def _picture():
    pixels = io.BytesIO(b"P6 60 60 255\n" + bytes(range(180)) * 60)
    return ImageReader(pixels)


def _scanned(pages, foot):
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    for _ in range(pages):
        sheet.drawImage(_picture(), 0, 0, *A4)
        sheet.drawString(200, 20, foot)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _drawn_twice(shift):
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    for index, line in enumerate(LINES):
        for begin in (60, 60 + shift):
            sheet.drawString(begin, 780 - 18 * index, line)
    sheet.save()
    return out.getvalue()


def _picture_in_word():
    word = docx.Document()
    out = io.BytesIO()
    sheet = saved(word)
    out.write(sheet)
    return with_part(sheet, "word/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(400))


def _changed(old, new, data=None):
    data = data or docx_of()
    body = part_of(data, "word/document.xml")
    assert old in body
    return with_part(data, "word/document.xml", body.replace(old, new, 1))


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (_scanned(3, "Scanned with CamScanner"), "resume_scanned", "pictures"),
        (_scanned(4, "Jane Roe - jane.roe@example.com"), "resume_scanned", "pictures"),
        (_picture_in_word(), "resume_scanned", "pictures"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(900), "resume_scanned", "picture"),
        (b"RIFF\x00\x10\x00\x00WEBPVP8 " + bytes(range(256)), "resume_scanned", "picture"),
        (b"{\\rtf1\\ansi Jane Roe\\par jane@example.com\\par}", "resume_unknown", "RTF"),
        (b"\n<!DOCTYPE html><html><body><h1>Jane Roe</h1></body></html>", "resume_unknown", "web page"),
        (b"%!PS-Adobe-3.0\n(Jane Roe) show\n", "resume_unknown", "PostScript"),
        ("Иван Петров\nИнженер\nivan@example.ru\n".encode("cp1251"), "resume_unknown", "letters"),
        ("张伟\n软件工程师\nzhang@example.cn\n工作经历\n".encode("gbk"), "resume_unknown", "letters"),
    ],
)
def test_what_is_not_read_is_told_for_what_it_is(data, kind, says):
    with pytest.raises(InvalidInput) as refused:
        read_resume(data, today=TODAY)
    assert (refused.value.kind, says in refused.value.detail) == (kind, True)
    assert refused.value.hint


def test_text_in_the_letters_of_middle_europe_is_read():
    text = "Łukasz Żak\nlukasz@example.pl\n\nExperience\nDeveloper, Fabryka Śrub S.A.\n01.2019 - 02.2021\nWłasny zespół, dużo zmian\n"
    resume = read_resume(text.encode("cp1250"), today=TODAY)
    assert (resume.name.value, resume.work[0].employer.value) == ("Łukasz Żak", "Fabryka Śrub S.A")


@pytest.mark.parametrize("shift", [0, 0.3])
def test_letters_drawn_twice_are_read_once(shift):
    resume = read_resume(_drawn_twice(shift), today=TODAY)
    assert (resume.name.value, resume.email.value) == ("Jane Example", "jane@example.com")
    assert [skill.name.value for skill in resume.skills] == ["Python", "SQL", "Docker"]


def test_words_that_lines_break_are_whole():
    lines = (*LINES[:-1], "Python, Project Man-", "agement, Kuber-", "netes, Excel")
    assert [one.name.value for one in read_resume(pdf_of(lines), today=TODAY).skills] == [
        *("Python", "Project Management", "Kubernetes", "Excel")
    ]


@pytest.mark.parametrize("size", ["<w:sz/>", '<w:sz w:val="large"/>', '<w:sz w:val="nan"/>', '<w:sz w:val="0"/>'])
def test_a_size_that_says_nothing_costs_nothing(size):
    data = _changed("<w:r><w:t>Jane", f"<w:r><w:rPr>{size}</w:rPr><w:t>Jane")
    assert read_resume(data, today=TODAY).name.value == "Jane Example"


def test_parts_that_other_programs_mark_are_read():
    paragraph = "<w:p><w:r><w:t>Python, SQL, Docker</w:t></w:r></w:p>"
    data = _changed(paragraph, f'<w:customXml w:element="skills">{paragraph}</w:customXml>')
    assert len(read_resume(data, today=TODAY).skills) == 3


def test_an_address_behind_a_field_is_read_and_hidden_text_is_not():
    link = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:jane@example.com" </w:instrText></w:r>'
        "<w:r><w:t>write to me</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Rust, Rust, Rust</w:t></w:r>"
    )
    data = _changed("<w:r><w:t>jane@example.com | +44 7400 123456 | London, United Kingdom</w:t></w:r>", link)
    resume = read_resume(data, today=TODAY)
    assert resume.email.value == "jane@example.com"
    assert "Rust" not in resume.text
