"""Faults that tests prove the answer to: here they are run for the table, without a platform beside them."""

import asyncio
import os
import re
import sys
from pathlib import Path

from benchmarks.faults.case import Figures, Tested
from benchmarks.report import Target

ROOT = Path(__file__).parents[2]
LONGEST = 600
"""Seconds that the tests of one fault may take."""

TARGETS: dict[str, Target] = {"tests_passed": (">=", 1), "tests_failed": ("<=", 0), "tests_skipped": ("<=", 0)}
"""A test that did not run, as without its corpus, proves nothing."""

_PASSED, _FAILED = re.compile(r"(\d+) passed"), re.compile(r"(\d+) (?:failed|error)")
_SKIPPED = re.compile(r"(\d+) skipped")


async def run_tests(*paths: str, tree: Path = ROOT) -> Figures:
    """How many of these tests passed, failed and did not run, by the code of this directory."""
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths)
    tests = await asyncio.create_subprocess_exec(
        *command,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        told = (await asyncio.wait_for(tests.communicate(), LONGEST))[0].decode(errors="replace")
    except TimeoutError:
        tests.kill()
        await tests.wait()
        return {"tests_passed": 0, "tests_failed": 1, "tests_skipped": 0}
    if tests.returncode:
        sys.stderr.write(told[-4_000:])
    passed, failed, skipped = (sum(map(int, pattern.findall(told))) for pattern in (_PASSED, _FAILED, _SKIPPED))
    failed += tests.returncode != 0 and not failed
    return {"tests_passed": passed, "tests_failed": failed, "tests_skipped": skipped}


def _tested(id: str, title: str, must: str, *paths: str) -> Tested:
    return Tested(id, title, must, paths)


_CRAWLER, _PARSER, _ACTIVITIES = "tests/services/crawler", "tests/services/parser", "tests/activities"

TESTED = (
    _tested(
        "F06",
        "A deploy that changes the order of commands",
        "the replay of recorded histories fails; guarded by `patched` it passes",
        "tests/workflows/test_replay.py",
    ),
    _tested(
        "F07",
        "Input that a worker cannot read, 3 MB, a defect",
        "kept as a dead letter, the workflow goes on; `quiethire dlq replay` starts it again",
        "tests/workflows/test_dead_letter_runs.py",
        "tests/contracts/test_dead_letters.py",
    ),
    _tested(
        "F09",
        "A run longer than one history",
        "continues as new in time, each done once",
        "tests/workflows/test_long_runs.py",
    ),
    _tested(
        "F17",
        "Restore of a backup",
        "nothing lost since, the erased stay erased",
        "tests/storage/test_backup.py",
        "tests/e2e/test_backup_commands.py",
    ),
    _tested(
        "F54",
        "Deploy rolled back",
        "a migration only adds: the release before finds all that it reads and writes",
        "tests/storage/test_expand_only.py",
    ),
    _tested("F31", "Slow drip", "an end after the deadline of the whole fetch", f"{_CRAWLER}/test_crawler_http.py"),
    _tested(
        "F32",
        "Decompression bombs",
        "refused at once, memory stays",
        f"{_CRAWLER}/test_crawler_compressed_corpus.py",
    ),
    _tested("F33", "Parser bombs", "a process that is killed, a typed error", f"{_PARSER}/test_hostile_pages.py"),
    _tested(
        "F34",
        "Calendars without end, session ids, `a/a/a/`",
        "at most 500 fetches a host, every posting found",
        f"{_ACTIVITIES}/test_trap_site.py",
    ),
    _tested(
        "F35",
        "429 and 503 with Retry-After, for ever",
        "no request before the time, others unaffected",
        f"{_CRAWLER}/test_crawler_politeness.py",
        f"{_CRAWLER}/test_crawler_statuses.py",
    ),
    _tested("F36", "robots.txt of every bad kind", "as RFC 9309 says", f"{_CRAWLER}/test_crawler_robots.py"),
    _tested(
        "F37",
        "Redirects in circles, chains, to other hosts",
        "at most 10 hops, each checked",
        f"{_CRAWLER}/test_crawler_redirects.py",
    ),
    _tested(
        "F38", "TLS: expired, wrong host, self-signed, 1.0", "refused and recorded", f"{_CRAWLER}/test_crawler_tls.py"
    ),
    _tested(
        "F39",
        "Bodies cut, lengths that lie, garbage in chunks",
        "never stored as whole; a list that was cut closes nothing",
        f"{_CRAWLER}/test_crawler_bodies.py",
        f"{_CRAWLER}/test_crawler_transport.py",
    ),
    _tested("F40", "Encodings that lie", "read as a browser reads them", f"{_PARSER}/test_parser_encoding.py"),
    _tested(
        "F41",
        "Pages with 200 that are none: soft 404, walls, log-ins, maintenance",
        "nothing closes at once; a large drop needs a second crawl",
        f"{_ACTIVITIES}/test_walls.py",
        f"{_ACTIVITIES}/test_closing.py",
    ),
    _tested(
        "F42",
        "Browser killed, out of memory, in a loop",
        "the page ends in time, nothing is left behind",
        f"{_CRAWLER}/test_crawler_browser.py",
        f"{_CRAWLER}/test_crawler_browser_life.py",
    ),
    _tested("F43", "SSRF", "no connection to a canary", f"{_CRAWLER}/test_crawler_ssrf.py"),
    _tested(
        "F44",
        "DNS: no answer, wrong answers, rebinding",
        "a typed error in time, one lookup a connection",
        f"{_CRAWLER}/test_crawler_names.py",
        f"{_CRAWLER}/test_crawler_guard.py",
    ),
)
