"""What the cached search is held against: `python -m benchmarks.bare_route PORT` answers one FastAPI route with the bytes on stdin."""

import sys

import uvicorn
from fastapi import FastAPI, Response


def main(port: int) -> None:
    """Serve until the process is ended."""
    body = sys.stdin.buffer.read()
    app = FastAPI()

    @app.get("/api/v1/search")
    async def search() -> Response:
        return Response(body, media_type="application/json")

    uvicorn.run(app, port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
