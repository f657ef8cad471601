"""Words of the field in more languages: kinds of contract, levels, deadlines, notices that a posting is over."""

import pytest

from quiethire.domain.posting import JobType, Seniority
from quiethire.domain.words import fold
from services.parser.closed_notices import says_closed
from services.parser.labels import label_of
from services.parser.normalise.job_type import job_type
from services.parser.normalise.period import paid
from services.parser.normalise.seniority import seniority


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sem termo, tempo inteiro", JobType.FULL_TIME),
        ("Efetivo – CLT", JobType.FULL_TIME),
        ("Contrato PJ", JobType.CONTRACT),
        ("Voltijds", JobType.FULL_TIME),
        ("Deeltijds", JobType.PART_TIME),
        ("praca w pełnym wymiarze", JobType.FULL_TIME),
        ("0.8 FTE", JobType.PART_TIME),
        ("1 FTE", JobType.FULL_TIME),
        ("0 FTE", None),
        # As it begins: schema.org's codes know no word for what it may become.
        ("Temp to perm", JobType.TEMPORARY),
        ("temp-to-hire", JobType.TEMPORARY),
        ("Contract to hire", JobType.CONTRACT),
    ],
)
def test_a_job_type_in_the_words_of_a_country(text, expected):
    assert job_type(text) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Desenvolvedor(a) Front-end Pleno", Seniority.MID),
        ("Analista Pleno de Dados", Seniority.MID),
        ("Camarero (tiempo pleno)", None),
    ],
)
def test_a_level_in_portuguese(title, expected):
    assert seniority(title) is expected


@pytest.mark.parametrize(
    "label", ["Expiry date", "Gültig bis", "Date d'expiration", "Válida hasta", "Ważna do", "Platnost do", "有效期至"]
)
def test_labels_of_deadlines(label):
    assert label_of(label) == "valid_through"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fristen for å søke på stillingen har gått ut", True),
        ("Acest anunț a expirat", True),
        ("Fristen for å søke på stillingen er 4. desember", False),
    ],
)
def test_notices_that_a_posting_is_over(text, expected):
    assert says_closed(fold(text)) is expected


@pytest.mark.parametrize(
    ("code", "expected"), [("HUR", "hour"), ("PT1H", "hour"), ("MON", "month"), ("ANN", "year"), ("P1Y", "year")]
)
def test_units_of_other_vocabularies(code, expected):
    found = paid(code)
    assert found is not None
    assert found.period == expected
