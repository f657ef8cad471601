"""Reading lists of companies, as spreadsheets write them."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiethire.cli.company_lists import MAX_DOMAIN, MAX_LINE, MAX_NAME, Seed, read_seeds, seed_of
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem


def read(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(read_seeds(io.BytesIO(raw), "list.csv"))


def names(found):
    return [(seed.company.domain, seed.company.name) for seed in found if isinstance(seed, Seed) and seed.company]


@pytest.mark.parametrize(
    "text",
    [
        "name,domain\nNorthwind,northwind.example\nAcme,acme.example\n",
        "domain;name\nnorthwind.example;Northwind\nacme.example;Acme",
        "\ufeffDomain,Name\r\nnorthwind.example,Northwind\r\n\r\n,\r\nhttps://www.acme.example/,Acme\r\n",
        'id\tWebsite\tCompany Name\n1\tnorthwind.example\t"Northwind"\n2\tacme.example\t Acme \n',
        "\n\nname,domain,extra\nNorthwind,northwind.example\nAcme,acme.example,1,2,3\n",
    ],
)
def test_columns_come_in_any_order_with_any_separator_and_blank_lines_between(text):
    assert names(read(text)) == [("northwind.example", "Northwind"), ("acme.example", "Acme")]


def test_a_quoted_field_may_hold_the_separator_and_quotes():
    [seed] = read('name,domain\n"Northwind, ""Traders"" & Sons",northwind.example\n')
    assert seed.company.name == 'Northwind, "Traders" & Sons'


def test_a_board_url_gives_the_board_and_its_company():
    [seed] = read("name,domain,url\nNorthwind,northwind.example,https://boards.greenhouse.io/northwind\n")
    assert seed.company.domain == "northwind.example"
    assert (seed.board.key, seed.board.company_domain, seed.board.company_name) == (
        "greenhouse/northwind",
        "northwind.example",
        "Northwind",
    )


def test_a_url_alone_is_a_board_a_career_page_or_a_home_page():
    board, page, home = read("url\njobs.lever.co/northwind\nhttps://n.example/careers\nhttps://www.n.example/\n")
    assert (board.board.key, board.company) == ("lever/northwind", None)
    assert (page.board.ats, page.board.url) == ("website", "https://n.example/careers")
    assert (home.board, home.company.domain) == (None, "n.example")


def test_a_bad_line_is_named_with_its_number_and_column_and_the_good_ones_are_taken():
    found = read("name,domain,url\nA,a.example\nB,\nC,not a domain\nD,d.example,http://\nE,localhost\nF,f.example\n")
    assert names(found) == [("a.example", "A"), ("f.example", "F")]
    bad = [each for each in found if isinstance(each, Problem)]
    assert [each.where for each in bad] == [
        "list.csv, line 3, column domain",
        "list.csv, line 4, column domain",
        "list.csv, line 5, column url",
        "list.csv, line 6, column domain",
    ]
    assert "'not a domain' is no domain" in bad[1].detail


def test_an_open_quote_costs_its_own_line_alone():
    found = read('name,domain\n"Northwind,n.example\nAcme,acme.example\n')
    assert names(found) == [("acme.example", "Acme")]
    assert found[0].where == "list.csv, line 2"


def test_bytes_that_are_no_utf_8_cost_their_line_alone():
    found = read(b"name,domain\nM\xfcller,m.example\nAcme,acme.example\n")
    assert names(found) == [("acme.example", "Acme")]
    assert "UTF-8" in found[0].detail


def test_an_endless_line_is_one_bad_line():
    found = read(b"name,domain\n" + b"x" * (3 * MAX_LINE) + b"\nAcme,acme.example\n")
    assert names(found) == [("acme.example", "Acme")]
    assert len(found) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("Northwind,northwind.example\n", "no column is named domain"),
        ("name,domain\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_such_list_is_refused_with_a_hint(text, said):
    with pytest.raises(InvalidInput, match=said) as refused:
        read(text)
    assert refused.value.hint


@pytest.mark.parametrize("odd", ["\0", "\x01", "\x0b", "\x1b", "\x7f", "\x85", "\ufffe", "\r"])
def test_a_control_character_costs_its_line_alone_and_is_told_with_its_column(odd):
    found = read(f'name,domain\nA,a.example\n"No{odd}rth",n.example\nF,f.example\n')
    assert names(found) == [("a.example", "A"), ("f.example", "F")]
    [bad] = [each for each in found if isinstance(each, Problem)]
    assert bad.where.startswith("list.csv, line 3")


def test_the_place_of_what_cannot_be_stored_is_its_column():
    long = "x" * 64 + ".example"
    lines = (
        "a\0b,n.example,",
        "N,n\0.example,",
        "N,n.example,https://n.example/\0",
        f"{'N' * (MAX_NAME + 1)},n.example,",
        f"N,{long},",
        f"N,{'abc.' * 800}example,",
    )
    found = read("name,domain,url\n" + "\n".join(lines) + "\nF,f.example,\n")
    assert names(found) == [("f.example", "F")]
    assert [each.where for each in found if isinstance(each, Problem)] == [
        f"list.csv, line {number}, column {column}"
        for number, column in enumerate(("name", "domain", "url", "name", "domain", "domain"), start=2)
    ]


def test_an_argument_that_is_no_unicode_is_refused():
    with pytest.raises(InvalidInput, match="U\\+DCFF"):
        seed_of({"domain": "n\udcff.example"})


@given(
    name=st.text(max_size=400),
    domain=st.one_of(st.text(max_size=300), st.just("n.example")),
    url=st.one_of(st.just(""), st.text(max_size=50).map("https://boards.greenhouse.io/{}".format)),
)
def test_whatever_a_cell_holds_it_is_refused_or_can_be_stored(name, domain, url):
    try:
        seed = seed_of({"name": name, "domain": domain, "url": url})
    except InvalidInput:
        return
    texts = [seed.company and seed.company.domain, seed.company and seed.company.name]
    texts += [seed.board.token, seed.board.url, seed.board.company_name] if seed.board else []
    for text in filter(None, texts):
        assert "\0" not in text
        assert text.encode().decode() == text
    assert seed.company is None or len(seed.company.domain) <= MAX_DOMAIN
    assert not name or seed.company is None or len(seed.company.name or "") <= MAX_NAME


def test_an_ip_address_is_no_company():
    with pytest.raises(InvalidInput):
        seed_of({"domain": "127.0.0.1"})


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw):
    for each in read(b"name,domain,url\n" + raw):
        assert isinstance(each, Seed | Problem)


def test_a_list_comes_from_stdin_too_and_one_that_cannot_be_read_is_wrong_use():
    command = [str(Path(sys.executable).with_name("quiethire")), "companies", "import"]
    ended = subprocess.run([*command, "-"], input="a,b\n", capture_output=True, text=True, timeout=100, check=False)
    assert (ended.returncode, "stdin, line 1" in ended.stderr) == (2, True)
    ended = subprocess.run([*command, "nowhere.csv"], capture_output=True, text=True, timeout=100, check=False)
    assert (ended.returncode, "nowhere.csv: cannot be read" in ended.stderr) == (2, True)
