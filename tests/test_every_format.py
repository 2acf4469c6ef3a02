"""What every report format promises, whichever is added: same bytes everywhere, inert text, one final newline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import IN_PLANS, plan_with
from tfsrm import api
from tfsrm.model.checklist import Checklist
from tfsrm.report import FORMATS, SUFFIXES
from tfsrm.report.view import View

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "fixtures" / "web-app-created" / "plan.json"
OTHER = ROOT / "fixtures" / "database-replaced" / "plan.json"
SETTINGS = {
    "plain": {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
    "far away": {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4242"},
    "no UTF-8": {"LC_ALL": "POSIX", "TZ": "America/St_Johns", "PYTHONHASHSEED": "77", "PYTHONUTF8": "0"},
}
"""Environments in which a report must be the same; each runs in a folder of its own too."""


def written(folder: Path, environment: dict[str, str], *inputs: Path) -> dict[str, bytes]:
    """Every format, from one run in a folder."""
    folder.mkdir()
    options = [part for name in FORMATS for part in ("--format", name, "--output", f"{name}.out")]
    command = [sys.executable, "-m", "tfsrm", "analyze", *map(str, inputs), *options, "--today", "2026-11-24"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    return {name: (folder / f"{name}.out").read_bytes() for name in FORMATS}


@pytest.fixture(scope="module", params=[(PLAN,), (PLAN, OTHER)], ids=["one input", "two inputs"])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Setting -> format -> bytes."""
    root = tmp_path_factory.mktemp("settings")
    return {name: written(root / name, environment, *request.param) for name, environment in SETTINGS.items()}


@pytest.mark.parametrize("form", FORMATS)
def test_same_bytes_under_any_folder_locale_time_zone_and_hash_seed(
    form: str, runs: dict[str, dict[str, bytes]]
) -> None:
    first, *others = (found[form] for found in runs.values())
    assert first
    assert all(other == first for other in others)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_utf8_with_one_final_newline_and_no_mark(form: str, runs: dict[str, dict[str, bytes]]) -> None:
    data = runs["plain"][form]
    text = data.decode("utf-8")
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.fixture(scope="module")
def attacks(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Checklist]]:
    """The checklist of a plan with each hostile string."""
    path = tmp_path_factory.mktemp("hostile") / "plan.json"
    found = []
    for name, text in IN_PLANS:
        path.write_text(json.dumps(plan_with(text)), encoding="utf-8")
        found.append((name, api.analyze(api.Request(str(path), today="2026-11-24"))))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_writes_no_control_character_and_no_command_of_a_runner(
    form: str, attacks: list[tuple[str, Checklist]]
) -> None:
    for name, found in attacks:
        text = api.render(found, form, View(everything=True))
        lines = text.replace("\r\n", "\n")
        assert not [c for c in lines if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0], name
        assert not set("\u202e\u2066\u200b\u2028\ufeff") & set(lines), name
        assert not re.search(r"##\w*\[", text), name
        if form != "github-annotations":  # which is made of such commands
            assert not [line for line in lines.split("\n") if line.lstrip().startswith("::")], name


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_say_is_a_report_too(form: str) -> None:
    found = api.analyze(api.Request(str(ROOT / "fixtures" / "nothing-to-say" / "plan.json"), today="2026-11-24"))
    for view in (View(), View(layers=("customer-data",), services=("no such service",))):
        text = api.render(found, form, view)
        assert text.endswith("\n") or (form == "github-annotations" and not text)


def test_suffixes_name_formats() -> None:
    assert set(SUFFIXES.values()) <= set(FORMATS)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in SUFFIXES)
