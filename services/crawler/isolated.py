"""Questions to a page that its own scripts cannot bend: they are asked in a JavaScript world of their own.

Such a world sees the page's DOM, and neither its variables nor elements that are named as a document's properties are.
Playwright's `evaluate` runs among the page's scripts, which may have replaced whatever it uses, and may so answer with more
than our memory holds.
"""

from typing import Any

from playwright.async_api import CDPSession


class IsolatedWorld:
    """The world that is ours in a tab's main frame. Every document gets a new one."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._session = session
        self._frame = frame

    async def call(self, function: str, argument: float) -> Any:  # noqa: ANN401 - whatever JSON the function gives
        """What a JavaScript function gives, or the promise that it returns. None where it throws."""
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
