"""``.tfsrm.toml``: what it may say, and that nothing in it is silently ignored."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_start import modules_after

ROOT = Path(__file__).parents[1]
PLAN = str(ROOT / "fixtures" / "web-app-created" / "plan.json")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a folder."""
    command = [sys.executable, "-m", "tfsrm", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def _said(folder: Path, text: str) -> Path:
    (folder / ".tfsrm.toml").write_text(text)
    return folder


def test_options_come_from_the_file(tmp_path: Path) -> None:
    done = run(_said(tmp_path, 'format = "markdown"\nfail_on = ["unmet:high"]\n'), "analyze", PLAN)
    assert done.returncode == 1
    assert done.stdout.startswith("## This change gives you ")


def test_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    folder = _said(tmp_path, 'format = "markdown"\nfail_on = ["unmet"]\n')
    done = run(folder, "analyze", PLAN, "--format", "json", "--fail-on", "gap")
    assert done.returncode == 0
    assert done.stdout.startswith("{")


def test_one_text_is_a_list_of_one(tmp_path: Path) -> None:
    folder = _said(tmp_path, 'fail_on = "unmet:high"\n[analyze]\nformat = ["json"]\n')
    assert run(folder, "config", "check").returncode == 0
    done = run(folder, "analyze", PLAN)
    assert (done.returncode, done.stdout[:1]) == (1, "{")


def test_a_table_of_a_command_goes_before_what_is_said_for_all(tmp_path: Path) -> None:
    done = run(_said(tmp_path, 'fail_on = ["unmet"]\n[analyze]\nfail_on = ["gap"]\nall = true\n'), "analyze", PLAN)
    assert done.returncode == 0
    assert "AWS's alone" in done.stdout


def test_one_text_may_stand_for_a_list(tmp_path: Path) -> None:
    assert run(_said(tmp_path, 'fail_on = "unmet"\n'), "analyze", PLAN).returncode == 1


def test_an_option_that_a_command_lacks_is_not_given_to_it(tmp_path: Path) -> None:
    done = run(_said(tmp_path, 'fail_on = ["unmet"]\n'), "explain", "encrypt-at-rest")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('\nfail-on = ["x"]\n', ".tfsrm.toml:2: fail-on is no option; did you mean fail_on?"),
        ("format = 3", ".tfsrm.toml:1: format takes a text"),
        ("fail_on = [1]", ".tfsrm.toml:1: fail_on takes a text or a list of texts"),
        ("strict = 1", ".tfsrm.toml:1: strict takes true or false"),
        ("[analyze]\nroom = true", ".tfsrm.toml:2: room takes a whole number"),
        ("[analize]\nall = true", ".tfsrm.toml:1: [analize] is no command; did you mean analyze?"),
        ("[comment]\napi_url = 'https://evil.example'", ".tfsrm.toml:2: api_url is not read from a file"),
        ("[analyze]\nproject = 'x'", ".tfsrm.toml:2: project is no option"),
        ("format = \nall = true", ".tfsrm.toml:1:10: Invalid value"),
        ("all = true\nformat = ", ".tfsrm.toml:2: Invalid value"),
        ("zzz = 1", "known are"),
    ],
)
def test_a_mistake_is_an_error_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    folder = _said(tmp_path, text)
    for command in (["analyze", PLAN], ["config", "check"]):
        done = run(folder, *command)
        assert done.returncode == 2
        assert says in done.stderr
        assert done.stdout == ""


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    done = run(_said(tmp_path, "a = 1\nb = 2\n[comment]\nc = 3\n"), "config", "check")
    assert [line.split(": ")[-2 if line.startswith("tfsrm") else 0] for line in done.stderr.splitlines()] == [
        ".tfsrm.toml:1",
        ".tfsrm.toml:2",
        ".tfsrm.toml:4",
    ]


def test_check_holds_what_a_run_would_refuse(tmp_path: Path) -> None:
    text = 'format = "pdf"\nfail_on = ["unmet:huge"]\nmappings = ["nowhere"]\n[comment]\nbehavior = "often"\n'
    done = run(_said(tmp_path, text), "config", "check")
    assert done.returncode == 2
    for part in ("format pdf: known are table", "unmet:huge: not a gate", "nowhere is no folder", "behavior often"):
        assert part in done.stderr


def test_check_reads_the_mapping_folders_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "mine" / "aws").mkdir(parents=True)
    (tmp_path / "mine" / "aws" / "x.yaml").write_text("service: 3\n")
    done = run(_said(tmp_path, 'mappings = ["mine"]\n'), "config", "check")
    assert done.returncode == 2
    assert "x.yaml:1" in done.stderr


def test_a_good_file_holds(tmp_path: Path) -> None:
    done = run(_said(tmp_path, 'fail_on = ["unmet:high"]\n[comment]\nproject = "orders"\n'), "config", "check")
    assert (done.returncode, done.stdout) == (0, ".tfsrm.toml holds: no problem found.\n")


def test_without_a_file_nothing_is_loaded_for_it() -> None:
    loaded = modules_after("analyze", PLAN)
    assert not loaded & {"tomllib", "tfsrm.cli.settings"}


@pytest.mark.parametrize(
    "text", ["\udcff", "a = '\x00'", "[", "a.b.c = 1", '"\\u0007" = 1', "[[comment]]\nx = 1", "comment = 1"]
)
def test_odd_files_get_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / ".tfsrm.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run(tmp_path, "config", "check")
    assert done.returncode == 2
    assert ".tfsrm.toml" in done.stderr
    assert "defect" not in done.stderr
    assert "\x07" not in done.stderr
