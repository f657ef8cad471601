"""A service that is served alone tells those who watch it as much as worker and API do."""

import httpx
import pytest

from quiethire.platform.faces import FACES
from quiethire.settings import Settings
from quiethire.storage.postgres import migrate


@pytest.mark.parametrize(("service", "needs"), [("proxy", []), ("crawler", ["postgresql"])])
async def test_it_tells_whether_it_answers_whether_it_is_ready_and_its_metrics(service, needs, postgres_dsn, tmp_path):
    await migrate(postgres_dsn)
    open_face, _ = FACES[service]
    settings = Settings(data_dir=tmp_path, postgres_dsn=postgres_dsn, browser=False)
    async with (
        open_face(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://face") as client,
    ):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, [each["name"] for each in ready.json()["dependencies"]]) == (200, needs)
        assert "quiethire_" in (await client.get("/metrics")).text
