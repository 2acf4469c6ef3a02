"""The contracts themselves: they find what a platform would not take, so that silence means something."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from tests.publish.contracts import CONTRACTS, GitHubContract, SwaggerContract
from tests.publish.server import GitHubServer, Stored, _github_comment

_LIST = "/repos/a/b/issues/7/comments"
_GOOD = json.dumps(_github_comment(Stored(1, "x", "y"))).encode()
_JSON = {"Content-Type": "application/json"}
_THREADS = "/o/p/_apis/git/repositories/r/pullRequests/7/threads"


@pytest.mark.parametrize(
    ("method", "url", "sent", "answered"),
    [
        ("POST", _LIST, b"{}", _GOOD),
        ("POST", _LIST, b'{"body": 1}', _GOOD),
        ("POST", "/repos/a/b/issues/seven/comments", b'{"body": "x"}', _GOOD),
        ("POST", "/repos/a/b/comments/7", b'{"body": "x"}', _GOOD),
        ("POST", _LIST, b'{"body": "x"}', b'{"id": 1}'),
        ("GET", f"{_LIST}?per_page=many", b"", b"[]"),
        ("PATCH", "/repos/a/b/issues/comments/1", b"", _GOOD),
        ("POST", "/graphql", b'{"query": "query { viewer { name } }"}', b"{}"),
        (
            "POST",
            "/graphql",
            b'{"query": "mutation { minimizeComment(input: {subjectId: 1}) { clientMutationId } }"}',
            b"{}",
        ),
    ],
)
def test_github_finds_it(method: str, url: str, sent: bytes, answered: bytes) -> None:
    assert GitHubContract().problems(method, url, sent, 201 if method == "POST" else 200, _JSON, answered)


def test_github_takes_what_is_right() -> None:
    assert GitHubContract().problems("POST", _LIST, b'{"body": "x"}', 201, _JSON, _GOOD) == []


@pytest.mark.parametrize(
    ("method", "url", "sent"),
    [
        ("POST", _THREADS, b'{"comments": []}'),
        ("POST", f"{_THREADS}?api-version=7.1", b'{"comments": [{"content": 1}]}'),
        ("POST", f"{_THREADS}?api-version=7.1", b'{"comments": [], "status": "shut"}'),
        ("PATCH", f"{_THREADS}/1?api-version=7.1", b'{"content": "x"}'),
    ],
)
def test_azure_finds_it(method: str, url: str, sent: bytes) -> None:
    assert SwaggerContract("azure-git-7.1.json").problems(method, url, sent, 200, _JSON, b"{}")


@pytest.mark.parametrize("name", ["gitea-1.27.1.json", "forgejo-11.0.3.json"])
@pytest.mark.parametrize(
    ("method", "url", "sent", "status"),
    [
        ("POST", _LIST, b"{}", 201),
        ("POST", _LIST, b'{"body": "x", "event": 1}', 201),
        ("POST", _LIST, b'{"body": "x"}', 200),
        ("GET", f"{_LIST}?per_page=100", b"", 200),
        ("PATCH", f"{_LIST}/1", b'{"body": "x"}', 200),
        ("POST", "/graphql", b"{}", 200),
    ],
)
def test_gitea_and_forgejo_find_it(name: str, method: str, url: str, sent: bytes, status: int) -> None:
    assert SwaggerContract(name).problems(method, url, sent, status, _JSON, b"[]" if method == "GET" else _GOOD)


def test_the_server_refuses_what_github_refuses_beyond_its_description(github: GitHubServer) -> None:
    """No description names the longest body: the server does."""
    from tests.publish.posting import QUICK, environment
    from tfsrm.errors import PublishError
    from tfsrm.publish.github import connect
    from tfsrm.publish.platform import Given

    platform = connect(environment("github"), Given(api_url=github.url), QUICK)
    assert platform.create("x" * 65_536).body
    with pytest.raises(PublishError, match="422"):
        platform.create("x" * 65_537)


def test_the_descriptions_are_those_that_the_readme_names() -> None:
    text = (CONTRACTS / "README.md").read_text()
    for name in (
        "github-openapi.json",
        "github-graphql.graphql",
        "azure-git-7.1.json",
        "gitea-1.27.1.json",
        "forgejo-11.0.3.json",
    ):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert sha256((CONTRACTS / name).read_bytes()).hexdigest() in row
