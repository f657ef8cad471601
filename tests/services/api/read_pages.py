"""Pages as a test reads them."""

import httpx
from selectolax.lexbor import LexborHTMLParser

HTML = {"Accept": "text/html"}


async def tree(client: httpx.AsyncClient, url: str, status: int = 200, **params: object) -> LexborHTMLParser:
    """The page at an address, to which links may lead on."""
    response = await client.get(url, params=params or None, headers=HTML, follow_redirects=True)  # type: ignore[arg-type]
    assert response.status_code == status, response.text
    return LexborHTMLParser(response.text)


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def values(page: LexborHTMLParser, selector: str) -> list[str | None]:
    return [node.attributes.get("value") for node in page.css(selector)]


def chips(page: LexborHTMLParser) -> dict[str, str | None]:
    """Label → where it is taken away."""
    return {link.css_first("bdi").text(): link.attributes["href"] for link in page.css(".chips a") if link.css("bdi")}
