"""The classifier of languages, with its tables kept unpacked and mapped into the memory of every process that asks.

The package unpacks 68 MB at every start: 0.8 s of CPU, as much as all else that a process of the parser loads. They are kept in
the user's cache folder; where that cannot be written, each process unpacks them.
"""

import logging
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import py3langid
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from quiethire.settings import user_cache

logger = logging.getLogger(__name__)

_TABLES = ("ptc", "pc", "classes", "moves", "rows", "output")


def open_identifier() -> LanguageIdentifier:
    """The package's identifier with the package's model."""
    cache = user_cache()
    if cache is None:
        return LanguageIdentifier.from_model_file(MODEL_FILE)
    size = (Path(MODEL_DIR) / MODEL_FILE).stat().st_size
    kept = cache / f"languages-{py3langid.__version__}-{size}"
    if kept.exists():
        try:
            return _mapped(kept)
        except (OSError, ValueError, EOFError) as error:
            # As where somebody cleans caches up file by file.
            logger.warning("what was kept of the classifier of languages is not whole, and is made anew: %r", error)
            shutil.rmtree(kept, ignore_errors=True)
    return _made(kept)


def _made(kept: Path) -> LanguageIdentifier:
    """Unpacked, and kept for whoever comes next: whole or not at all."""
    made = LanguageIdentifier.from_model_file(MODEL_FILE)
    tables = (made.nb_ptc, made.nb_pc, made.nb_classes, made.tk_nextmove, made.tk_row, made.tk_output)
    # Another process may have kept it meanwhile; and where the disk is full, the next one unpacks it too.
    with suppress(OSError), tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        unfinished = Path(folder) / "tables"
        unfinished.mkdir()
        for name, table in zip(_TABLES, tables, strict=True):
            with (unfinished / f"{name}.npy").open("wb") as file:
                np.save(file, np.asarray(table), allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        unfinished.rename(kept)
    return made


def _mapped(kept: Path) -> LanguageIdentifier:
    def table(name: str) -> Any:  # noqa: ANN401 - numpy's own
        return np.asarray(np.load(kept / f"{name}.npy", mmap_mode="r"))

    return LanguageIdentifier(
        table("ptc"),
        table("pc"),
        table("classes").tolist(),
        # One element after the other is looked up, which an array of numpy does three times slower.
        memoryview(table("moves")),
        table("output").tolist(),
        tk_row=table("rows").tolist(),
    )
