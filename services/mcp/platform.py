"""The platform's API as the tools ask it: JSON, or an error that says what to do."""

from collections.abc import Mapping
from typing import Any

import httpx
from mcp.server.mcpserver.exceptions import ToolError

_HINTS = {
    401: "set QUIETHIRE_OPERATOR_KEY to an API key of this platform",
    403: "the API key does not allow this",
    429: "wait, and ask again",
    503: "try again in a moment",
}


class Platform:
    """A running platform, asked over HTTP."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """The answer to a GET; parameters that are None or empty are left out. Raises ToolError."""
        given = {name: value for name, value in (params or {}).items() if value not in (None, "", ())}
        return await self._ask("GET", path, params=given)

    async def post(self, path: str, body: Mapping[str, Any], params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The answer to a POST. Raises ToolError."""
        return await self._ask("POST", path, params=params, json=body)

    async def _ask(self, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - what httpx takes
        try:
            response = await self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            where = str(self._http.base_url).rstrip("/")
            raise ToolError(
                f"The platform at {where} does not answer ({type(error).__name__}). Is it running? See: quiethire up"
            ) from error
        if not response.is_success:
            raise ToolError(_told(response))
        return response.json()


def _told(response: httpx.Response) -> str:
    """A problem (RFC 9457) in one sentence, with what to do about it where that is known."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or problem.get("title") or response.reason_phrase
    hint = _HINTS.get(response.status_code)
    return f"{detail} (try: {hint})" if hint else str(detail)
