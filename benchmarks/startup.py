"""CPU time of whole commands, as ratios to ``python -c pass``: run it with the Python of an environment that has tfsrm.

    python benchmarks/startup.py fixtures/web-app-created/plan.json [ROUNDS]

Rounds run in turn (every command once per round); the figure is the median of a command over the median of ``pass``.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys


def cpu(command: list[str]) -> float:
    """User and system seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    plan, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 25
    tfsrm = [sys.executable, "-m", "tfsrm"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "tfsrm --version": [*tfsrm, "--version"],
        "analyze, table": [*tfsrm, "analyze", plan],
        "analyze, markdown": [*tfsrm, "analyze", plan, "--format", "markdown"],
        "analyze, json": [*tfsrm, "analyze", plan, "--format", "json"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        cpu(command)  # bytecode is written, files are read once
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(cpu(command))
    floor = statistics.median(times["python -c pass"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:<20} {middle * 1000:7.1f} ms cpu  {middle / floor:5.2f}x")


if __name__ == "__main__":
    main()
