"""The platforms on loopback, each held to its contract when a test ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.publish.others import AzureServer, BitbucketServer, GitLabServer
from tests.publish.server import GiteaServer, GitHubServer, Server


def _running(server: Server) -> Iterator[Server]:
    yield server
    server.close()
    assert server.problems == []


@pytest.fixture
def github() -> Iterator[Server]:
    yield from _running(GitHubServer())


@pytest.fixture(params=["gitea-1.27.1.json", "forgejo-11.0.3.json"])
def gitea(request: pytest.FixtureRequest) -> Iterator[Server]:
    yield from _running(GiteaServer(request.param))


@pytest.fixture
def gitlab() -> Iterator[Server]:
    yield from _running(GitLabServer())


@pytest.fixture
def bitbucket() -> Iterator[Server]:
    yield from _running(BitbucketServer())


@pytest.fixture
def azure() -> Iterator[Server]:
    yield from _running(AzureServer())
