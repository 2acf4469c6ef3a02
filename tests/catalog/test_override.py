"""A local correction: written into the user's folder, sound as it stands, and effective."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PLAN = "fixtures/web-app-created/plan.json"


def tfsrm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tfsrm", *arguments], capture_output=True, text=True, check=False)


def duties(*more: str) -> list[dict[str, str]]:
    done = tfsrm("analyze", PLAN, "--format", "json", "--today", "2026-11-24", *more)
    found: list[dict[str, str]] = json.loads(done.stdout)["duties"]
    return found


def test_a_copied_duty_is_sound_and_changes_nothing_until_it_is_edited(tmp_path: Path) -> None:
    own = tmp_path / "own"
    done = tfsrm("catalog", "override", "aws_db_instance", "encrypt-at-rest", "--into", str(own))
    assert done.returncode == 0, done.stderr
    assert tfsrm("catalog", "lint", str(own)).returncode == 0
    plain, corrected = duties(), duties("--mappings", str(own))
    assert [(d["fingerprint"], d["verdict"]) for d in plain] == [(d["fingerprint"], d["verdict"]) for d in corrected]
    rule = next(d["rule"] for d in corrected if d["control"] == "encrypt-at-rest" and "aws_db" in d["address"])
    assert str(own) in rule


def test_a_duty_that_a_role_brings_can_be_corrected_too(tmp_path: Path) -> None:
    done = tfsrm("catalog", "override", "aws_db_instance", "test-restore", "--into", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "last restored" in (tmp_path / "aws" / "rds.yaml").read_text()


def test_a_duty_is_switched_off_with_a_reason(tmp_path: Path) -> None:
    done = tfsrm(
        "catalog", "override", "aws_db_instance", "test-restore", "--into", str(tmp_path), "--off", "One plan for all."
    )
    assert done.returncode == 0, done.stderr
    left = {(d["control"], d["address"]) for d in duties("--mappings", str(tmp_path))}
    assert ("test-restore", "aws_db_instance.orders") not in left
    assert ("encrypt-at-rest", "aws_db_instance.orders") in left


def test_a_second_type_of_the_same_service_joins_the_file(tmp_path: Path) -> None:
    for kind, control in (("aws_s3_bucket", "classify-data"), ("aws_s3_bucket_policy", "restrict-resource-policy")):
        done = tfsrm("catalog", "override", kind, control, "--into", str(tmp_path))
        if done.returncode:
            assert "has no duty" in done.stderr
    assert tfsrm("catalog", "lint", str(tmp_path)).returncode == 0


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    first = ("catalog", "override", "aws_db_instance", "encrypt-at-rest", "--into", str(tmp_path))
    assert tfsrm(*first).returncode == 0
    before = (tmp_path / "aws" / "rds.yaml").read_text()
    again = tfsrm(*first)
    assert again.returncode == 2
    assert "by hand" in again.stderr
    assert (tmp_path / "aws" / "rds.yaml").read_text() == before


def test_what_there_is_not_is_said(tmp_path: Path) -> None:
    unknown = tfsrm("catalog", "override", "aws_db_instanc", "encrypt-at-rest", "--into", str(tmp_path))
    assert unknown.returncode == 2
    assert "did you mean" in unknown.stderr
    lacking = tfsrm("catalog", "override", "aws_db_instance", "manage-devices", "--into", str(tmp_path))
    assert lacking.returncode == 2
    assert "It has" in lacking.stderr
    assert not (tmp_path / "aws").exists()
