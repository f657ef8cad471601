"""Every type of problem is documented, and every status that is raised has a type."""

import re
from pathlib import Path

from services.api.problems import TYPES

ROOT = Path(__file__).parents[3]


def test_the_types_are_documented_with_their_status_and_nothing_else_is():
    text = (ROOT / "docs" / "problems.md").read_text()
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(#([a-z-]+)\) \| (\d{3}) \|", text, re.MULTILINE)
    assert [(kind, int(status)) for kind, _, status in rows] == [(of.kind, status) for status, of in TYPES.items()]
    assert [anchor for _, anchor, _ in rows] == re.findall(r"^## ([a-z-]+)$", text, re.MULTILINE)


def test_every_status_that_is_raised_has_a_type():
    source = "\n".join(path.read_text() for path in (ROOT / "services" / "api").rglob("*.py"))
    raised = re.findall(r"(?:HTTPException|problem_response)\(\s*(?:request,\s*)?(?:status_code=)?(\d{3})", source)
    assert {int(status) for status in raised} <= set(TYPES)
    assert {404, 413, 429} <= {int(status) for status in raised}


def test_no_two_statuses_share_a_type():
    assert len({of.kind for of in TYPES.values()}) == len(TYPES)
