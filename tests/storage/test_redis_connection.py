"""What is wrong with a connection to Redis becomes an error of ours, on the event loop that the platform runs on."""

import asyncio

import pytest
import uvloop

from quiethire.domain.errors import Transient
from quiethire.storage.redis.connection import errors


async def _write_after_a_reset() -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.transport.abort()
        await writer.wait_closed()
        async with errors():
            writer.writelines([b"PING\r\n"])


def test_a_connection_that_was_reset_before_it_is_written_to_is_out_of_reach_and_no_defect():
    with pytest.raises(Transient, match="reset"):
        uvloop.run(_write_after_a_reset())


async def test_a_defect_stays_one():
    with pytest.raises(RuntimeError, match="a defect"):
        async with errors():
            raise RuntimeError("a defect")
