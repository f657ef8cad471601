"""Questions to a page that its own scripts cannot bend: they are asked in a JavaScript world of their own.

Such a world sees the page's DOM, and neither its variables nor elements that are named as a document's properties are.
Playwright's `evaluate` runs among the page's scripts, which may have replaced whatever it uses, and may so answer with more
than our memory holds.
"""

import asyncio
from typing import Any

from playwright.async_api import CDPSession


class IsolatedWorld:
    """The world that is ours in a tab's main frame. Every document gets a new one."""

    def __init__(self, session: CDPSession, frame: str, crashed: asyncio.Event, error: type[Exception]) -> None:
        """`crashed` is set when the tab's process ends, which `error` tells of."""
        self._session = session
        self._frame = frame
        self._crashed = crashed
        self._error = error

    async def call(self, function: str, argument: float) -> Any:  # noqa: ANN401 - whatever JSON the function gives
        """What a JavaScript function gives, or the promise that it returns. None where it throws.

        Raises the driver's error where the tab crashes: whoever asks what is gone would wait for ever.
        """
        asking = asyncio.ensure_future(self._ask(function, argument))
        crash = asyncio.ensure_future(self._crashed.wait())
        try:
            await asyncio.wait((asking, crash), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise self._error("the tab crashed")
            return asking.result()
        finally:
            asking.cancel()
            crash.cancel()

    async def _ask(self, function: str, argument: float) -> Any:  # noqa: ANN401
        world = await self._session.send("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "quiethire"})
        answer = await self._session.send(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": function,
                "arguments": [{"value": argument}],
                "executionContextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        return answer["result"].get("value") if "exceptionDetails" not in answer else None
