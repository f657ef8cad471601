"""`quiethire fetch`: what the crawler does with one URL, and why."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from quiethire.cli.output import data, fail, print_json, run, settings
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.urls import parse_url
from quiethire.processes import DONE, FAILED, WRONG_USE
from quiethire.settings import Settings

if TYPE_CHECKING:
    from services.crawler.crawler import Crawler

# The guard's verdict takes none of what a fetch takes: a browser's driver, an HTTP client, the platform's clients.


def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page, a feed, a posting: http or https.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only the guard's verdict: may this URL be fetched at all?")
    ] = False,
    screenshot: Annotated[
        Path | None,
        typer.Option("--screenshot", metavar="FILE", help="Save what the browser shows, without images, as a PNG."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Fetch one URL as the crawler does, and show each step: guard, robots.txt, waiting, connection, redirects, the way.

    The page goes into the archive of the platform that runs on this data directory, whose pace of requests is kept
    too; without one, nothing is kept and no server is needed.

        quiethire fetch https://northwind.example/careers
        quiethire fetch https://northwind.example/careers --json | jq .hops

    --screenshot saves a picture beside that, where there is a browser.

        quiethire fetch https://northwind.example/careers --screenshot careers.png

    With --dry-run no request is made: names are looked up and every address is checked, addresses are only checked.
    {"allowed", "reason", "kind", "hint", "host", "port", "addresses"}; "kind" is a stable word for the reason.

        quiethire fetch http://169.254.169.254/ --dry-run --json

    Exit codes: 0 fetched (with --dry-run: judged, either way), 1 not fetched, 2 wrong use.
    """
    if dry_run and screenshot is not None:
        raise typer.BadParameter("--dry-run makes no request, so there is nothing to show", param_hint="--screenshot")
    run(_judge(url, settings(), json=json) if dry_run else _fetch(url, settings(), screenshot, json=json))


# --- the guard alone ---


async def _judge(url: str, chosen: Settings, *, json: bool) -> int:
    verdict = await _verdict(url, chosen)
    if json:
        print_json(verdict)
        return DONE
    mark = "[green]✓[/] allowed" if verdict["allowed"] else "[red]✗[/] refused"
    data.print(f"  {mark}   {escape(verdict['host'] or '')}")
    data.print(f"    {verdict['reason']}", markup=False, soft_wrap=True)
    if verdict["hint"]:
        data.print(f"    try: {verdict['hint']}", style="dim", markup=False, soft_wrap=True)
    for address in verdict["addresses"]:
        data.print(f"    {address} port {verdict['port']}", style="dim", markup=False)
    return DONE


async def _verdict(url: str, chosen: Settings) -> dict[str, Any]:
    from services.crawler.guard import Guard, port_of  # noqa: PLC0415 - see above
    from services.crawler.steps import listening  # noqa: PLC0415 - see above

    verdict: dict[str, Any] = {"url": url, "allowed": False, "host": None, "port": None, "addresses": []}
    with listening() as steps:
        try:
            parsed = parse_url(url)
            verdict.update(host=parsed.hostname, port=port_of(parsed))
            guard = Guard(chosen.host_map, ports=chosen.fetch_ports)
            guard.check_url(parsed)
            route = await guard.route(parsed.hostname, port_of(parsed))
        except QuietHireError as error:
            looked_up = [address for step in steps for address in step.addresses]
            verdict.update(addresses=looked_up, kind=error.kind, reason=error.detail, hint=error.hint)
            return verdict
    mapped = guard.mapped(parsed.hostname) is not None
    reason = "mapped by QUIETHIRE_HOST_MAP" if mapped else "every address is public"
    verdict.update(allowed=True, port=route.port, addresses=list(route.addresses))
    return {**verdict, "kind": "mapped" if mapped else "public", "reason": reason, "hint": ""}


# --- the whole way ---


async def _fetch(url: str, chosen: Settings, screenshot: Path | None, *, json: bool) -> int:
    from quiethire.cli.fetch_report import Report, print_report  # noqa: PLC0415 - see above
    from quiethire.domain.page import FetchSpec, Render  # noqa: PLC0415 - see above
    from services.crawler.steps import listening  # noqa: PLC0415 - see above

    # The report says all that the log would say.
    logging.getLogger("services.crawler").addHandler(logging.NullHandler())
    parse_url(url)
    spec = FetchSpec(url=url, render=Render.AUTO)
    async with _opened(chosen) as crawler:
        with listening() as steps:
            try:
                traced = await crawler.fetch_traced(spec)
                if screenshot is not None:
                    await _save(screenshot, await crawler.screenshot(traced.ref.final_url))
            except QuietHireError as error:
                report = Report.refused(url, steps, error)
            else:
                report = Report.fetched(url, steps, traced.ref, traced.trace.why, screenshot)
    if json:
        print_json(report)
    else:
        print_report(report)
        if report.cause is not None:
            fail(report.cause)
    if report.cause is None:
        return DONE
    return WRONG_USE if isinstance(report.cause, InvalidInput) and report.cause.kind == "invalid_url" else FAILED


async def _save(file: Path, picture: bytes) -> None:
    try:
        await asyncio.to_thread(file.write_bytes, picture)
    except OSError as error:
        raise InvalidInput(
            error.strerror or "cannot be written", where=str(file), hint="name a file in a folder that is there"
        ) from error


@asynccontextmanager
async def _opened(chosen: Settings) -> AsyncIterator["Crawler"]:
    """The crawler of the platform that runs on the data directory, else one with an archive that ends with the command."""
    from quiethire.clients import open_shared_crawler  # noqa: PLC0415 - see above
    from quiethire.registry import open_registry  # noqa: PLC0415 - see above
    from quiethire.stack.running import use  # noqa: PLC0415 - see above
    from quiethire.storage.pages.memory import MemoryPageArchive  # noqa: PLC0415 - see above

    with use(chosen.data_path) as running:
        if running is None:
            async with open_shared_crawler(chosen, MemoryPageArchive()) as crawler:
                yield crawler
            return
        shared = running.apply(chosen)
        async with open_registry(shared) as registry, open_shared_crawler(shared, registry.archive) as crawler:
            yield crawler
