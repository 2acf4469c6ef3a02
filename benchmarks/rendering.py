"""CPU time of rendering some 10,000 duties in every format, beside that of assessing them.

    python benchmarks/rendering.py [fixtures/web-app-created/plan.json] [COPIES] [ROUNDS]

The plan is copied into as many module instances as give the duties. Every format is rendered as it is asked for by default and
with --all; the figure is the median. A format that takes longer than the assessment is marked, and the run then ends with 1.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tfsrm import api
from tfsrm.report import FORMATS
from tfsrm.report.view import View

PLAN = Path(__file__).parents[1] / "fixtures" / "web-app-created" / "plan.json"


def copied(plan: dict[str, Any], copies: int) -> dict[str, Any]:
    """The plan with every resource in as many instances of a module."""
    changes = []
    for number in range(copies):
        module = f'module.copy["{number}"]'
        changes += [
            {**row, "module_address": module, "address": f"{module}.{row['address']}"}
            for row in plan["resource_changes"]
        ]
    return {
        "format_version": plan["format_version"],
        "terraform_version": plan["terraform_version"],
        "planned_values": {},
        "resource_changes": changes,
    }


def cpu(action: Callable[[], object], rounds: int) -> float:
    """Median CPU seconds of an action."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PLAN
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 155
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(copied(json.loads(path.read_text(encoding="utf-8")), copies), file)
        file.flush()
        request = api.Request(file.name, today="2026-11-24")
        found = api.analyze(request)
        assessing = cpu(lambda: api.analyze(request), rounds)
    print(f"{len(found.duties)} duties on {found.summary.resources} resources: assessed in {assessing:.2f} s of CPU")
    slow = False
    for name in FORMATS:
        figures = []
        for view in (View(), View(everything=True)):
            text = api.render(found, name, view)
            figures.append((cpu(lambda n=name, v=view: api.render(found, n, v), rounds), len(text.encode())))
        worst = max(seconds for seconds, _ in figures)
        slow |= worst > assessing
        cells = "   ".join(f"{seconds:6.2f} s {size / 1e6:7.2f} MB" for seconds, size in figures)
        print(f"{name:<20} {cells}   {worst / assessing:5.2f}x{'  TOO SLOW' if worst > assessing else ''}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
