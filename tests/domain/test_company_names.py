"""What is one company under two spellings, and what is two."""

import time

import pytest

from quiethire.domain.company_names import company_key, known_as, meant_by


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        (
            "Northwind",
            ["Northwind GmbH & Co. KG", "Northwind GmbH und Co. KG", "NORTHWIND G.m.b.H.", "Northwind Ges.m.b.H."],
        ),
        (
            "Northwind",
            ["Northwind SE & Co. KGaA", "Northwind UG (haftungsbeschränkt)", "Northwind, s.r.o.", "Northwind a.s."],
        ),
        (
            "Alza",
            [
                "Alza s. r. o.",
                "Alza spol. s r.o.",
                "Alza Kft.",
                "Alza Zrt",
                "Alza d.o.o.",
                "Alza A.Ş.",
                "Alza Ltd. Şti.",
            ],
        ),
        (
            "Eni",
            [
                "Eni S.p.A.",
                "ENI S. p. A.",
                "Eni SpA",
                "Eni S.r.l.",
                "SARL Eni",
                "Eni S.à r.l.",
                "Eni SAS",
                "Eni S.A.S.",
            ],
        ),
        (
            "Allegro",
            ["Allegro sp. z o.o.", "Allegro Sp.z o.o.", "Allegro SP. Z O. O. SP. K.", "Allegro Spółka Akcyjna"],
        ),
        (
            "Novo Nordisk",
            ["Novo Nordisk A/S", "Novo Nordisk AS", "Novo Nordisk ApS", "Novo Nordisk ASA", "Oy Novo Nordisk Ab"],
        ),
        ("Volvo", ["Volvo AB (publ)", "Aktiebolaget Volvo", "Volvo Oyj"]),
        (
            "Cemex",
            ["Cemex S.A.B. de C.V.", "Cemex, S.A. de C.V.", "Cemex S. de R.L. de C.V.", "Cemex S/A", "Cemex Ltda."],
        ),
        (
            "Infosys",
            [
                "Infosys Pvt. Ltd.",
                "Infosys Private Limited",
                "Infosys (Pty) Ltd",
                "Infosys Sdn. Bhd.",
                "PT Infosys Tbk",
            ],
        ),
        (
            "Deloitte",
            [
                "Deloitte LLP",
                "Deloitte L.L.P.",
                "Deloitte p.l.c.",
                "Deloitte B.V.",
                "Deloitte N.V.",
                "Deloitte Co., Ltd.",
            ],
        ),
        ("メルカリ", ["株式会社メルカリ", "メルカリ株式会社", "㈱メルカリ", "(株)メルカリ", "有限会社メルカリ"]),
        ("华为技术", ["华为技术有限公司", "华为技术股份有限公司", "华为技术有限责任公司"]),
        ("카카오", ["주식회사 카카오", "주식회사카카오", "㈜카카오", "카카오 (주)"]),
        ("Ромашка", ["ООО «Ромашка»", "АО Ромашка", "ЗАО «Ромашка»", "ТОВ «Ромашка»", "Ромашка ЕООД"]),
        ("Παπουτσάνης", ["Παπουτσάνης Α.Ε."]),
        ("ปตท.", ["บริษัท ปตท. จำกัด (มหาชน)"]),
        ("Vinted", ["UAB „Vinted“", "Vinted, UAB"]),
        ("Walt Disney", ["The Walt Disney Company", "Walt Disney Co."]),
        ("Ernst & Young", ["Ernst and Young LLP", "Ernst + Young", "Ernst und Young GmbH"]),
        ("Bain", ["Bain & Company", "Bain and Company, Inc."]),
        ("Müller & Söhne", ["Mueller und Soehne GmbH", "Muller Sohne"]),
        ("Booking.com", ["booking.com", "Booking.com B.V."]),
        ("L'Oréal", ["LOreal", "L’Oréal S.A."]),
        ("Nabu Casa", ["nabucasa", "Nabu Casa, Inc."]),
        ("Toyota Sales USA", ["Toyota Sales, U.S.A., Inc."]),
    ],
)
def test_a_company_spelled_in_many_ways_is_one(name: str, stated: list[str]) -> None:
    assert {each: company_key(each) for each in stated} == dict.fromkeys(stated, company_key(name))
    assert company_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SAS Institute", "Institute"),
        ("AB InBev", "InBev"),
        ("AS Roma", "Roma"),
        ("SA Power Networks", "Power Networks"),
        ("Siemens", "Siemens Healthineers"),
        ("Limited", "Corp"),
        ("The Company", "The Limited"),
        ("株式会社", "有限公司"),
        ("ООО", "ЗАО"),
        ("A S", "B S"),
        ("Bauer", "Baur"),
        ("Y Combinator", "Combinator"),
    ],
)
def test_what_is_part_of_a_name_or_all_of_it_stays(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)
    assert company_key(one)
    assert company_key(other)


def test_signs_alone_name_no_company() -> None:
    assert company_key("!!!") == company_key(" ") == ""


@pytest.mark.parametrize(
    "name", ["有限公司 " * 5_000, "GmbH " * 5_000, "a." * 20_000, "株式会社" * 5_000, "(" * 50_000]
)
def test_a_hostile_name_costs_nothing(name: str) -> None:
    began = time.process_time()
    company_key(name)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "word", ["NORTHWIND", "Northwind GmbH", "northwind.example", "https://www.northwind.example/jobs"]
)
def test_a_company_is_meant_by_its_name_and_its_domain(word: str) -> None:
    assert meant_by(word) & known_as("Northwind AG", "northwind.example")
    assert not meant_by(word) & known_as("Northwind Health", "northwind-health.example")
    assert not meant_by(word) & known_as("", None)
