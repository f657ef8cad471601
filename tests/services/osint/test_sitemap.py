"""Sitemaps, indexes and feeds as they are found in the wild, and as somebody would write them who means harm."""

import gzip
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.osint.sitemap import MAX_LOCATIONS, MAX_NAMED, MAX_UNPACKED, Sitemap, read_sitemap, sitemaps_named

HEAD = '<?xml version="1.0"?>'
X, Y, Z = (f"https://a.example/{name}" for name in "xyz")


def read(body: str | bytes, url: str = "https://a.example/sitemap.xml") -> Sitemap:
    content = body if isinstance(body, bytes) else body.encode()
    return read_sitemap(Page(url=url, body=content, content_type="", fetched_at=datetime.now(UTC)))


def urlset(*urls: str) -> str:
    return f"{HEAD}<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>"


CORPUS = {
    "sitemap.txt": (False, 2, "http://www.domain.com/page1.html"),
    "sitemap-with-bom.txt": (False, 2, "http://www.domain.com/page1.html"),
    "do-not-visit.txt": (False, 1, "http://www.example.com/do-not-visit-here"),
    "sitemap.txt.gz": (False, 5, "http://www.example.com/"),
    "xmlSitemap.gz": (False, 5, "http://www.example.com/"),
    "sitemap.badns.xml": (False, 2, "http://www.example.com/1"),
    "sitemap.ns.xml": (False, 2, "http://www.example.com/1"),
    "sitemap.index.xml": (True, 15, "https://example.com/sitemap.jss?portalCode=10260&lang=en"),
    "atom.xml": (False, 2, "http://example.org/2003/12/13/atom03"),
}


def test_every_sitemap_of_the_corpus_is_read(corpus):
    files = {path.name.removeprefix("sitemaps__"): path for path in (corpus / "sitemaps").iterdir()}
    assert files.keys() == CORPUS.keys()
    found = {}
    for name, path in files.items():
        sitemap = read(path.read_bytes())
        found[name] = (sitemap.index, len(sitemap.locations), sitemap.locations[0])
    assert found == CORPUS


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<urlset><url><loc>\n {X}?a=1&amp;b=2 </loc></url><url><loc><![CDATA[{Z}]]></loc></url>", [f"{X}?a=1&b=2", Z]),
        (f"{HEAD}<urlset><url><LOC>{X}</LOC><lastmod>2026", [X]),
        (f"<urlset><url><loc>{X}</url><loc>{Y}</loc><loc>", [X, Y]),
        (f"<urlset><!-- <loc>{X}</loc> --><loc>{Y}</loc><![CDATA[<loc>{X}</loc>]]></urlset>", [Y]),
        (f"<urlset><loc>{X}</loc><image:image><image:loc>{Y}</image:loc></image:image></urlset>", [X]),
        (f"<a:urlset><a:url><a:loc>{X}</a:loc><loc>{Y}</loc></a:url></a:urlset>", [X]),
        (urlset(X, X, Y), [X, Y]),
        (urlset("/x", "//a.example/y", "ftp://a.example/", "javascript:x", "not one", "", "http://"), [X, Y]),
        (urlset("https://a.example/k&#246;ln&#x26;b"), ["https://a.example/k%C3%B6ln&b"]),
        (f"{HEAD}<urlset><loc>{X}</loc>".encode("utf-16"), [X]),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><urlset><loc>https://a.example/k\xf6ln</loc>'.encode("latin-1"), ["https://a.example/k%C3%B6ln"]),
        (f"\ufeff{X}\r\nno url\r\n  {Y}  \r\nhttps://a.example/a b\r\n", [X, Y]),
        ("<html><a href='https://a.example/'>Home</a></html>", []),
        ("", []),
        (b"\x89PNG\r\n\x1a\n\0\0", []),
    ],
)  # fmt: skip
def test_sitemaps_are_read_as_they_come(body, expected):
    assert list(read(body).locations) == expected
    assert not read(body).index


def test_an_index_lists_sitemaps():
    index = read(
        f"{HEAD}<sitemapindex><sitemap><loc>{X}</loc></sitemap><sitemap><loc>{Y}</loc></sitemap></sitemapindex>"
    )
    assert index == Sitemap(index=True, locations=(X, Y))


def test_feeds_list_their_items_and_not_themselves():
    rss = (
        f"{HEAD}<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Jobs</title><link>https://a.example/</link>"
        f"<atom:link href='https://a.example/feed' rel='self'/><item><title>One</title><link>{X}</link>"
        f"<media:thumbnail url='https://a.example/1.png'/></item><item><link><![CDATA[{Y}]]></link></item></channel></rss>"
    )
    assert read(rss) == Sitemap(locations=(X, Y))
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><link href='https://a.example/'/><entry><link rel='edit' href='{Z}'/>"
        f'<link href=\'{X}\'/></entry><entry><link href="{Y}?a=1&amp;b=2" rel="alternate"/></entry></feed>'
    )
    assert read(atom) == Sitemap(locations=(X, f"{Y}?a=1&b=2"))
    rdf = f"<rdf:RDF><channel><link>https://a.example/</link></channel><item rdf:about='{X}'><link>{X}</link></item></rdf:RDF>"
    assert read(rdf) == Sitemap(locations=(X,))


def test_fifty_thousand_urls_are_read_and_no_more():
    urls = [f"https://a.example/jobs/{number:06}?from=sitemap" for number in range(MAX_LOCATIONS + 10)]
    body = urlset(*urls).encode()
    assert list(read(body).locations) == urls[:MAX_LOCATIONS]
    assert read(gzip.compress(body)) == read(body)
    assert len(read("\n".join(urls)).locations) == MAX_LOCATIONS


def test_packed_sitemaps_are_unpacked_within_bounds():
    packed = gzip.compress(urlset(X, Y).encode())
    assert list(read(packed).locations) == [X, Y]
    assert read(b"\x1f\x8bbroken").locations == ()
    assert read(gzip.compress(packed)).locations == (), "packed twice is no sitemap"
    cut = gzip.compress(urlset(*(f"https://a.example/{number}" for number in range(9_000))).encode())[:-2_000]
    assert 100 < len(read(cut).locations) < 9_000
    assert read(gzip.compress(b" " * 10 * MAX_UNPACKED + urlset(X).encode())).locations == ()


def test_entities_are_not_expanded_and_no_file_is_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://a.example/secret")
    external = (
        f'{HEAD}<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}">]><urlset><loc>&x;</loc><loc>{X}</loc></urlset>'
    )
    assert list(read(external).locations) == [X]
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'{HEAD}<!DOCTYPE urlset [<!ENTITY l0 "ha">{levels}]><urlset><loc>{X}?&l11;</loc></urlset>'
    assert list(read(laughs).locations) == [f"{X}?&l11;"]


HOSTILE = {
    "unclosed comments": "<urlset>" + "<!--" * 500_000,
    "unclosed CDATA": "<urlset>" + "<loc><![CDATA[" * 200_000,
    "unclosed elements": "<urlset>" + "<loc>" * 400_000,
    "nested elements": "<urlset>" + "<url>" * 400_000,
    "attributes": "<urlset " + "a='1' " * 300_000 + ">",
    "one long tag": "<link " * 300_000,
    "white space": "<urlset><loc>" + " " * 2_000_000,
    "white space and CDATA": "<urlset>" + ("<loc>" + " " * 9_000) * 200,
    "ampersands": "<urlset><loc>https://a.example/" + "&" * 2_000_000 + "</loc>",
    "prefixes": "<urlset>" + "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 40_000,
    "lines of text": "https://a.example/" * 100_000,
}


@pytest.mark.timeout(60)  # a scan that is not linear takes many minutes
@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_takes_longer_than_its_size_is_worth(name):
    assert len(read(HOSTILE[name]).locations) <= 1


def test_robots_txt_names_sitemaps_within_bounds():
    text = f"Sitemap: {X}.xml\nUser-agent: *\n sitemap:{Y}.xml # x\nSitemap: {X}.xml\n"
    assert sitemaps_named(text) == [f"{X}.xml", f"{Y}.xml"]
    assert len(sitemaps_named("".join(f"Sitemap: {X}{number}\n" for number in range(5_000)))) == MAX_NAMED
