"""The port of a service that the operator chose: an address of the settings that takes JSON and answers JSON."""

from collections.abc import Mapping
from typing import Any, Protocol


class JsonEndpoint(Protocol):
    """One such service."""

    where: str
    """Its host, to be told in errors; it never holds a key."""

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The answer to this body at this path below its address.

        Raises Transient where it did not answer in time or may do so later, Permanent where it refuses.
        """
        ...
