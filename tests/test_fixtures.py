"""The fixtures: every case's three reports are its golden files, and every duty that moves is one that its why.md expects."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import ROOT, Golden, steady
from tests.why import problems
from tfsrm.cli import application

FIXTURES = ROOT / "fixtures"
CASES = sorted(p.parent.name for p in FIXTURES.glob("*/plan.json"))
REPORTS = {"report.txt": ("table",), "report.md": ("markdown",), "report.json": ("json", "--all")}
TODAY = ("--today", "2026-11-24")
LARGEST = 64 * 1024
BY_PROCESS = ["hostile-names", "nothing-to-say", "web-app-created"]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report names its input as it was asked for, so the tests ask as the README does."""
    monkeypatch.chdir(ROOT)


def report(case: str, output: Path, form: str, *more: str) -> str:
    """What ``tfsrm analyze`` writes, in process."""
    path = f"fixtures/{case}/plan.json"
    application()(["analyze", path, *TODAY, "--format", form, *more, "--output", str(output)], standalone_mode=False)
    return output.read_bytes().decode()


@pytest.mark.parametrize("case", CASES)
def test_reports_are_the_golden_ones(case: str, golden: Golden, tmp_path: Path) -> None:
    folder = FIXTURES / case / "expected"
    for name, arguments in REPORTS.items():
        golden.check(folder / name, steady(report(case, tmp_path / name, *arguments)))
    golden.all_read(folder)


@pytest.mark.parametrize("case", BY_PROCESS)
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_command_prints_the_golden_report(case: str, name: str) -> None:
    form, *more = REPORTS[name]
    command = [sys.executable, "-m", "tfsrm", "analyze", f"fixtures/{case}/plan.json", *TODAY, "--format", form, *more]
    done = subprocess.run(command, capture_output=True, check=True)
    assert steady(done.stdout.decode()) == (FIXTURES / case / "expected" / name).read_bytes().decode()
    assert done.stderr == b""


@pytest.mark.parametrize("case", CASES)
def test_each_duty_that_moves_is_explained(case: str, tmp_path: Path) -> None:
    plan = json.loads((FIXTURES / case / "plan.json").read_text())
    found = json.loads(report(case, tmp_path / "report.json", "json", "--all"))
    assert problems(FIXTURES / case / "why.md", found, plan) == []


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_whole(case: str) -> None:
    folder = FIXTURES / case
    assert (folder / "plan.json").stat().st_size <= LARGEST
    for name in ("README.md", "why.md"):
        assert (folder / name).read_text().strip(), name
    before, after = (folder / "before" / "main.tf").is_file(), (folder / "after" / "main.tf").is_file()
    assert before == after
    assert before != (folder / "main.tf").is_file()


def test_every_folder_is_a_case() -> None:
    others = {"change-plans", "configuration"}
    assert sorted(p.name for p in FIXTURES.iterdir() if p.is_dir() and p.name not in others) == CASES


def test_a_quiet_change_asks_nobody_anything(tmp_path: Path) -> None:
    found = json.loads(report("nothing-to-say", tmp_path / "report.json", "json"))
    assert found["duties"] == []
    assert found["summary"]["created"] == found["summary"]["changed"] == found["summary"]["retired"] == 0
    assert found["summary"]["kept"] > 0


def test_the_example_of_the_readme_shows_every_verdict(tmp_path: Path) -> None:
    summary = json.loads(report("web-app-created", tmp_path / "report.json", "json"))["summary"]
    assert min(summary[verdict] for verdict in ("met", "unmet", "unknown", "attest")) > 0
    assert summary["gaps"] == 0


@pytest.mark.parametrize(
    ("case", "models"),
    [
        ("fargate-from-ec2", ("customer-managed-hosts", "serverless-container")),
        ("lambda-zip-to-image", ("function-zip", "function-image")),
    ],
)
def test_another_variant_is_told_with_its_reason(case: str, models: tuple[str, str], tmp_path: Path) -> None:
    lines = json.loads(report(case, tmp_path / "report.json", "json"))["lines"]
    assert [line["because"] != "" for line in lines if (line["model_before"], line["model_after"]) == models] == [True]


def test_hosts_that_a_service_leaves_behind_are_told(tmp_path: Path) -> None:
    notes = json.loads(report("fargate-from-ec2", tmp_path / "report.json", "json"))["notes"]
    assert ["aws_autoscaling_group.hosts" in n["text"] for n in notes if n["kind"] == "line"] == [True]
