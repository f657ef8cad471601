"""A URL taken apart by us says what the parser says of it."""

import json

import ada_url
import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import parse_url
from services.crawler.target import Target

PARTS = ("origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search")

URLS = [
    "https://northwind.example/",
    "http://northwind.example:8080/a/b;c?d=e&f#g",
    "https://user:pass%40word@northwind.example/x@y:z?u@v",
    "https://user@northwind.example:444",
    "http://[2001:db8::1]/a:b",
    "http://[2001:db8::1]:8080/?",
    "https://xn--bcher-kva.example/?#",
    "https://northwind.example?a?b/c@d:80#e@f",
    "https://northwind.example//double//slash?//",
    "http://1.1/",
    "https://:p@northwind.example/",
]


def assert_alike(url: ada_url.URL) -> None:
    target = Target.of(url)
    url.hash = ""
    assert target.href == url.href
    assert {part: getattr(target, part) for part in PARTS} == {part: getattr(url, part) for part in PARTS}, url.href


@pytest.mark.parametrize("url", URLS)
def test_each_part_is_as_the_parser_gives_it(url):
    assert_alike(parse_url(url))


def test_so_it_is_for_every_case_of_the_standard(corpus):
    tried = 0
    for case in json.loads((corpus / "urls" / "urltestdata.json").read_text()):
        if isinstance(case, str):
            continue
        try:
            url = parse_url(case["input"], case.get("base"))
        except InvalidInput:
            continue
        assert_alike(url)
        tried += 1
    assert tried > 200
