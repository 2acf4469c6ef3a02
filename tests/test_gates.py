"""Gates: what makes a run fail, and what the report says of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = Path(__file__).parents[1] / "fixtures" / "web-app-created" / "plan.json"
SILENT = Path(__file__).parents[1] / "fixtures" / "nothing-to-say" / "plan.json"


def run(plan: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tfsrm", "analyze", str(plan), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("gate", ["unmet", "unmet:high", "created", "created:critical"])
def test_a_gate_trips_and_the_report_says_which(gate: str) -> None:
    done = run(PLAN, "--fail-on", gate, "--format", "json")
    assert done.returncode == 1
    (tripped,) = json.loads(done.stdout)["tripped"]
    assert tripped["gate"] == gate
    assert tripped["count"] > 0
    assert f"--fail-on {gate} trips" in run(PLAN, "--fail-on", gate).stdout


@pytest.mark.parametrize("gate", ["unmet", "created", "gap"])
def test_a_change_that_moves_nothing_trips_nothing(gate: str) -> None:
    assert run(SILENT, "--fail-on", gate).returncode == 0


def test_gates_add_up() -> None:
    done = run(PLAN, "--fail-on", "unmet:critical", "--fail-on", "created", "--format", "json")
    assert done.returncode == 1
    assert "created" in [t["gate"] for t in json.loads(done.stdout)["tripped"]]


def test_no_gate_is_on_by_default() -> None:
    assert run(PLAN).returncode == 0
