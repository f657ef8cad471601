"""Facts of postings in the scripts and languages whose pages set no words apart, or fold into other signs than they are typed in."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.links import extract_job_links
from services.parser.normalise.dates import parse_date
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.salary import parse_salary
from services.parser.normalise.workplace import workplace

FETCHED = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "city", "country"),
    [
        ("東京都港区", "Tokyo", "JP"),
        ("〒150-0002 東京都渋谷区渋谷2-1-1", "Tokyo", "JP"),
        ("大阪府大阪市北区", "Osaka", "JP"),
        ("神奈川県横浜市西区みなとみらい2-2-1", "Yokohama", "JP"),
        ("福岡県北九州市", "Kitakyushu", "JP"),
        ("北海道札幌市中央区", "Sapporo", "JP"),
        ("東京（リモート可）", "Tokyo", "JP"),
        ("東京本社", "Tokyo", "JP"),
        ("長野県", None, "JP"),
        ("上海市浦东新区", "Shanghai", "CN"),
        ("广东省深圳市南山区", "Shenzhen", "CN"),
        ("台北市信義區", "Taipei", "TW"),
        ("دبي، الإمارات العربية المتحدة", "Dubai", "AE"),
        ("القاهرة، مصر", "Cairo", "EG"),
    ],
)
def test_an_address_without_blanks_or_with_other_commas_is_a_place(text: str, city: str | None, country: str) -> None:
    (place,) = parse_locations([text]).locations
    assert (place.city, place.country) == (city, country)


def test_places_between_the_commas_of_other_scripts_are_several() -> None:
    assert [place.city for place in parse_locations(["東京、大阪"]).locations] == ["Tokyo", "Osaka"]


@pytest.mark.parametrize("text", ["都市開発", "市場調査", "東京都で働く", "全国の都市"])
def test_a_text_with_the_signs_of_addresses_is_none(text: str) -> None:
    assert not known_place(text)


@pytest.mark.parametrize("text", ["Helsinki / etätyö", "Berlin, 100% Télétravail"])
def test_a_way_of_working_beside_a_place_is_no_other_place(text: str) -> None:
    assert len(parse_locations([text]).locations) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026년 11월 5일", "2026-11-05"),
        ("5 листопада 2026", "2026-11-05"),
        ("12 березня 2026", "2026-03-12"),
        ("12 окт. 2026", "2026-10-12"),
        ("5 Νοεμβρίου 2026", "2026-11-05"),
        ("5 בנובמבר 2026", "2026-11-05"),
        ("5 نوفمبر 2026", "2026-11-05"),
        ("12 sty 2026", "2026-01-12"),
        ("5 paź 2026", "2026-10-05"),
        ("2026. november 5.", "2026-11-05"),
        ("/Date(1762300800000)/", "2025-11-05"),
        ("3 päivää sitten", "2026-11-17"),
        ("2 viikkoa sitten", "2026-11-06"),
        ("3日前", "2026-11-17"),
        ("掲載：3日前", "2026-11-17"),
        ("2周前", "2026-11-06"),
        ("3일 전", "2026-11-17"),
        ("20시간 전", "2026-11-19"),
        ("5 дней назад", "2026-11-15"),
        ("3 дні тому", "2026-11-17"),
        ("3 gün önce", "2026-11-17"),
        ("3 napja", "2026-11-17"),
        ("acum 3 zile", "2026-11-17"),
        ("منذ 3 أيام", "2026-11-17"),
        ("לפני יומיים", "2026-11-18"),
        ("pred 3 dňami", "2026-11-17"),
        ("昨天", "2026-11-19"),
        ("오늘", "2026-11-20"),
        ("сегодня", "2026-11-20"),
        ("30日以上前", None),
        ("面接の3日前までにご連絡ください", None),
        ("今日から始める仕事", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    found = parse_date(text, FETCHED)
    assert (found.date().isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("정규직", "full_time"),
        ("비정규직", None),
        ("계약직", "temporary"),
        ("인턴", "internship"),
        ("파트타임", "part_time"),
        ("業務委託", "contract"),
        ("派遣社員", "temporary"),
        ("دوام كامل", "full_time"),
        ("دوام جزئي", "part_time"),
        ("משרה מלאה", "full_time"),
        ("משרה חלקית", "part_time"),
        ("Toàn thời gian", "full_time"),
        ("Paruh waktu", "part_time"),
        ("Часткова зайнятість", "part_time"),
        ("Apprendistato", "apprenticeship"),
    ],
)
def test_job_types(text: str, kind: str | None) -> None:
    found = job_type(text)
    assert (found.value if found else None) == kind


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("재택근무", "remote"),
        ("하이브리드", "hybrid"),
        ("عن بعد", "remote"),
        ("هجين", "hybrid"),
        ("עבודה מהבית", "remote"),
        ("היברידי", "hybrid"),
        ("Віддалено", "remote"),
        ("Làm việc từ xa", "remote"),
        ("Op kantoor", "none"),
        ("Office-based", "none"),
    ],
)
def test_workplaces(text: str, how: str) -> None:
    found = workplace(text)
    assert found is not None
    assert found.value == how


@pytest.mark.parametrize(
    ("text", "country", "pay"),
    [
        ("฿30,000 - 45,000", None, (30_000, 45_000, "THB", "month")),
        ("₦250,000 - ₦350,000 monthly", None, (250_000, 350_000, "NGN", "month")),
        ("від 40 000 до 60 000 грн", None, (40_000, 60_000, "UAH", "month")),
        ("10,000 - 15,000 درهم", "AE", (10_000, 15_000, "AED", "month")),
        ("10,000 - 15,000 درهم", "MA", (10_000, 15_000, "MAD", "month")),
        ("5,000 - 7,000 ريال", None, None),
        ("KSh 80,000 - 120,000", None, (80_000, 120_000, "KES", "month")),
        ("min. 40.000,00 EUR - max. 50.000,00 EUR", None, (40_000, 50_000, "EUR", "year")),
        ("Min 40,000 EUR Max 50,000 EUR", None, (40_000, 50_000, "EUR", "year")),
    ],
)
def test_pay(text: str, country: str | None, pay: tuple[float, float, str, str] | None) -> None:
    found = parse_salary(text, country=country)
    assert (found and (found.min, found.max, found.currency, found.period.value)) == pay


def test_links_of_a_korean_page_about_jobs() -> None:
    names = ("물류 담당자", "설계 엔지니어", "회계 매니저")
    cards = "".join(f'<li><a href="/notice/view-{key}">{name}</a></li>' for key, name in zip("abc", names, strict=True))
    body = f'<!doctype html><html lang="ko"><body><main><h1>채용</h1><ul>{cards}</ul></main></body></html>'
    page = Page(
        url="https://mulpump.example/notice",
        body=body.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=FETCHED,
    )
    assert [link.text for link in extract_job_links(page)] == list(names)
