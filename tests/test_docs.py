"""What the documents say is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import Golden
from tfsrm.report import FORMATS, SUFFIXES
from tfsrm.report.csv_duties import COLUMNS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "mappings" / "README.md"]


def test_the_picture_in_the_readme_is_what_the_command_prints(golden: Golden) -> None:
    """Renewed with the fixture's own golden."""
    text = README.read_text()
    start = text.index("```text\n") + len("```text\n")
    end = text.index("```", start)
    printed = (ROOT / "fixtures" / "web-app-created" / "expected" / "report.txt").read_text()
    golden.check(README, text[:start] + printed + text[end:])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_linked_file_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text())
    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_option_in_the_readme_is_known() -> None:
    command = [sys.executable, "-m", "tfsrm", "analyze", "--help"]
    known = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    tables = [
        line
        for line in README.read_text().splitlines()
        if line.startswith("| ") and not re.search("tfsrm (explain|catalog)", line)
    ]
    named = set(re.findall(r"(?<=`)--[a-z-]+", "\n".join(tables)))
    assert named
    assert not [option for option in named if option not in known]


def test_every_verdict_and_exit_code_has_its_row() -> None:
    verdicts = (ROOT / "docs" / "verdicts.md").read_text()
    assert all(f"| `{v}` |" in verdicts for v in ("met", "unmet", "unknown", "attest"))
    codes = (ROOT / "docs" / "exit-codes.md").read_text()
    assert all(f"| {code} |" in codes for code in (0, 1, 2, 3, 4, 70))


def test_every_format_and_suffix_is_described() -> None:
    text = (ROOT / "docs" / "exports.md").read_text()
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert not [name for name in FORMATS if f"`{name}`" not in rows]
    assert not [suffix for suffix in SUFFIXES if f"`{suffix}`" not in text]


def test_every_column_of_the_csv_is_described() -> None:
    text = (ROOT / "docs" / "exports.md").read_text()
    assert not [column for column in COLUMNS if f"`{column}`" not in text]
