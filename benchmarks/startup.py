"""CPU time of whole commands, as ratios to ``python -c pass``: run it with the Python of an environment that has tfsrm.

    ENV/bin/python benchmarks/startup.py plan.json [ROUNDS]

What a user feels is measured: the console script beside that Python, with compiled bytecode. Every round runs each command
once, right after a ``pass`` of its own; the figure is the median of these pairs' ratios, which a busy machine moves least.
A wheel in an environment of its own tells the truth; an editable install looks into more folders.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

BARS = {"table": 12, "markdown": 9, "json": 9}


def cpu(command: list[str]) -> float:
    """User and system seconds of one run. Fails where the command does."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    plan, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 25
    tfsrm = str(Path(sys.executable).with_name("tfsrm"))
    nothing = [sys.executable, "-c", "pass"]
    commands = {"--version": [tfsrm, "--version"]}
    commands |= {form: [tfsrm, "analyze", plan, "--format", form] for form in BARS}
    for command in commands.values():
        cpu(command)  # bytecode is written, files are read once
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            pairs[name].append((cpu(nothing), cpu(command)))
    for name, found in pairs.items():
        ratio = statistics.median(took / floor for floor, took in found)
        middle = statistics.median(took for _, took in found)
        bar = f"  (bar {BARS[name]})" if name in BARS else ""
        print(f"{name:<10} {middle * 1000:7.1f} ms cpu  {ratio:5.2f}x{bar}")


if __name__ == "__main__":
    main()
