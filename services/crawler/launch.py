"""How Chromium is started: by which driver, with which options, and which of them are not the operator's to change.

The driver is a setting: any importable module that offers Playwright's `async_playwright`. So are further options for
Chromium. What keeps a page's scripts away from the crawler's own network stays in force whatever they are.
"""

import asyncio
import importlib
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright import async_api
from playwright.async_api import Browser as Chromium
from playwright.async_api import Playwright

from quiethire.domain.errors import InvalidInput

STOP_TIMEOUT = 10.0
"""Seconds that the driver may take to stop its browser; what is left of both is killed then."""

_CHEAP = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--mute-audio",
    # Not even asked for: Playwright's routes would cost a round trip for every request of every kind.
    "--disable-remote-fonts",
    "--blink-settings=imagesEnabled=false",
)
_GUARD = (
    # Nothing leaves but through the proxy: no names are resolved here, loopback is no exception, WebRTC sends no UDP.
    "--disable-quic",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_OTHER_PROXIES = ("--no-proxy-server", "--proxy-pac-url", "--proxy-auto-detect")
"""Options that Chromium heeds before `--proxy-server`."""
_REFUSED = re.compile(
    r"--(?:no-proxy-server|proxy-.*|.*host-resolver-rules|host-rules|dns-.*|.*webrtc.*|.*quic.*"
    r"|remote-debugging-.*|remote-allow-origins|user-data-dir|profile-directory|.*extension.*|load-.*|app|app-id"
    r"|ignore-certificate-errors.*|allow-insecure-localhost|single-process|utility-.*|renderer-cmd-prefix|.*launcher)"
)
"""Names of options that would lead past the guard: around the proxy, to other addresses, by UDP, without TLS's checks,
through extensions, whose workers are their own, or that would let others drive the browser."""
_OPTION = re.compile(r"(--[a-z0-9][a-z0-9-]*)(?:=.*)?", re.DOTALL)


@dataclass(frozen=True)
class Driver:
    """A module that is used as Playwright is. Its errors may be classes of its own."""

    async_playwright: Callable[[], AbstractAsyncContextManager[Playwright]]
    errors: tuple[type[Exception], ...]
    timeouts: tuple[type[Exception], ...]
    """TimeoutError, and the driver's own."""

    @classmethod
    def named(cls, module: str) -> "Driver":
        """Import it. Raises InvalidInput for what is no driver."""
        hint = "QUIETHIRE_BROWSER_DRIVER names an installed module that offers async_playwright"
        try:
            found: Any = importlib.import_module(module)
        except (ImportError, ValueError, TypeError) as error:
            raise InvalidInput(
                f"no such driver: {error}", where="QUIETHIRE_BROWSER_DRIVER", hint=hint, kind="browser_driver"
            ) from error
        if not callable(getattr(found, "async_playwright", None)):
            raise InvalidInput(
                f"{module} is no driver", where="QUIETHIRE_BROWSER_DRIVER", hint=hint, kind="browser_driver"
            )
        return cls(
            found.async_playwright,
            (async_api.Error, getattr(found, "Error", async_api.Error)),
            (TimeoutError, async_api.TimeoutError, getattr(found, "TimeoutError", async_api.TimeoutError)),
        )


@dataclass(frozen=True)
class Launch:
    """A driver and checked options."""

    driver: Driver
    arguments: tuple[str, ...] = ()

    @classmethod
    def of(cls, driver: str, arguments: Iterable[str]) -> "Launch":
        """Raises InvalidInput for what is no driver and for options that would switch the guard off."""
        return cls(Driver.named(driver), tuple(_checked(argument) for argument in arguments))

    async def start(self, playwright: Playwright, executable: Path, proxy: str) -> Chromium:
        """Start Chromium; `proxy` is the vetting proxy's address. Of an option that is given twice the last counts."""
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        return await playwright.chromium.launch(
            executable_path=executable,
            args=[*_CHEAP, *self.arguments, *_GUARD, *(["--no-sandbox"] if root else [])],
            chromium_sandbox=not root,
            proxy={"server": f"http://{proxy}"},
            handle_sigint=False,  # Signals are the process's own affair; it closes us.
            handle_sigterm=False,
            handle_sighup=False,
        )


@asynccontextmanager
async def driving(driver: Driver) -> AsyncIterator[Playwright]:
    """A driver. One that has died, or does not stop, must not keep us from ending what it leaves behind."""
    manager = driver.async_playwright()
    playwright = await manager.__aenter__()
    try:
        yield playwright
    finally:
        with suppress(TimeoutError, *driver.errors):
            async with asyncio.timeout(STOP_TIMEOUT):
                await manager.__aexit__(None, None, None)


def unguarded(command_line: Iterable[str], proxy: str) -> list[str]:
    """Which of the guard's options a running Chromium does not keep to, whatever its driver made of them."""
    in_force = {argument.partition("=")[0]: argument for argument in command_line}  # the last of a name counts
    demanded = (*_GUARD, f"--proxy-server=http://{proxy}")
    left_out = [option for option in demanded if in_force.get(option.partition("=")[0]) != option]
    return left_out + [option for option in _OTHER_PROXIES if option in in_force]


def _checked(argument: str) -> str:
    option = _OPTION.fullmatch(argument)
    if option is None:
        raise InvalidInput(
            f"{argument[:100]!r} is no option of Chromium",
            where="QUIETHIRE_BROWSER_ARGS",
            hint="a JSON list of options such as --window-size=1280,800",
            kind="browser_args",
        )
    if _REFUSED.fullmatch(option.group(1)):
        raise InvalidInput(
            f"{option.group(1)} would lead past the guard",
            where="QUIETHIRE_BROWSER_ARGS",
            hint="leave it out: the vetting proxy, TLS's checks and WebRTC's silence stay in force",
            kind="browser_args",
        )
    return argument
