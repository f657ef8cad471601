"""Arguments of tools: those that there are not are refused, and what is wrong with one is told in our own words."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from quiethire.domain.error_words import did_you_mean, error_words, near_name

_MOST_TOLD = 5
"""Wrong arguments that one answer tells of."""


def strict_tool(call: Callable[..., Awaitable[Any]], *, title: str, annotations: ToolAnnotations) -> Tool:
    """A tool that refuses arguments it does not have, as its schema says too."""
    tool = Tool.from_function(call, title=title, annotations=annotations)
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool


class ToolServer(MCPServer[None]):
    """A server whose refusals of arguments say what is wrong, and what is allowed."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool by name. Raises ToolError."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            refused = error.__cause__
            if not isinstance(refused, ValidationError):
                raise
            (known,) = [list(tool.input_schema["properties"]) for tool in await self.list_tools() if tool.name == name]
            told = "; ".join(_words(entry, known) for entry in refused.errors()[:_MOST_TOLD])
            raise ToolError(f"{name}: {told}") from refused


def _words(error: Mapping[str, Any], known: Collection[str]) -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        near = near_name(where, known) or next((each for each in known if each.startswith(where)), None)
        return f"there is no argument {where[:60]}{did_you_mean(near) or '; there are ' + ', '.join(known)}"
    return f"{where} {error_words(error)}" if error["type"] == "missing" else f"{where}: {error_words(error)}"
