"""The files that come with the tool, and that what is kept for later runs depends on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from tfsrm import __version__

_PACKAGE = Path(__file__).parents[2]
_MAPPINGS = next(f for f in (_PACKAGE / "mappings", _PACKAGE.parent / "mappings") if f.is_dir())
PROVIDER = _MAPPINGS / "provider"
"""The folder of the provider's schema: in the package, or beside it where the sources are used."""


@cache
def edition() -> bytes | None:
    """What tells this tool from another one: versions, and size and time of each file; None where these are no files."""
    found = [__version__, sys.version, msgspec.__version__]
    try:
        for folder in (str(_PACKAGE), str(_MAPPINGS / "compiled"), str(PROVIDER)):
            found += sorted(_files(folder))
    except OSError:
        return None
    return "\n".join(found).encode("utf-8", "surrogateescape")


def _files(folder: str) -> Iterator[str]:
    """Each file that a run may use, with its size and time."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in _NOT_USED:
                    yield from _files(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


_NOT_USED = frozenset(("__pycache__", "mappings"))
"""What Python makes anew, and the sources of the compiled catalogue where they lie in the package."""
