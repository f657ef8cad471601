"""Under which other URLs the archive may hold a page."""

import ada_url

from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import parse_url


def twins(spec: FetchSpec) -> list[FetchSpec]:
    """What else may answer offline: where most redirects lead, since an import knows final URLs, and what it names."""
    if spec.method != "GET":
        return []
    asked = parse_url(spec.url)
    redirects = (_other_scheme(asked), _other_slash(asked), _other_slash(parse_url(_other_scheme(asked))))
    forms = (*redirects, *spec.archived_as)
    return [spec.model_copy(update={"url": form}) for form in forms]


def _other_scheme(url: ada_url.URL) -> str:
    other = ada_url.URL(url.href)
    other.protocol = "https:" if url.protocol == "http:" else "http:"
    return str(other.href)


def _other_slash(url: ada_url.URL) -> str:
    other = ada_url.URL(url.href)
    other.pathname = url.pathname.rstrip("/") if url.pathname.endswith("/") else f"{url.pathname}/"
    return str(other.href)
