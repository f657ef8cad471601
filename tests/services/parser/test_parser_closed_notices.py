"""Postings that their page says are over, in many languages, with markup and without; and what only sounds like it."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.parse import ParsedPage, parse_posting_page

PROSE = (
    "We build pumps for farms and look for somebody who likes to solder and to talk with customers every single day. "
)
MARKUP = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Pump Technician",
    "description": f"<p>{PROSE * 5}</p>",
    "datePosted": "2026-10-05",
    "hiringOrganization": {"@type": "Organization", "name": "Aqua Nord"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
}


def _parse(body: str, markup: object = None) -> ParsedPage:
    script = f'<script type="application/ld+json">{json.dumps(markup)}</script>' if markup else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pump Technician - Aqua Nord</title>{script}</head>'
        f"<body><main><h1>Pump Technician</h1>{body}</main></body></html>"
    )
    page = Page(
        url="https://aquanord.example/jobs/pump-technician",
        body=text.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    return parse_posting_page(page, board=None)


def _shown(notice: str) -> str:
    return (
        f"<p>{notice}</p><p>Leeds · Full-time</p><h2>Responsibilities</h2><p>{PROSE * 4}</p>"
        "<h2>Requirements</h2><ul><li>three years with pumps</li><li>a driving licence</li></ul>"
    )


@pytest.mark.parametrize(
    "notice",
    [
        "This job is no longer available",
        "This vacancy has now closed",
        "This listing has expired",
        "Applications for this job are closed",
        "Diese Stellenanzeige ist leider abgelaufen.",
        "Die Bewerbungsfrist ist bereits abgelaufen",
        "Cette offre a expiré",
        "Ce poste est pourvu",
        "Les candidatures sont closes",
        "Esta vacante ha sido cubierta",
        "El proceso de selección ha finalizado",
        "As inscrições estão encerradas",
        "Annuncio scaduto",
        "Questa posizione è stata chiusa",
        "Deze vacature is inmiddels gesloten",
        "Tjänsten är redan tillsatt",
        "Ansökningstiden har gått ut",
        "Ansøgningsfristen er overskredet",
        "Stillingen er besatt",
        "Työpaikka on täytetty",
        "Tato pozice je již obsazena",
        "Rekrutacja zakończona",
        "Az álláshirdetés lejárt",
        "Acest job nu mai este disponibil",
        "Bu ilan yayından kaldırılmıştır",
        "Η αγγελία έχει λήξει",
        "Вакансія закрита",
        "Tin tuyển dụng đã hết hạn",
        "Lowongan ini sudah ditutup",
        "هذه الوظيفة لم تعد متاحة",
        "המשרה אוישה",
        "この求人の募集は終了いたしました",
        "掲載期間が終了しました",
        "채용이 마감되었습니다",
        "招聘已结束",
    ],
)
def test_a_page_that_says_that_its_posting_is_over_gives_none(notice: str) -> None:
    assert _parse(_shown("")).postings, "the page is a posting without the notice"
    parsed = _parse(_shown(notice))
    assert not parsed.postings
    assert parsed.refused[0].reason == f"closed: the page says “{notice}”"


@pytest.mark.parametrize(
    "text",
    [
        "Applications close on 30 November 2026",
        "The position will be closed when filled",
        "We close applications as soon as the position is filled",
        "Bewerbungsfrist: 30.11.2026",
        "Die Stelle ist ab sofort unbefristet zu besetzen",
        "Le poste est à pourvoir immédiatement",
        "Vaga aberta até ser preenchida",
        "Deze vacature sluit op 1 december",
        "応募多数の場合、早期に募集を終了することがあります",
        "채용 시 조기 마감될 수 있습니다",
        "Hạn nộp hồ sơ: 30/11/2026",
    ],
)
def test_what_may_end_or_will_is_open(text: str) -> None:
    assert len(_parse(_shown(text)).postings) == 1


def test_markup_that_a_site_left_of_a_posting_that_it_closed_is_none() -> None:
    parsed = _parse(f"<p>This position has been filled.</p><p>{PROSE * 4}</p>", MARKUP)
    assert parsed.refused[0].reason == "closed: the page says “This position has been filled.”"


def test_markup_counts_where_the_page_lets_one_apply_or_speaks_of_another_posting() -> None:
    waiting = (
        f'<p class="js-notice">This position has been filled.</p><a href="/apply/17">Apply now</a><p>{PROSE * 4}</p>'
    )
    assert len(_parse(waiting, MARKUP).postings) == 1
    lines = "".join(f"<p>{number} {PROSE}</p>" for number in range(20))
    assert len(_parse(f"{lines}<p>Welder: this position has been filled</p>", MARKUP).postings) == 1
