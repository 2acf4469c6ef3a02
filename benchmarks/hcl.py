"""CPU time of parsing a folder of configurations, and of whole runs over it, as ratios to ``hcl2.parses`` of the same files.

    python benchmarks/hcl.py FOLDER [ROUNDS] [FILES]

First parsing alone: rounds run in turn over the same files (every FILES-th part of the folder's distinct texts, if given), the
garbage collector paused for both; the figure is the median of a reader over the median of ``hcl2.parses``. "kept" is a second
run that finds every file among the parsed ones.

Then whole processes, ``tfsrm analyze DIR`` with DIR a root module that calls every directory of these files as a module: the
first run (nothing is kept), the second run (all is unchanged), the same in another format (which finds the configuration, not
the report), and a run with one file more (which finds the parsed files only). Beside them the start-up: ``tfsrm analyze`` of a
configuration with nothing in it, first and second run; the second runs differ in the files that are read and digested.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import hcl2
from lark.exceptions import LarkError

from tfsrm.sources.hcl import cache
from tfsrm.sources.hcl.front import parse
from tfsrm.sources.hcl.store import Store


def texts(folder: Path, limit: int) -> dict[str, Path]:
    """Distinct texts below the folder with a file of each, evenly taken if there are more than ``limit``."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.tf")):
        if path.is_file():
            found.setdefault(path.read_bytes().decode(errors="replace"), path)
    step = max(1, len(found) // limit)
    return dict(list(found.items())[::step])


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


def parsing(files: list[str], rounds: int) -> float:
    """Prints what parsing takes; the seconds of ``hcl2.parses``."""
    with Store.open() as store:
        readers: dict[str, Callable[[str], object]] = {
            "hcl2.parses": reference,
            "tfsrm": parse,
            "tfsrm, kept": lambda text: cache.parsed(text, parse, store),
        }
        times: dict[str, list[float]] = {name: [] for name in readers}
        gc.disable()
        for reader in readers.values():
            cpu(reader, ["a = 1\n"])
        cpu(readers["tfsrm, kept"], files)
        for _ in range(rounds):
            for name, reader in readers.items():
                times[name].append(cpu(reader, files))
                gc.collect()
        gc.enable()
    size = sum(map(len, files)) / 1e6
    floor = statistics.median(times["hcl2.parses"])
    print(f"{len(files)} files, {size:.2f} MB, {rounds} rounds")
    for name, found in times.items():
        middle = statistics.median(found)
        pairs = statistics.median(a / b for a, b in zip(found, times["hcl2.parses"], strict=True))
        print(
            f"{name:<14} {middle:8.2f} s cpu  {middle / size:6.3f} s/MB  {middle / floor:6.3f}x  paired {pairs:6.3f}x"
        )
    return floor


def root_module(files: dict[str, Path], root: Path) -> Path:
    """A root module that calls every directory of these files; the directories are copied, without what lies below."""
    calls: dict[Path, str] = {}
    for text, path in files.items():
        name = calls.setdefault(path.parent, f"m{len(calls)}")
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / path.name).write_bytes(text.encode())
    (root / "main.tf").write_text("".join(f'module "{name}" {{ source = "./{name}" }}\n' for name in calls.values()))
    return root


def process(code: str, *arguments: str) -> float:
    """User and system seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


ANALYZE = "import sys; from tfsrm.__main__ import main; sys.argv[:1] = ['tfsrm', 'analyze']; main()"


def whole_runs(files: dict[str, Path], rounds: int, floor: float) -> None:
    """Prints what processes take."""
    place = Path(tempfile.mkdtemp())
    root = str(root_module(files, place / "all"))
    (place / "none").mkdir()
    (place / "none" / "main.tf").write_text("# nothing\n")
    empty = str(place / "none")
    times: dict[str, list[float]] = {}

    def measure(name: str, code: str, *arguments: str) -> None:
        times.setdefault(name, []).append(process(code, *arguments))

    process(ANALYZE, empty)
    for _ in range(rounds):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"])
        measure("first run", ANALYZE, root)
        measure("second run", ANALYZE, root)
        measure("another format", ANALYZE, root, "--format", "markdown")
        measure("start-up", ANALYZE, empty)
        measure("start-up, again", ANALYZE, empty)
        Path(root, "more.tf").touch()
        measure("a file more", ANALYZE, root)
        Path(root, "more.tf").unlink()
    shutil.rmtree(place)
    print(f"\nwhole processes, {rounds} rounds")
    middle = {name: statistics.median(found) for name, found in times.items()}
    for name, seconds in middle.items():
        print(f"{name:<20} {seconds:8.3f} s cpu  {seconds / floor:6.3f}x")
    second = middle["second run"]
    print(f"the second run is {second / middle['start-up']:.2f} times the start-up,")
    beyond = second - middle["start-up, again"]
    print(f"and {beyond / floor:.4f}x hcl2.parses more than a second run over nothing")


def main() -> None:
    folder = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    files = texts(folder, int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    whole_runs(files, rounds, parsing(list(files), rounds))


if __name__ == "__main__":
    main()
