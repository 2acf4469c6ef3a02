"""A comment fits every platform, and leads with what matters however large the change is."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.github_page import Page
from tfsrm import api
from tfsrm.model.checklist import Checklist
from tfsrm.publish import azure, bitbucket, github, gitlab
from tfsrm.report import wording
from tfsrm.report.markdown_folds import FOLDS
from tfsrm.report.view import View, chosen, rows

ROOT = Path(__file__).parents[1]
PLATFORMS = {
    "GitHub": ("markdown", github.LONGEST),
    "GitLab": ("markdown", gitlab.LONGEST),
    "Azure DevOps": ("markdown", azure.LONGEST),
    "Bitbucket": ("plain-markdown", bitbucket.LONGEST),
}
pytestmark = pytest.mark.xdist_group("room")  # one process: the largest plans are assessed once
ROOMS = (60_000, 30_000, 20_000, 12_000, 8_000, 4_000, 2_000)


@pytest.fixture(scope="module")
def largest_real(shared: Path) -> Checklist:
    """The largest plan that a public configuration gave."""
    return _analyzed(max(_plans(shared), key=lambda p: 0 if p.name.startswith("scale-") else p.stat().st_size))


@pytest.fixture(scope="module")
def largest(shared: Path) -> Checklist:
    """The largest of all: 20,000 resources, made to be large."""
    return _analyzed(max(_plans(shared), key=lambda p: p.stat().st_size))


def _plans(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "plans").glob("*.json.gz"))


def _analyzed(path: Path) -> Checklist:
    return api.analyze(api.Request(str(path), today="2026-11-24"))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_largest_real_plan_fits(largest_real: Checklist, platform: str) -> None:
    assert misfits(largest_real, *PLATFORMS[platform]) == []


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_largest_plan_fits(largest: Checklist, platform: str) -> None:
    assert misfits(largest, *PLATFORMS[platform]) == []


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("form", ["markdown", "plain-markdown"])
def test_any_room_is_kept_to(largest: Checklist, form: str, room: int) -> None:
    assert overflows(largest, form, room) == []


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("form", ["markdown", "plain-markdown"])
def test_any_room_is_kept_to_by_a_real_plan(largest_real: Checklist, form: str, room: int) -> None:
    assert overflows(largest_real, form, room) == []


def misfits(found: Checklist, form: str, longest: int) -> list[str]:
    """What is not as it must be: the characters that a platform takes; the headline, then the unmet duties in full,
    gravest first."""
    text = api.render(found, form, View())
    unmet = [r for r in rows(chosen(found, View())) if r.first.verdict == "unmet"]
    places = [text.find(f"**{r.first.title}** ({r.severity}") for r in unmet]
    holds = {
        "there is room for the marker and for remarks of ticks": len(text) < longest * 0.95,
        "the headline leads": text.startswith(f"## {wording.headline(found).rstrip('.')}\n"),
        "there is something unmet, and all of it is told": bool(places) and -1 not in places,
        "the gravest come first": places == sorted(places),
        "what is unmet comes before what is asked": -1 < max(places, default=-1) < text.find("### To attest"),
    }
    return [law for law, held in holds.items() if not held]


def overflows(found: Checklist, form: str, room: int) -> list[str]:
    """What is not as it must be in a room of so many bytes."""
    elsewhere = "https://ci.example.org/run/1"
    text = api.render(found, form, View(room=room, whole=elsewhere))
    whole = text == api.render(found, form, View(room=10_000_000))
    folds = {text.count("<details>"), text.count("</details>"), Page(text).tags["details"]}
    holds = {
        "it fits": len(text.encode()) <= room,
        "the headline leads": text.startswith("## This change gives you"),
        "it says where the whole is": whole or elsewhere in text,
        "it says what went": whole or bool(re.search("left out or shortened|Cut here", text)),
        "what it opens it closes": len(folds) == 1,
    }
    return [law for law, held in holds.items() if not held]


def test_every_fold_is_shorter_and_says_what_went() -> None:
    assert FOLDS[0].without == ""
    assert all(fold.without for fold in FOLDS[1:])
    for one, next_one in pairwise(FOLDS):
        for name in ("unmet", "attest", "unknown", "members", "clip", "columns", "seen", "gaps"):
            assert getattr(next_one, name) <= getattr(one, name)


def test_a_small_report_is_not_shortened() -> None:
    plan = ROOT / "fixtures" / "web-app-created" / "plan.json"
    found = api.analyze(api.Request(str(plan), today="2026-11-24"))
    text = api.render(found, "markdown", View())
    assert "shortened" not in text
    boxes = re.findall(r"(?m)^- \[ \] .*<!-- d:[0-9a-f:,*]+ -->$", text)
    assert len(boxes) == text.count("- [ ]")
    assert len(set(re.findall(r"<!-- d:\S+ -->", text))) == len(boxes)


def test_the_documentation_says_these_sizes() -> None:
    text = (ROOT / "docs" / "ci.md").read_text()
    for name, module in (("github", github), ("gitlab", gitlab), ("bitbucket", bitbucket), ("azure", azure)):
        starts = (f"| `{name}` |", f"| `{name}` (Cloud) |")
        (row,) = [line for line in text.splitlines() if line.startswith(starts) and "bytes" in line]
        assert f"{module.LONGEST:,} characters" in row
        assert f"{api.room_of(module.LONGEST):,} bytes" in row
