"""CPU time of parsing a folder of configurations, as a ratio to ``hcl2.parses`` over the same files.

    python benchmarks/hcl.py FOLDER [ROUNDS] [FILES]

Rounds run in turn over the same files (every FILES-th part of the folder's distinct texts, if given), the garbage collector
paused for both; the figure is the median of a reader over the median of ``hcl2.parses``. "cached" is a second run: every file
comes from the cache of parsed files.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import hcl2
from lark.exceptions import LarkError

from tfsrm.sources.hcl.cache import Cache
from tfsrm.sources.hcl.front import parse


def texts(folder: Path, limit: int) -> list[str]:
    """Distinct texts below the folder, evenly taken if there are more than ``limit``."""
    found = dict.fromkeys(
        path.read_bytes().decode(errors="replace") for path in sorted(folder.rglob("*.tf")) if path.is_file()
    )
    step = max(1, len(found) // limit)
    return list(found)[::step]


def reference(text: str) -> None:
    """python-hcl2's own tree; what it refuses is refused."""
    try:
        hcl2.parses(text, discard_comments=True)
    except (LarkError, RuntimeError, RecursionError):
        return


def cpu(reader: Callable[[str], object], files: list[str]) -> float:
    """User and system seconds of reading all files."""
    before = time.process_time()
    for text in files:
        reader(text)
    return time.process_time() - before


def main() -> None:
    folder = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    files = texts(folder, int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    cache = Cache.open()
    readers: dict[str, Callable[[str], object]] = {"hcl2.parses": reference, "tfsrm": parse}
    if cache is not None:
        readers["tfsrm, cached"] = lambda text: cache.parsed(text, parse)
    times: dict[str, list[float]] = {name: [] for name in readers}
    gc.disable()
    for reader in readers.values():
        cpu(reader, ["a = 1\n"])
    if cache is not None:
        cpu(readers["tfsrm, cached"], files)
    for _ in range(rounds):
        for name, reader in readers.items():
            times[name].append(cpu(reader, files))
            gc.collect()
    size = sum(map(len, files)) / 1e6
    floor = statistics.median(times["hcl2.parses"])
    print(f"{len(files)} files, {size:.2f} MB, {rounds} rounds")
    for name, found in times.items():
        middle = statistics.median(found)
        pairs = statistics.median(a / b for a, b in zip(found, times["hcl2.parses"], strict=True))
        print(
            f"{name:<14} {middle:8.2f} s cpu  {middle / size:6.3f} s/MB  {middle / floor:6.3f}x  paired {pairs:6.3f}x"
        )


if __name__ == "__main__":
    main()
