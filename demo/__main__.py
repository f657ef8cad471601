"""`python -m demo --port N --day D`: serve the demo web until told to stop."""

import argparse
import json
import sys

import uvicorn

from demo.web import create_app, host_map


def main() -> None:
    """Serve on 127.0.0.1."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8099, help="port on 127.0.0.1 (default 8099)")
    parser.add_argument("--day", type=int, default=1, help="day of the demo web, from 1 (default 1)")
    given = parser.parse_args()
    if given.day < 1:
        parser.error("--day counts from 1")
    sys.stderr.write(f"QUIETHIRE_HOST_MAP='{json.dumps(host_map(given.port))}'\n")
    uvicorn.run(create_app(given.day), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
