"""What `quiethire match` sends of a résumé: what is scored, and nothing that tells who it is of."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from typer.testing import CliRunner

from quiethire.cli import _app, match
from services.api.people.profile_matches import GivenProfile

HELD = {"name": "Northwind", "startDate": "2019-03", "summary": "All of it in Skill 0."}
WORK = [{"position": f"Engineer {number}", **HELD} for number in range(15)]
RESUME = {
    "basics": {"name": "Grace Hopper", "email": "grace@example.com", "phone": "+44 20 7946 0000", "label": "Engineer"},
    "work": WORK,
    "education": [{"institution": "Vassar", "endDate": "1928"}],
    "skills": [{"name": f"Skill {number}"} for number in range(90)],
}


def test_a_profile_holds_what_is_scored_and_no_more_of_it_than_the_api_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent: list[bytes] = []
    api = FastAPI()

    @api.post("/api/v1/matches/profile")
    async def matches(request: Request) -> dict[str, Any]:
        sent.append(await request.body())
        return {"considered": 0, "matches": [], "hidden": [], "hidden_counts": {}}

    @asynccontextmanager
    async def gateway(*_: object, **__: object) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://gateway") as client:
            yield client

    monkeypatch.setattr(match, "open_api", gateway)
    monkeypatch.setenv("QUIETHIRE_DATA_DIR", str(Path(tempfile.gettempdir()) / "quiethire-test-data"))
    (tmp_path / "ada.json").write_text(json.dumps(RESUME))
    ended = CliRunner().invoke(_app(["match"]), ["match", str(tmp_path / "ada.json")])
    assert ended.exit_code == 0, ended.output
    (body,) = sent
    given = GivenProfile.model_validate_json(body)
    assert (len(given.titles), len(given.skills), given.text) == (10, 60, "")
    assert list(given.skill_years) == ["Skill 0"]
    assert given.skill_years["Skill 0"] > 7
    assert not [word for word in (b"Hopper", b"grace@", b"7946", b"Vassar", b"1928", b"Northwind") if word in body]
