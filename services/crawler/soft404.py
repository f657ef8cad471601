"""Pages that say "not found" with a 200: told by what the host answers to an address that cannot exist.

The probe is made where it is needed (a page came whole, and carries no marked-up posting), once a day for each host, and
its answer is shared by all workers. A page is gone where it is what the probe got: the same place after a redirect, or
all words of the not-found page and hardly another. Script shells are never judged: there every page looks like every other.
"""

import asyncio
import logging
import re
import time
from datetime import timedelta
from uuid import uuid4

from quiethire.domain.base import Model
from quiethire.domain.errors import Blocked, Gone, Permanent, QuietHireError, Throttled, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef, Render
from quiethire.domain.ports import Cache, Fetcher, PageArchive
from quiethire.domain.urls import canonical_url, host_of, parse_url
from services.crawler.shell import is_script_shell, visible_texts

TTL = timedelta(days=1)
READ = 200_000
"""Bytes of a page whose words are compared."""
MAX_WORDS = 5_000
"""Distinct words that are kept of a not-found page; a longer one is no pattern to judge by."""
LEAST_WORDS = 2
NEW_WORDS = 8
"""A posting has more words than this that the not-found page of its host lacks."""
MAX_HOSTS = 2_000
KEPT = 3_600.0
"""Patterns that a process keeps, and for how many seconds; the oldest go first."""

_WORD = re.compile(r"[^\W\d_]{2,30}")
_MARKED = b"JobPosting"

logger = logging.getLogger(__name__)


class NotFoundPage(Model):
    """How a host answers for what does not exist. `words` is empty where it says so honestly, or cannot be judged."""

    redirected_to: str | None = None
    """Canonical URL where the probe ended, if that is elsewhere."""
    words: frozenset[str] = frozenset()


class SoftNotFound:
    """Tells whether a page that came is the host's not-found page."""

    def __init__(self, fetcher: Fetcher, archive: PageArchive, cache: Cache) -> None:
        self._fetcher = fetcher
        self._archive = archive
        self._cache = cache
        self._known: dict[str, tuple[float, asyncio.Task[NotFoundPage]]] = {}

    async def check(self, ref: PageRef) -> None:
        """Raise Gone `soft_404` for a page that says it is not there. A host that cannot be probed is believed."""
        if "html" not in ref.content_type.lower():
            return
        body = (await self._archive.get(ref.content_hash))[:READ]
        if _MARKED in body or _is_shell(ref, body):
            return
        pattern = await self._pattern(ref)
        if _is_like(ref, body, pattern):
            hint = "the host answers 200 for pages that do not exist"
            raise Gone("says that it is not there", where=ref.url, hint=hint, kind="soft_404")

    async def _pattern(self, ref: PageRef) -> NotFoundPage:
        host, now = host_of(ref.url), time.monotonic()
        since, task = self._known.get(host, (now - KEPT, None))
        if task is None or now - since >= KEPT or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(self._find(host, ref.url))
            self._known.pop(host, None)
            self._known[host] = (now, task)
            if len(self._known) > MAX_HOSTS:
                del self._known[next(iter(self._known))]
        # Many pages wait for one probe; who stops waiting does not stop the others.
        return await asyncio.shield(task)

    async def _find(self, host: str, url: str) -> NotFoundPage:
        key = f"crawler:not_found:{host}"
        try:
            if (cached := await self._cache.get(key)) is not None:
                return NotFoundPage.model_validate_json(cached)
        except (QuietHireError, ValueError) as error:
            logger.warning("a host is probed anew: %s", error, extra={"host": host})
        try:
            pattern = await self._probe(url)
        except Throttled as error:
            logger.info("a host is probed later: %s", error, extra={"host": host, "kind": error.kind})
            self._known.pop(host, None)
            return NotFoundPage()
        except Transient as error:
            logger.info("a host could not be probed: %s", error, extra={"host": host, "kind": error.kind})
            return NotFoundPage()
        try:
            await self._cache.set(key, pattern.model_dump_json().encode(), TTL)
        except QuietHireError as error:
            logger.warning("the answer to a probe is not shared: %s", error, extra={"host": host})
        return pattern

    async def _probe(self, url: str) -> NotFoundPage:
        """Ask for what cannot exist, next to a page that does."""
        probe = probe_url(url)
        try:
            ref = await self._fetcher.fetch(FetchSpec(url=probe, accept="html", render=Render.AUTO, probe=True))
        except (Permanent, Blocked):
            return NotFoundPage()  # an honest host, or one that shows nothing
        body = (await self._archive.get(ref.content_hash))[:READ]
        end = canonical_url(ref.final_url)
        redirected_to = end if end != canonical_url(probe) else None
        words = _words(body) - _words(probe.rpartition("/")[2].encode())  # it may name what it does not find
        if _MARKED in body or _is_shell(ref, body) or not LEAST_WORDS <= len(words) <= MAX_WORDS:
            words = frozenset()
        return NotFoundPage(redirected_to=redirected_to, words=words)


def probe_url(url: str) -> str:
    """An address that cannot exist, in the folder of one that does."""
    parsed = parse_url(url)
    folder = str(parsed.pathname).rstrip("/").rpartition("/")[0]
    parsed.pathname = f"{folder}/{uuid4().hex}"
    parsed.search = ""
    parsed.hash = ""
    return str(parsed.href)


def _is_shell(ref: PageRef, body: bytes) -> bool:
    return ref.via is not FetchedVia.BROWSER and is_script_shell(body)


def _is_like(ref: PageRef, body: bytes, pattern: NotFoundPage) -> bool:
    end = canonical_url(ref.final_url)
    if pattern.redirected_to == end != canonical_url(ref.url):
        return True
    if not pattern.words:
        return False
    words = _words(body)
    # A short posting has few words of its own either, but it does not say that it is not there.
    return pattern.words <= words and len(words - pattern.words) <= NEW_WORDS


def _words(body: bytes) -> frozenset[str]:
    text = b" ".join(visible_texts(body)).decode("utf-8", "ignore")
    return frozenset(word.lower() for word in _WORD.findall(text))
