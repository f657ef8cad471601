"""What matching makes once for a machine, made ahead of its first run: ESCO's tables and the machine code of the engine.

Together it is ten seconds of one core. In a process of its own, so that an event loop that starts at the same time goes
on undisturbed; whoever needs a part before it is there waits for it, or makes it. Where all of it is kept, there is none.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from quiethire.domain.matching import Profile
from services.matching.compiled import CODE, made, tidy
from services.matching.engine import Person, PostingIndex, hidden_from
from services.matching.once import alone, forgotten
from services.matching.reading import regions
from services.matching.taxonomy.esco import esco_file
from services.matching.taxonomy.skills import labels_file, open_skills
from services.matching.taxonomy.titles import EscoOccupations, occupation_files, open_occupations

_COMMAND = "from services.matching.preparation import main; main()"


def prepare(taxonomy: Path) -> EscoOccupations:
    """Load what a run of matches needs, made where it is not kept yet. Raises Permanent where `taxonomy` cannot be written."""
    occupations = open_occupations(taxonomy)
    regions.warm_up()
    compile_engine()
    return occupations


def compile_engine() -> None:
    """Have machine code of the engine, that of vectors too: whoever scores next finds it. Two processes at once do not compile the same."""
    with alone(CODE):
        hidden_from(Person(UUID(int=0), [Profile()], [(1.0,)]), PostingIndex.build([]))
        made().touch()


@asynccontextmanager
async def preparing(taxonomy: Path) -> AsyncIterator[None]:
    """Have a process make it while the body runs, but where it is made. It tells of a failure on stderr; who needs the part meets it again."""
    if is_prepared(taxonomy):
        yield
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-c",
        _COMMAND,
        str(taxonomy),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
            # Threads of linear algebra that wait for each other cost more than they bring beside a platform that starts.
            "OPENBLAS_NUM_THREADS": "1",
            # Machine code that cannot be kept for good is kept with us.
            "NUMBA_CACHE_DIR": str(CODE),
        },
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def is_prepared(taxonomy: Path) -> bool:
    """Whether all of it is kept: a look at four files."""
    return all(path.is_file() for path in (made(), *_tables(taxonomy)))


def _tables(taxonomy: Path) -> tuple[Path, ...]:
    return labels_file(taxonomy), *occupation_files(taxonomy)


def main() -> None:
    """Make all of it below the folder that is given; the parser's processes wait for the skills."""
    taxonomy = Path(sys.argv[1])
    open_skills(taxonomy)
    open_occupations(taxonomy)
    compile_engine()
    tidy()
    forgotten(taxonomy, (esco_file(taxonomy), *_tables(taxonomy)))
