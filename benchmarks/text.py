"""Pay and workplace out of plain text: what a posting's structured fields state is hidden, and read from its words alone.

`python -m benchmarks.text [--json] [--quick]`. The cases are the corpus's boards and pages whose structured pay or workplace
stands in the description too: its figures in any usual form, a word for the workplace in any language of the field. Title and
places stay, as a page without markup would show them. Boards set `remote` whatever their words say, so each of those cases was
read by eye, hits and misses alike, by the rule below, and what was read counts. The share that agrees with the flags stands
beside it, of all these cases: it does not reach the target. Beside them pages whose pay or workplace people read, and pages that
state no pay, on which none may be found. `--show` prints what was missed.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.report import Target, finish, options
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, RawPosting, Salary, Source, Sourced, Workplace
from services.parser import running_text
from services.parser.ats.registry import recognise
from services.parser.normalise.posting import normalise
from services.parser.parse import parse_board_page, parse_posting_page

TARGETS: dict[str, Target] = {
    "salary_exact": (">=", 0.92),
    "workplace_right": (">=", 0.90),
    "salary_invented": ("<=", 0),
    "workplace_invented": ("<=", 0),
}
BASELINES = {"salary_exact": 0.81, "workplace_right": 0.73}
"""Of the specification."""

BEGAN = datetime(2026, 10, 1, 8, tzinfo=UTC)
_WORKPLACES = {"onsite": Workplace.NONE, "hybrid": Workplace.HYBRID, "remote": Workplace.REMOTE}
_REMOTE = (
    "0e334bcb 0f3d079d 1005cbf4 1b17559a 22d6a5b5 2935f636 2ed54d79 2f345fd4 3467f495 35c99053 3dc96ac5 3eab2423 "
    "4c810580 4f0ab5c4 553d7815 56ab367b 58346599 5d54d69b 5daa4859 5e837387 60428847 605b8a1e 64f22bfc 6ec9116a "
    "6ee99ad3 72bc0471 733f3b84 7978d6c9 79fd3ac6 7a50d4ea 7c99e0b1 7ea18862 8725006b 8d02eb2e 8f6da27a 90fb3621 "
    "9124eab7 93147663 93bf67d4 9a26f3a5 a4256c9c a8c290d5 af55be58 b465f748 b8c49904 bc377d10 bd363f09 be26a21d "
    "be63018d blueligh cb061b70 cf374139 d7a7302a d7aa7b57 dc6c3a99 df503d50 elevenye f05e7011 f48da1ea f7792962"
)
_HYBRID = "084a4e59 0edfdb3e 1b66b407 4ca738cc 6bb48a84 76dd5ad8 acc32a77 cdbfb7f3 d0bffb7c eb8d4a3d"
_SILENT = "32840c8c 5e8283d6 743bb6d4 9bea3123 aff1604b e5652d94 e6459d59 f50d6829 fc6f7a1c"
BY_EYE: dict[str, Workplace | None] = {
    **dict.fromkeys(_REMOTE.split(), Workplace.REMOTE),
    **dict.fromkeys(_HYBRID.split(), Workplace.HYBRID),
    **dict.fromkeys(_SILENT.split()),
}
"""What the words say of each case that has a flag, by the beginning of the posting's id. All were read by one rule, without
sight of the flag and of what is read by machine:

1. Remote, where title, place or text says of this work, or of everybody at the company, that it is done from anywhere or
   from home. An office that is optional and travel a few times a year change nothing; of a choice the freest counts, and
   what is said counts more than its name.
2. Hybrid, where it is called so, or presence on certain days or in certain weeks is asked.
3. Nothing, where only patients, products, customers, other teams or somebody's earlier work are remote or hybrid.
"""

_SAYS_WHERE = re.compile(
    r"remote|hybrid|on[- ]?site|in[- ]office|in person|home ?office|work from home|t[ée]l[ée]travail|teletrab|teletreb|vor ort|presencial"
    r"|híbrid|thuiswerk|distans|hjemme|fjern|zdaln|domova|mobiles arbeiten|mobile work",
    re.IGNORECASE,
)

Json = dict[str, Any]


class Case(NamedTuple):
    """A posting as its words show it, and what it is known to state."""

    label: str
    shown: RawPosting
    salary: Salary | None
    workplace: Workplace | None
    no_salary: bool = False
    flag: Workplace | None = None
    """What the board's field says, whatever the words say."""
    no_workplace: bool = False
    """Whether the words were read by eye and state no workplace, for all that the field says."""


def cases(corpus: Path) -> Iterator[Case]:
    """All cases of the corpus."""
    known: set[str] = set()
    answers = [json.loads(line) for line in (corpus / "web.jsonl").read_text("utf-8").splitlines()]
    for answer in answers:
        for posting in _parsed(answer["url"], corpus / answer["path"], answer["content_type"]):
            if posting.identity not in known:
                known.add(posting.identity)
                yield _of_fields(posting)
    for line in (corpus / "postings" / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        if truth["is_posting"] and truth["truth_from"] == "by eye":
            for posting in _parsed(truth["url"], corpus / "postings" / truth["path"], "text/html")[:1]:
                yield _of_page(posting, truth)


def _parsed(url: str, path: Path, content_type: str) -> tuple[JobPosting, ...]:
    page = Page(url=url, body=path.read_bytes(), content_type=content_type, fetched_at=BEGAN)
    board = recognise(url)
    try:
        if board is not None and "html" not in content_type:
            return parse_board_page(board, page).postings
        return parse_posting_page(page, board=board).postings
    except QuietHireError:
        return ()  # A list, or a page of another kind: it holds no posting to read.


def _of_fields(posting: JobPosting) -> Case:
    """Pay and workplace where a structured field and the description state them."""
    salary = posting.salary if _structured(posting, "salary") and _in_words(posting.salary, posting) else None
    stated = _structured(posting, "remote") and _SAYS_WHERE.search(_words(posting))
    if not stated:
        return Case(posting.url, _shown(posting), salary, None)
    read_by_eye = BY_EYE[known_as(posting.url)]
    return Case(
        posting.url, _shown(posting), salary, read_by_eye, flag=posting.remote, no_workplace=read_by_eye is None
    )


def known_as(url: str) -> str:
    """The beginning of a posting's id, by which `BY_EYE` names it."""
    return url.rsplit("/", 1)[-1][:8]


def _of_page(posting: JobPosting, truth: Json) -> Case:
    """What people read on a page, where the words of the posting itself hold it."""
    stated = truth.get("salary")
    salary = Salary(**stated) if stated and stated.get("period") and stated.get("currency") else None
    workplace = _WORKPLACES.get(truth.get("workplace") or "") if _SAYS_WHERE.search(_words(posting)) else None
    return Case(
        truth["id"],
        _shown(posting),
        salary if salary and _in_words(salary, posting) else None,
        workplace,
        no_salary=bool(truth.get("salary_unstated")),
    )


def _structured(posting: JobPosting, field: str) -> bool:
    """Whether a field comes from data for machines."""
    origin = posting.provenance.get(field)
    return origin is not None and origin.source in (Source.ATS, Source.JSON_LD, Source.MICRODATA)


def _words(posting: JobPosting) -> str:
    return f"{posting.title}\n{posting.description_text}"


def _in_words(salary: Salary | None, posting: JobPosting) -> bool:
    """Whether every figure stands in the words: `120,000`, `120.000`, `120 000`, `120000` or `120k`."""
    ends = [end for end in (salary.min, salary.max) if end is not None] if salary else []
    text = re.sub(r"(?<=\d)[.,'’\s\u202f](?=\d{3}(?!\d))", "", _words(posting))
    return bool(ends) and all(any(form in text for form in _forms(end)) for end in ends)


def _forms(end: float) -> list[str]:
    plain = f"{end:g}" if end < 1_000 else f"{end:.0f}"
    return [plain, f"{end:.2f}", f"{end / 1_000:g}k", f"{end / 1_000:g}K"] if end >= 1_000 else [plain, f"{end:.2f}"]


def _shown(posting: JobPosting) -> RawPosting:
    """Title, places and description, as words alone."""

    def words(value: str) -> Sourced:
        return Sourced(value=value, source=Source.HTML, path="words")

    return RawPosting(
        url=posting.url,
        title=words(posting.title),
        company=words(posting.company_name or "Company"),
        locations=tuple(words(place.name) for place in posting.locations),
        description_html=words(posting.description_html),
    )


def read(case: Case) -> JobPosting:
    """The posting as its words alone give it."""
    found = running_text.read(case.shown)
    taken = {"salary": found.salary, "workplace": found.workplace}
    return normalise(case.shown.model_copy(update=taken), board=None, fetched_at=BEGAN)


def _is(one: Salary | None, other: Salary) -> bool:
    """The same figures, currency and period. "From 48,000" is one figure, as which people and boards state it twice."""
    if one is None:
        return False
    ends = ({one.min, one.max} - {None}, {other.min, other.max} - {None})
    return ends[0] == ends[1] and (one.currency, one.period) == (other.currency, other.period)


def main() -> int:
    """Read every case."""
    show = "--show" in sys.argv
    sys.argv = [each for each in sys.argv if each != "--show"]
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    right = {"salary": 0, "workplace": 0, "flag": 0}
    of = dict(right)
    invented = unstated = placed = unplaced = 0
    for number, case in enumerate(cases(corpus)):
        if given.quick and number % 3:
            continue
        posting = read(case)
        told: list[str] = []
        if case.salary is not None:
            of["salary"] += 1
            right["salary"] += _is(posting.salary, case.salary)
            told += [] if _is(posting.salary, case.salary) else [f"salary {posting.salary} for {case.salary}"]
        if case.no_salary:
            unstated += 1
            invented += posting.salary is not None
        if case.no_workplace:
            unplaced += 1
            placed += posting.remote is not Workplace.NONE
        if case.workplace is not None:
            of["workplace"] += 1
            right["workplace"] += posting.remote is case.workplace
            told += [] if posting.remote is case.workplace else [f"workplace {posting.remote} for {case.workplace}"]
        if case.flag is not None:
            of["flag"] += 1
            right["flag"] += posting.remote is case.flag
        if show and told:
            sys.stdout.write(f"{case.label}: {'; '.join(told)}\n")
    figures = {
        "salary_exact": round(right["salary"] / max(1, of["salary"]), 4),
        "salary_cases": float(of["salary"]),
        "salary_exact_baseline_stated": BASELINES["salary_exact"],
        "salary_invented": float(invented),
        "salary_unstated_cases": float(unstated),
        "workplace_right": round(right["workplace"] / max(1, of["workplace"]), 4),
        "workplace_cases": float(of["workplace"]),
        "workplace_invented": float(placed),
        "workplace_unstated_cases": float(unplaced),
        "workplace_as_the_field_says": round(right["flag"] / max(1, of["flag"]), 4),
        "workplace_as_the_field_says_cases": float(of["flag"]),
        "workplace_right_baseline_stated": BASELINES["workplace_right"],
    }
    return finish(figures, TARGETS, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
