"""What bad input gets: one error that names where, what and what to do; the exit code; no traceback; nothing half-written."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
PLAN = FIXTURES / "web-app-created" / "plan.json"


def run(*arguments: str, stdin: bytes = b"", **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "tfsrm", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False, **more)  # type: ignore[call-overload, no-any-return]


def nested(depth: int) -> bytes:
    return b'{"format_version":"1.2","resource_changes":' + b"[" * depth + b"]" * depth + b"}"


def written(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)


BAD: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\n",
    "html": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "truncated": b'{"format_version":"1.2","resource_changes":[{"address":"aws_x.a",',
    "wrong kind": b'{"provider_schemas":{},"format_version":"1.0"}',
    "any object": b'{"hello":"world"}',
    "a list": b"[1, 2, 3]",
    "a number": b"42",
    "nested": nested(100_000),
    "many digits": b'{"format_version":"1.2","terraform_version":' + b"9" * 10_000 + b"}",
    "not a number": b'{"format_version":"1.2","x":NaN,"resource_changes":[{"address":NaN}]}',
    "twice": b'{"format_version":"1.2","resource_changes":[],"resource_changes":[]}',
    "invalid utf-8": b'{"format_version":"1.2","terraform_version":"\xff\xfe"}',
    "zeros": b"\x00" * 64,
    "newer major": b'{"format_version":"2.0","resource_changes":[]}',
    "log lines": b'{"@level":"info","@message":"Plan: 1 to add","type":"change_summary"}\n' * 2,
    "bad gzip": b"\x1f\x8b\x08\x00rubbish",
    "zip": b"PK\x03\x04" + b"\x00" * 60,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_content_gets_one_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "input.json"
    path.write_bytes(BAD[name])
    check_refused(run("analyze", str(path)), "input.json")
    assert path.read_bytes() == BAD[name], "the input is never written to"


@pytest.mark.parametrize("name", ["empty", "html", "truncated"])
def test_bad_standard_input_gets_one_error(name: str) -> None:
    check_refused(run("analyze", "-", stdin=BAD[name]), "")


def check_refused(done: subprocess.CompletedProcess[bytes], where: str) -> None:
    error = done.stderr.decode()
    assert done.returncode == 3, error
    assert done.stdout == b""
    assert error.startswith("tfsrm: ")
    assert where in error
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) >= 2, "what to do next stands on a line of its own"


SPECIAL: dict[str, Callable[[Path], None]] = {
    "missing": lambda _: None,
    "a directory without .tf": lambda path: path.mkdir(),
    "a sparse file of 2 GB": sparse,
    "a gzip of nothing readable": lambda path: written(path, gzip.compress(b"\x00" * 1024, 9)),
    "lone surrogates": lambda path: written(path, b'{"format_version":"1.2","resource_changes":"\\ud800"}'),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special_files_get_one_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "input"
    SPECIAL[name](path)
    check_refused(run("analyze", str(path)), "input")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_gets_one_error(tmp_path: Path) -> None:
    path = tmp_path / "input.json"
    path.write_text("{}")
    path.chmod(0)
    check_refused(run("analyze", str(path)), "input.json")


def test_a_closed_standard_output_is_nobodys_fault() -> None:
    command = f"{sys.executable} -m tfsrm analyze {PLAN} --format json --all | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.stderr == b""


def test_a_full_disk_is_said_and_nothing_is_half_written() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is a device of Linux")
    done = run("analyze", str(PLAN), "--output", "/dev/full")
    assert done.returncode == 2
    assert b"/dev/full" in done.stderr
    assert b"Traceback" not in done.stderr


def test_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert run("analyze", str(PLAN), "--format", "json", "--output", str(report)).returncode == 0
    assert json.loads(report.read_text())["schema_version"] == "1"
    report.write_text("old")
    assert run("analyze", str(tmp_path / "missing"), "--output", str(report)).returncode == 3
    assert report.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_an_output_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("analyze", str(PLAN), "--output", str(tmp_path / "no" / "report.txt"))
    assert done.returncode == 2
    assert b"--output" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "xml"),
        ("--fail-on", "everything"),
        ("--fail-on", "unmet:severe"),
        ("--fail-on", "gap:high"),
        ("--show", "gone"),
        ("--layer", "moon"),
        ("--today", "yesterday"),
        ("--mappings", "no-such-folder"),
        ("--no-such-option",),
    ],
)
def test_wrong_usage_is_2_and_says_what_is_known(arguments: tuple[str, ...]) -> None:
    done = run("analyze", str(PLAN), *arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr
    assert b"Traceback" not in done.stderr
