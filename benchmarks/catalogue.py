"""What opening the catalogue adds to ``tfsrm analyze`` of a plan: CPU time as a ratio to ``python -c pass``, and memory.

    python benchmarks/catalogue.py fixtures/web-app-created/plan.json [ROUNDS]

Two processes import the same modules and read the plan; one of them also opens the catalogue and looks up every type of the
plan with its companions. Run it with the Python of an environment that has tfsrm.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

_SAME = """
import gc; gc.disable()
import sys
from tfsrm import api
import tfsrm.assess.compose, tfsrm.catalog.compiled, tfsrm.assess.knowledge
inputs = api.read_inputs(sys.argv[1])
types = {r.type for i in inputs for w in (i.before, i.after) if w for r in w.resources if r.is_aws}
"""
_OPEN = """
knowledge = api.open_knowledge()
for name in types:
    known = knowledge.of(name)
    if known: knowledge.settlers(name, types, known.role.id)
"""
_PEAK = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def run(code: str, plan: str) -> tuple[float, int]:
    """CPU seconds and the peak in KiB of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code, plan], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stdout or 0)


def main() -> None:
    plan, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 21
    codes = {"pass": "pass", "without": _SAME + _PEAK, "with": _SAME + _OPEN + _PEAK}
    times: dict[str, list[float]] = {name: [] for name in codes}
    peaks: dict[str, list[int]] = {name: [] for name in codes}
    for code in codes.values():
        run(code, plan)
    for _ in range(rounds):
        for name, code in codes.items():
            seconds, peak = run(code, plan)
            times[name].append(seconds)
            peaks[name].append(peak)
    floor = statistics.median(times["pass"])
    added = statistics.median(a - b for a, b in zip(times["with"], times["without"], strict=True))
    memory = statistics.median(peaks["with"]) - statistics.median(peaks["without"])
    print(f"python -c pass        {floor * 1000:6.1f} ms cpu")
    print(f"opening the catalogue {added * 1000:6.1f} ms cpu  {added / floor:5.2f}x   {memory / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
