"""Starts the stack on the directory given, prints where it is as one JSON line, and holds it until it is stopped."""

import asyncio
import json
import signal
import sys
from pathlib import Path

from quiethire.settings import Settings
from quiethire.stack.stack import start_stack


async def hold(data_dir: Path) -> None:
    async with start_stack(Settings(data_dir=data_dir), durable=False) as (supervisor, running):
        json.dump({"pids": supervisor.pids, "running": running.model_dump(mode="json")}, sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()
        await supervisor.wait()


if __name__ == "__main__":
    # Shells that start tests in the background have Ctrl-C ignored by whatever comes of them: here it is what ends this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(hold(Path(sys.argv[1])))
