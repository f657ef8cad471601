"""Made-up résumés in five layouts: one column, two columns, a table, dense text and JSON Resume, as PDF, DOCX and text."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.shared import Pt
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # reportlab has no types
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]  # as above
from reportlab.platypus import (  # type: ignore[import-untyped]  # as above
    BaseDocTemplate,
    Frame,
    FrameBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from benchmarks.made_up_manners import Block, Manner
from benchmarks.made_up_people import Person

LAYOUTS = ("one column", "two columns", "table", "dense text", "JSON Resume")


def render(person: Person, layout: str) -> tuple[bytes, str]:
    """The résumé of a person in a layout, and the name of its file, which tells nothing of the person."""
    manner = Manner(person)
    data, ending = _WRITERS[layout](manner)
    return data, f"resume-{person.number}.{ending}"


def _blocks(manner: Manner) -> list[Block]:
    """All parts, one below the other."""
    person = manner.person
    return [
        ("name", person.name.upper() if person.number % 5 == 0 else person.name),
        ("headline", person.headline),
        *manner.contact(),
        ("heading", manner.heading("summary")),
        ("line", person.summary),
        *_main(manner),
        *_side(manner),
    ]


def _main(manner: Manner) -> list[Block]:
    return [
        ("heading", manner.heading("work")),
        *(block for job in manner.person.jobs for block in manner.job(job)),
        ("heading", manner.heading("education")),
        *(block for study in manner.person.studies for block in manner.study(study)),
    ]


def _side(manner: Manner) -> list[Block]:
    return [
        ("heading", manner.heading("skills")),
        *manner.skills(),
        ("heading", manner.heading("languages")),
        *manner.languages(),
    ]


_STYLES = {
    "name": ParagraphStyle("name", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=4),
    "headline": ParagraphStyle("headline", fontName="Helvetica", fontSize=12, leading=15, spaceAfter=4),
    "heading": ParagraphStyle(
        "heading", fontName="Helvetica-Bold", fontSize=12, leading=15, spaceBefore=9, spaceAfter=3
    ),
    "bold": ParagraphStyle("bold", fontName="Helvetica-Bold", fontSize=9.5, leading=12, spaceBefore=4),
    "line": ParagraphStyle("line", fontName="Helvetica", fontSize=9.5, leading=12),
    "bullet": ParagraphStyle("bullet", fontName="Helvetica", fontSize=9.5, leading=12, leftIndent=10),
}


def _flowables(blocks: Sequence[Block], width: float) -> list[Any]:
    """Blocks for reportlab; a tab sets what follows it at the right edge."""
    flowables: list[Any] = []
    for kind, text in blocks:
        if "\t" in text:
            left, right = (Paragraph(escape(part), _STYLES[kind]) for part in text.split("\t"))
            row = Table([[left, right]], colWidths=[width * 0.68, width * 0.32])
            row.setStyle(
                TableStyle(
                    [
                        ("LEFTPADDING", (0, 0), (-1, -1), 0),
                        ("TOPPADDING", (0, 0), (-1, -1), 0),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
                    ]
                )
            )
            flowables.append(row)
        else:
            flowables.append(Paragraph(escape(text if kind != "bullet" else f"• {text}"), _STYLES[kind]))
    return flowables


def _pdf(blocks: Sequence[Block]) -> bytes:
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=50, rightMargin=50, topMargin=45, bottomMargin=45).build(
        _flowables(blocks, A4[0] - 112)
    )
    return out.getvalue()


def _docx(blocks: Sequence[Block]) -> bytes:
    word = docx.Document()
    _write(word, blocks)
    return _saved(word)


def _write(holder: Any, blocks: Sequence[Block]) -> None:  # noqa: ANN401 - a document or a cell of a table
    for kind, text in blocks:
        if kind == "heading":
            holder.add_paragraph(text, style="Heading 2")
        elif kind == "bullet":
            holder.add_paragraph(text, style="List Bullet")
        else:
            run = holder.add_paragraph().add_run(text)
            run.bold = kind in ("name", "bold")
            if kind == "name":
                run.font.size = Pt(20)


def _saved(word: Any) -> bytes:  # noqa: ANN401 - python-docx names the class otherwise than the function
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _one_column(manner: Manner) -> tuple[bytes, str]:
    blocks = _blocks(manner)
    return (_docx(blocks), "docx") if manner.person.number % 2 else (_pdf(blocks), "pdf")


def _two_columns(manner: Manner) -> tuple[bytes, str]:
    """A narrow column of contact, skills and languages beside the wide one of work and education."""
    person = manner.person
    top: list[Block] = [("name", person.name), ("headline", person.headline)]
    narrow: list[Block] = [("heading", manner.heading("contact")), *_apart(manner.contact()), *_side(manner)]
    wide: list[Block] = [("heading", manner.heading("summary")), ("line", person.summary), *_main(manner)]
    if person.number % 4 == 3:
        word = docx.Document()
        _write(word, top)
        table = word.add_table(rows=1, cols=2)
        _write(table.cell(0, 0), narrow)
        _write(table.cell(0, 1), wide)
        return _saved(word), "docx"
    left = person.number % 4 < 2
    out = io.BytesIO()
    widths = (170.0, 325.0) if left else (325.0, 170.0)
    template = BaseDocTemplate(out, pagesize=A4)
    frames = [
        Frame(45, 760, 505, 60, id="top"),
        Frame(45, 40, widths[0], 715, id="left"),
        Frame(45 + widths[0] + 10, 40, widths[1], 715, id="right"),
    ]
    template.addPageTemplates([PageTemplate(id="page", frames=frames)])
    columns = (narrow, wide) if left else (wide, narrow)
    first, second = (_flowables(blocks, width - 12) for blocks, width in zip(columns, widths, strict=True))
    template.build([*_flowables(top, 490), FrameBreak(), *first, FrameBreak(), *second])
    return out.getvalue(), "pdf"


def _apart(blocks: Sequence[Block]) -> list[Block]:
    """A line of contact as one line a part."""
    return [("line", part) for _, text in blocks for part in text.split(" | ")]


def _rows(manner: Manner) -> list[tuple[str, list[Block]]]:
    """What stands in the margin, and what beside it."""
    person = manner.person
    joined = {"en": "in", "de": "in", "fr": "en", "es": "en"}[person.language]
    rows: list[tuple[str, list[Block]]] = [("", [("heading", manner.heading("work"))])]
    for job in person.jobs:
        beside: list[Block] = [
            ("bold", job.title),
            ("line", f"{job.employer}, {job.city}"),
            *(("bullet", task) for task in job.tasks),
        ]
        rows.append((manner.span(job.start, job.end), beside))
    rows.append(("", [("heading", manner.heading("education"))]))
    rows += [
        (f"{one.start} – {one.end}", [("bold", f"{one.degree} {joined} {one.field}"), ("line", one.school)])
        for one in person.studies
    ]
    return rows


def _table(manner: Manner) -> tuple[bytes, str]:
    """Dates in the margin, jobs and studies beside them."""
    person = manner.person
    top: list[Block] = [("name", person.name), ("headline", person.headline), *manner.contact()]
    if person.number % 2:
        word = docx.Document()
        _write(word, top)
        table = word.add_table(rows=0, cols=2)
        for margin, beside in _rows(manner):
            cells = table.add_row().cells
            _write(cells[0], [("line", margin)] if margin else [])
            _write(cells[1], beside)
        _write(word, _side(manner))
        return _saved(word), "docx"
    out = io.BytesIO()
    rows = [
        [_flowables([("line", margin)], 110) if margin else "", _flowables(beside, 360)]
        for margin, beside in _rows(manner)
    ]
    table_of = Table(rows, colWidths=[120, 370])
    table_of.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    SimpleDocTemplate(out, pagesize=A4, leftMargin=50, rightMargin=50).build(
        [*_flowables(top, 480), table_of, *_flowables(_side(manner), 480)]
    )
    return out.getvalue(), "pdf"


def _dense(manner: Manner) -> tuple[bytes, str]:
    """Text without blank lines, headings before a colon or in capitals."""
    lines = []
    for kind, text in _blocks(manner):
        lines.append(
            {"heading": f"{text}:" if manner.person.number % 2 else text.upper(), "bullet": f"- {text}"}.get(kind, text)
        )
    encoding = "cp1252" if manner.person.number % 6 == 0 and _fits(lines) else "utf-8"
    return "\n".join(lines).encode(encoding), "txt"


def _fits(lines: Sequence[str]) -> bool:
    try:
        "\n".join(lines).encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _json(manner: Manner) -> tuple[bytes, str]:
    person = manner.person
    file = {
        "basics": {
            "name": person.name,
            "label": person.headline,
            "email": person.email,
            "phone": person.phone if person.number % 2 else person.phone_written,
            "summary": person.summary,
            "location": {"city": person.city, "countryCode": _region(person)},
        },
        "work": [
            {
                "name": job.employer,
                "position": job.title,
                "location": job.city,
                "startDate": f"{job.start[0]}-{job.start[1]:02d}",
                **({"endDate": f"{job.end[0]}-{job.end[1]:02d}"} if job.end else {}),
                "highlights": list(job.tasks),
            }
            for job in person.jobs
        ],
        "education": [
            {
                "institution": study.school,
                "studyType": study.degree,
                "area": study.field,
                "startDate": str(study.start),
                "endDate": str(study.end),
            }
            for study in person.studies
        ],
        "skills": [{"name": "Main", "keywords": list(person.skills)}]
        if person.number % 3
        else [{"name": name} for name in person.skills],
        "languages": [{"language": language, "fluency": "fluent"} for language in person.languages],
    }
    return json.dumps(file, ensure_ascii=bool(person.number % 2)).encode(), "json"


def _region(person: Person) -> str:
    return {
        "United States": "US",
        "USA": "US",
        "United Kingdom": "GB",
        "UK": "GB",
        "Ireland": "IE",
        "Canada": "CA",
        "Australia": "AU",
        "India": "IN",
        "Deutschland": "DE",
        "Österreich": "AT",
        "Schweiz": "CH",
        "France": "FR",
        "Belgique": "BE",
        "Suisse": "CH",
        "España": "ES",
        "México": "MX",
        "Argentina": "AR",
        "Colombia": "CO",
    }[person.country]


_WRITERS: dict[str, Callable[[Manner], tuple[bytes, str]]] = {
    "one column": _one_column,
    "two columns": _two_columns,
    "table": _table,
    "dense text": _dense,
    "JSON Resume": _json,
}
