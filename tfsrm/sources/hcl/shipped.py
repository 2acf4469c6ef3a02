"""The files that come with the tool and that reading configuration depends on."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import msgspec

from tfsrm import __version__

_PACKAGE = Path(__file__).parents[2]
PROVIDER = next(
    f for f in (_PACKAGE / "mappings" / "provider", _PACKAGE.parent / "mappings" / "provider") if f.is_dir()
)
"""The folder of the provider's schema: in the package, or beside it where the sources are used."""


@cache
def edition() -> bytes | None:
    """What tells this tool from another one: versions, and size and time of each file; None where these are no files."""
    found = [__version__, sys.version, msgspec.__version__]
    folders = (_PACKAGE / "model", _PACKAGE / "sources", _PACKAGE / "sources" / "hcl")
    try:
        for folder in (*folders, _PACKAGE / "sources" / "hcl" / "functions", PROVIDER):
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda e: e.name):
                    if entry.is_file():
                        status = entry.stat()
                        found.append(f"{folder.name}/{entry.name} {status.st_size} {status.st_mtime_ns}")
    except OSError:
        return None
    return "\n".join(found).encode()
