"""What all tests share: the flag that renews golden files, and an environment that says nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.golden import Golden

SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files with what comes out now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLUMNS", "LINES", "TERM", "TFSRM_TRACEBACK", "CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real plans and schemas beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared folder beside the repository (real plans, provider schema)")
    return SHARED
