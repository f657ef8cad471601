"""What one fetch did, hop by hop, for people and for machines."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field
from rich.markup import escape

from quiethire.cli.output import data, plain
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import PageRef
from quiethire.domain.result import Problem
from services.crawler.steps import Step


class Hop(Model):
    """One request on the way to the page. Times are in seconds; None where that was not done."""

    url: str
    allowed: bool
    """By the guard."""
    addresses: tuple[str, ...] = ()
    """Looked up and checked; the connection went to the first that answered. None: a connection was there already."""
    robots: dict[str, Any] | None = None
    """`allowed`, `rule` (the deciding line), `source` (file, missing, unreachable), `crawl_delay`, `seconds`."""
    waited: float | None = None
    """For the host's sake, and for a free slot."""
    lookup: float | None = None
    connect: float | None = None
    tls: float | None = None
    answer: float | None = None
    """From the request to the last byte of the body; with a connection made for it, if one was."""
    status: int | None = None
    size: int | None = None
    """Bytes of the decoded body; 0 for a redirect, whose body is not read."""


class Report(Model):
    """The whole of it."""

    url: str
    final_url: str | None = None
    way: str
    """archive, http or browser; none where nothing was fetched."""
    why: str
    status: int | None = None
    content_type: str | None = None
    size: int | None = None
    """Bytes of the page."""
    content_hash: str | None = None
    screenshot: str | None = None
    """The file that it was saved in."""
    hops: tuple[Hop, ...]
    render: float | None = None
    """Seconds in the browser."""
    seconds: float
    error: Problem | None = None
    cause: QuietHireError | None = Field(None, exclude=True)

    model_config = {"arbitrary_types_allowed": True}

    @classmethod
    def fetched(
        cls, url: str, steps: Sequence[Step], ref: PageRef, why: str, screenshot: Path | None = None
    ) -> "Report":
        """Of a page that came."""
        return cls(
            url=url,
            final_url=ref.final_url,
            way="archive" if ref.from_archive else ref.via.value,
            why=why,
            status=ref.status,
            content_type=ref.content_type,
            size=ref.size,
            content_hash=ref.content_hash,
            hops=_hops(steps),
            screenshot=None if screenshot is None else str(screenshot),
            render=_seconds(steps, "render"),
            seconds=_total(steps),
        )

    @classmethod
    def refused(cls, url: str, steps: Sequence[Step], error: QuietHireError) -> "Report":
        """Of one that did not."""
        return cls(
            url=url,
            way="none",
            why=f"{error.kind}: {error.detail}",
            hops=_hops(steps),
            render=_seconds(steps, "render"),
            seconds=_total(steps),
            error=Problem.of(error, url),
            cause=error,
        )


def _hops(steps: Sequence[Step]) -> tuple[Hop, ...]:
    """Each begins with the guard's look at its URL."""
    starts = [place for place, step in enumerate(steps) if step.name == "guard"]
    return tuple(_hop(steps[start:end]) for start, end in zip(starts, [*starts[1:], len(steps)], strict=True))


def _hop(steps: Sequence[Step]) -> Hop:
    asked = next((place for place, step in enumerate(steps) if step.name == "robots"), len(steps))
    # What comes before the verdict of robots.txt was done to fetch that file, mostly over the same connection.
    page = steps[asked + 1 :]
    request, answer = _seconds(page, "request"), _seconds(page, "answer")
    facts = next((step.facts for step in page if step.name == "answer"), {})
    return Hop(
        url=steps[0].where,
        allowed=all(step.error is None for step in steps if step.name in ("guard", "lookup")),
        addresses=tuple(dict.fromkeys(address for step in steps for address in step.addresses)),
        robots=_robots(steps[asked]) if asked < len(steps) else None,
        waited=round(max(request - answer, 0.0), 4) if request is not None and answer is not None else None,
        lookup=_seconds(steps, "lookup"),
        connect=_seconds(steps, "connect"),
        tls=_seconds(steps, "tls"),
        answer=answer,
        status=_number(facts.get("status")),
        size=_number(facts.get("bytes")),
    )


def _robots(step: Step) -> dict[str, Any]:
    allowed = step.error is None
    reason = {} if step.error is None else {"reason": step.error.detail}
    return {"allowed": allowed, **step.facts, **reason, "seconds": round(step.seconds, 4)}


def _seconds(steps: Iterable[Step], name: str) -> float | None:
    found = [step.seconds for step in steps if step.name == name]
    return round(sum(found), 4) if found else None


def _total(steps: Iterable[Step]) -> float:
    return round(sum(step.seconds for step in steps if step.name in ("guard", "robots", "request", "render")), 4)


def _number(fact: object) -> int | None:
    return fact if isinstance(fact, int) else None


def print_report(report: Report) -> None:
    """One block a hop, then the outcome."""
    for number, hop in enumerate(report.hops, 1):
        data.print(f"  {number}  {plain(hop.url)}", markup=False, soft_wrap=True)
        for name, said, seconds in _lines(hop):
            data.print(
                f"     {name:<10}{plain(said):<48}{_time(seconds):>10}", style="dim", markup=False, soft_wrap=True
            )
    if report.render is not None:
        data.print(f"     {'render':<10}{'':<48}{_time(report.render):>10}", style="dim", markup=False)
    if report.error is None:
        kind = (report.content_type or "").partition(";")[0] or "no content type"
        data.print(
            f"  [green]✓[/] {report.way}   {report.status} {escape(plain(kind))}, {report.size:,} bytes   {_time(report.seconds)}"
        )
        data.print(f"    {report.way}: {plain(report.why)}", style="dim", markup=False, soft_wrap=True)
        if report.screenshot is not None:
            data.print(f"    screenshot: {report.screenshot}", style="dim", markup=False, soft_wrap=True)


def _lines(hop: Hop) -> Iterable[tuple[str, str, float | None]]:
    yield "guard", f"allowed {', '.join(hop.addresses)}".strip() if hop.allowed else "refused", hop.lookup
    if hop.robots is not None:
        yield "robots", _said(hop.robots), hop.robots["seconds"]
    if hop.waited is not None:
        yield "waited", "for the host's sake", hop.waited
    if hop.connect is not None:
        yield "connect", "", hop.connect
    if hop.tls is not None:
        yield "TLS", "", hop.tls
    if hop.answer is not None:
        size = f", {hop.size:,} bytes" if hop.size else ""
        yield "answer", f"{hop.status or 'not whole'}{size}", hop.answer


def _said(robots: dict[str, Any]) -> str:
    if not robots["allowed"]:
        return f"refused: {robots['reason']}"
    rule = robots["rule"] or ("no file" if robots["source"] == "missing" else "no rule")
    delay = f", Crawl-delay {robots['crawl_delay']:g} s" if robots["crawl_delay"] else ""
    return f"allowed: {rule}{delay}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
