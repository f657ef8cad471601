"""Somebody who opens the pages of matches without scripts, and the matches that they have."""

from uuid import UUID, uuid4

import httpx
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.candidate import Candidate, SkillLevel, Track
from quiethire.domain.matching import FactorScore, Hidden, Match, Matching
from services.api.people.candidates import new_key
from services.matching.factors.registry import FACTORS, points

VALUES = ((0.9, 0.5, 0.8, 1.0, None, 0.5), (0.6, 0.9, 0.7, None, None, 0.5), (0.7, 0.6, 0.9, 0.2, 1.0, 0.0))


class Browser:
    """A browser without scripts: it keeps cookies, and sends forms with the token that their page has."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = LexborHTMLParser("")

    async def open(self, path: str = "/matches", status: int = 200) -> httpx.Response:
        return self._shown(await self.client.get(path, headers={"Accept": "text/html"}), status)

    async def send(self, path: str, status: int = 303, files: object = None, **fields: object) -> httpx.Response:
        """Send a form of the page at hand, by way of which the browser is led on."""
        data = {"token": self.page.css_first("[name=token]").attributes["value"], **fields}
        answer = await self.client.post(path, data=data, files=files, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text[:2_000]
        if status == 303:
            return await self.open(answer.headers["Location"])
        return self._shown(answer, status)

    def text(self, selector: str = "main") -> str:
        return " ".join(self.page.css_first(selector).text().split())

    def fields(self, action: str) -> dict[str, object]:
        """What the form of this address would send as it is."""
        form = self.page.css_first(f'form[action="{action}"]')
        found: dict[str, object] = {}
        for node in form.css("input, textarea"):
            name, kind = node.attributes.get("name"), node.attributes.get("type")
            if not name or name == "token" or (kind == "checkbox" and "checked" not in node.attributes):
                continue
            found[name] = (
                node.text().removeprefix("\n") if node.tag == "textarea" else node.attributes.get("value") or "on"
            )
            if node.tag == "input" and kind != "checkbox":
                found[name] = node.attributes.get("value") or ""
        return found

    def _shown(self, answer: httpx.Response, status: int) -> httpx.Response:
        assert answer.status_code == status, answer.text[:2_000]
        assert answer.headers["Cache-Control"] == "no-store"
        self.page = LexborHTMLParser(answer.text)
        return answer


async def as_ada(browser: Browser, house, **changes: object) -> Candidate:
    """Sign in as somebody with a track."""
    track = Track(name="Data", titles=("Data Engineer",), skills={"Python": SkillLevel()})
    ada = Candidate.model_validate({"id": uuid4(), "name": "Ada", "tracks": (track,)} | changes)
    await house.candidates.save(ada)
    await matched(house, ada.id, [], [])
    await browser.open()
    await browser.send("/matches/key", key=await new_key(house, ada.id))
    return ada


def match_of(who: UUID, job: UUID, values: tuple[float | None, ...]) -> Match:
    given = points([float("nan") if value is None else value for value in values])
    factors = tuple(
        FactorScore(name=name, value=value, weight=weight, points=each, reason=f"of {name}")
        for (name, weight), value, each in zip(FACTORS, values, given, strict=True)
    )
    return Match(candidate_id=who, job_id=job, score=sum(given), factors=factors)


async def matched(house, who: UUID, matches: list[Match], hidden: list[UUID]) -> None:
    """A run has scored them."""
    await house.matches.save_matches(matches)
    told = Matching(
        candidate_id=who,
        matches=(),
        hidden=tuple(
            Hidden(job_id=job, filter="salary", reason="€40k is below the floor", score=70, values={}) for job in hidden
        ),
        hidden_counts={"salary": 14, "location": 3} if hidden else {},
        considered=60,
    )
    scores = {match.job_id: match.score for match in matches}
    await house.cache.put_daily_matches(who, scores, told.model_dump_json().encode())
