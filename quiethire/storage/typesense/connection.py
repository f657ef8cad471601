"""How the Typesense server is spoken to: its client without retries of its own, and its errors as ours."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx
from typesense.async_.api_call import AsyncApiCall
from typesense.configuration import Configuration
from typesense.exceptions import (
    ConfigError,
    ObjectAlreadyExists,
    ObjectNotFound,
    ObjectUnprocessable,
    RequestForbidden,
    RequestMalformed,
    RequestUnauthorized,
    TypesenseClientError,
)

from quiethire.domain.errors import Gone, Permanent, Transient
from quiethire.domain.search import INDEX_SLOW

LOOK_TIMEOUT = httpx.Timeout(3.0, connect=1.0)
"""Of one look at how the server is."""

WRITE_TIMEOUT = httpx.Timeout(60.0, connect=3.0)


def api(url: str, api_key: str, http: httpx.AsyncClient) -> AsyncApiCall:
    """The client without retries of its own: activities retry, and searches degrade.

    Its parts are used one by one: the objects that hold them all build deprecated parts too, which warn.
    """
    return AsyncApiCall(Configuration({"nodes": [url], "api_key": api_key, "num_retries": 0}), http)


@asynccontextmanager
async def typesense_errors() -> AsyncIterator[None]:
    """Whatever the client raises, as an error of our tree."""
    try:
        yield
    except (RequestUnauthorized, RequestForbidden, ConfigError) as error:
        raise Permanent(
            "the API key is refused", where="typesense", hint="check QUIETHIRE_TYPESENSE_API_KEY"
        ) from error
    except ObjectNotFound as error:
        raise Gone("no such collection", where="typesense", hint="has the index been built?") from error
    except (RequestMalformed, ObjectUnprocessable, ObjectAlreadyExists) as error:
        raise Permanent(str(error)[:500], where="typesense") from error
    except (httpx.ReadTimeout, httpx.PoolTimeout) as error:
        raise Transient("no answer in time", where="typesense", kind=INDEX_SLOW) from error
    except (TypesenseClientError, httpx.TransportError, aiohttp.ClientError, json.JSONDecodeError) as error:
        detail = f"out of reach or overloaded: {type(error).__name__} {error}"
        raise Transient(detail[:500].rstrip(), where="typesense", hint="is the server running?") from error
    except TimeoutError as error:  # aiohttp's for the whole; those of connecting are ClientErrors.
        raise Transient("no answer in time", where="typesense", kind=INDEX_SLOW) from error
