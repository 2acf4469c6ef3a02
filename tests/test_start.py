"""Start-up is felt on every pull request: what a run may not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLAN = Path(__file__).parents[1] / "fixtures" / "web-app-created" / "plan.json"
HEAVY = (
    "hcl2",
    "lark",
    "yaml",
    "jinja2",
    "rich",
    "pydantic",
    "importlib.metadata",
    "importlib.resources",
    "hashlib",
    "urllib3",
)


def modules_after(*arguments: str) -> set[str]:
    """The modules that are loaded after a run of the command."""
    code = (
        "import sys; sys.argv = ['tfsrm', *sys.argv[1:]]\n"
        "from tfsrm.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "form", ["markdown", "json", "table", "plain-markdown", "github-annotations", "svg", "mermaid"]
)
def test_analyze_of_a_plan_imports_nothing_heavy(form: str) -> None:
    loaded = modules_after("analyze", str(PLAN), "--format", form)
    assert "tfsrm.assess.engine" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(("form", "needed"), [("table", True), ("markdown", False), ("json", False)])
def test_tabulate_is_imported_for_tables_only(form: str, needed: bool) -> None:
    assert ("tabulate" in modules_after("analyze", str(PLAN), "--format", form)) is needed


def test_the_template_engine_is_imported_for_the_page_only() -> None:
    assert "jinja2" in modules_after("review", str(PLAN))
    assert "jinja2" not in modules_after("review", str(PLAN), "--format", "markdown")


def test_the_version_needs_no_catalogue() -> None:
    assert not {m for m in modules_after("--version") if m.startswith(("tfsrm.assess", "tfsrm.catalog", "msgspec"))}
