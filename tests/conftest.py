"""What all tests share: golden files, the folder of real plans, and an environment that says nothing about the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.golden import Golden

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_TELLING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LANG", "LANGUAGE", "TERM", "TZ", "CI")
_TELLING_STARTS = ("LC_", "CLICOLOR", "GITHUB_", "GITLAB_", "CI_", "TFSRM_", "TF_", "AWS_", "_TYPER_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files with what comes out now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a golden file: ``golden.check(path, text)``."""
    return Golden(bool(request.config.getoption("--update")))


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch, _cache: str) -> None:
    """No colour, width, language, time zone or CI of the machine reaches a test, and no test the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", _cache)
    for name in list(os.environ):
        if name in _TELLING or name.startswith(_TELLING_STARTS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own: where entries of runs lie."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tfsrm"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real plans and schemas beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared folder beside the repository (real plans, provider schema)")
    return SHARED
