"""Compiles the arithmetic of scores to machine code, once for a machine and a state of the sources.

The code is kept in the user's cache folder, so that a checkout may be read-only; where that cannot be written either, or is
another's, it is compiled in each process (some ten seconds). The folder is named after what the code was made of: numba itself would
miss a change in a function that another file's function calls. Folders of other states go once nobody uses them.
"""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy.typing as npt
from llvmlite import binding, ir  # type: ignore[import-untyped]  # it carries no types
from numba import types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from quiethire.settings import user_cache
from services.matching.once import held_together, thrown_away

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Code = Callable[[BaseContext, ir.IRBuilder, Signature, list[ir.Value]], ir.Value]
_PREFIX = "matching-"


def _sources() -> list[Path]:
    """What is compiled, and the constants that are compiled into it."""
    here = Path(__file__)
    rooms = (sorted(here.parent.glob(f"{room}/*.py")) for room in ("factors", "index", "scoring"))
    return [here, *chain.from_iterable(rooms)]


def _named(*parts: bytes) -> str:
    return hashlib.sha256(b"".join([f"{numba.__version__} {sys.version}".encode(), *parts])).hexdigest()[:12]


def _folder() -> Path:
    """A folder of this user's alone: what is loaded from it is run. One that cannot be kept goes with the process."""
    cache = user_cache()
    if cache is None:
        folder = Path(tempfile.mkdtemp(prefix="quiethire-matching-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder
    folder = cache / f"{_PREFIX}{_named(*(path.read_bytes() for path in _sources()))}"
    held_together(folder)
    return folder


def made() -> Path:
    """The file that says that all machine code of these sources is kept: numba asks for their place and time as well, and for this processor."""
    stats = ((path, path.stat()) for path in _sources())
    stamps = [f"{path} {stat.st_mtime_ns} {stat.st_size} " for path, stat in stats]
    processor = f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    return CODE / f"made-{_named(*(each.encode() for each in (*stamps, processor)))}"


def tidy() -> None:
    """Throw code of other states of the sources away that no process uses, nor did for a day."""
    if CODE.parent == user_cache():
        thrown_away(folder for folder in CODE.parent.glob(f"{_PREFIX}*") if folder != CODE)


CODE = Path(os.environ.get("NUMBA_CACHE_DIR") or _folder())
"""Where machine code is kept."""

numba.config.CACHE_DIR = str(CODE)  # type: ignore[attr-defined]  # its settings are made at import


def compiled(function: _Function) -> _Function:
    """Run this function as machine code, without the interpreter's lock. Its sums are those of IEEE 754, in their order."""
    made = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("_Function", made)


def inlined(function: _Function) -> _Function:
    """The same for a small function that loops call: a call with arrays costs more than the work in it."""
    made = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)(function)
    return cast("_Function", made)


@intrinsic
def _prefetch(_: BaseContext, array: types.Type, _row: types.Type, _byte: types.Type) -> tuple[Signature, _Code]:
    def code(context: BaseContext, builder: ir.IRBuilder, signature: Signature, given: list[ir.Value]) -> ir.Value:
        held = make_array(signature.args[0])(context, builder, given[0])  # type: ignore[no-untyped-call]
        start = builder.bitcast(held.data, ir.IntType(8).as_pointer())
        width = builder.extract_value(held.strides, 0)
        line = builder.gep(start, [builder.add(builder.mul(given[1], width), given[2])])
        number = ir.IntType(32)
        to_read, to_be_kept, data = number(0), number(3), number(1)
        kind = ir.FunctionType(ir.VoidType(), [line.type, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [line.type], kind)
        builder.call(fetch, [line, to_read, to_be_kept, data])
        return context.get_dummy_value()  # type: ignore[no-untyped-call]

    return types.void(array, types.intp, types.intp), code


prefetch = cast("Callable[[npt.NDArray[Any], int, int], None]", _prefetch)
"""Has the processor fetch the line of its cache that holds this byte of a row of an array, and go on meanwhile. In compiled code alone.

What lies somewhere in hundreds of megabytes is waited for as long as a hundred sums take."""
