"""GitHub, GitHub Enterprise Server; Gitea and Forgejo, whose API (``/api/v1``) has the same comments and no GraphQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from tfsrm.errors import PublishError
from tfsrm.publish.http import Client, NotFoundError, RefusedError
from tfsrm.publish.platform import Comment, Given, Tempo, needed, token

LONGEST = 65_536
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_GITEA_TOKENS = ("GITEA_TOKEN", "FORGEJO_TOKEN", *_TOKENS)
_BOT = frozenset({"github-actions[bot]"})
"""Who the token of a workflow is. Nobody can take a login with brackets."""
_GITEA_BOTS = frozenset({"gitea-actions", "forgejo-actions"})


def connect(environ: Mapping[str, str], given: Given, tempo: Tempo) -> GitHub:
    """The pull request of a workflow run, or the one that is given. Raises UsageError."""
    api = (given.api_url or environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
    event = _event(environ)
    repository = needed(
        given.repository or environ.get("GITHUB_REPOSITORY", ""), "the repository", "--repo", "GITHUB_REPOSITORY"
    )
    number = needed(
        given.number or _number(event, environ), "the pull request", "--number", "the event of GITHUB_EVENT_PATH"
    )
    return GitHub(
        api, f"/repos/{quote(repository)}", quote(number, safe=""), environ, given, tempo, _is_fork(event, environ)
    )


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    path = environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    try:
        found = msgspec.json.decode(Path(path).read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(event: dict[str, Any], environ: Mapping[str, str]) -> str:
    """Of the event; a comment on an issue that is a pull request counts, a run after a workflow names its pull requests."""
    candidates: list[Any] = [event.get("pull_request")]
    issue = event.get("issue")
    if isinstance(issue, dict) and issue.get("pull_request") is not None:
        candidates.append(issue)
    run = event.get("workflow_run")
    if isinstance(run, dict) and isinstance(run.get("pull_requests"), list):
        candidates += run["pull_requests"][:1]
    for candidate in candidates:
        if isinstance(candidate, dict) and isinstance(candidate.get("number"), int):
            return str(candidate["number"])
    parts = environ.get("GITHUB_REF", "").split("/")
    return parts[2] if len(parts) > 3 and parts[:2] == ["refs", "pull"] and parts[2].isdigit() else ""


def _is_fork(event: dict[str, Any], environ: Mapping[str, str]) -> bool:
    pull = event.get("pull_request")
    if not isinstance(pull, dict):
        return False
    names = []
    for side in ("head", "base"):
        branch = pull.get(side)
        repo = branch.get("repo") if isinstance(branch, dict) else None
        names.append(repo.get("full_name") if isinstance(repo, dict) else None)
    return names[0] != names[1] or environ.get("GITHUB_ACTOR") == "dependabot[bot]"


class GitHub:
    """The comments of a pull request on GitHub."""

    longest = LONGEST
    hides_html = True

    def __init__(  # noqa: PLR0917 (where it is, who we are)
        self, api: str, repository: str, number: str, environ: Mapping[str, str], given: Given, tempo: Tempo, fork: bool
    ) -> None:
        self._gitea = urlsplit(api).path.endswith("/api/v1")
        self.name = "Gitea" if self._gitea else "GitHub"
        value, _ = token(environ, _GITEA_TOKENS if self._gitea else _TOKENS)
        headers = {"Authorization": f"{'token' if self._gitea else 'Bearer'} {value}"}
        if not self._gitea:
            headers |= {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        self._client = Client(api, headers, tempo, environ)
        self._list = f"{repository}/issues/{number}/comments"
        self._one = f"{repository}/issues/comments"
        self._author = given.author
        self.from_fork = fork
        self.can_hide = not self._gitea

    def authors(self) -> frozenset[str]:
        """The user of the token. The token of an app or a workflow may not ask for it by REST; GraphQL tells."""
        if self._author:
            return frozenset({self._author})
        try:
            return frozenset({self._client.call("GET", "/user").read(_User).login})
        except (RefusedError, NotFoundError):
            return _GITEA_BOTS if self._gitea else self._viewer()

    def _viewer(self) -> frozenset[str]:
        try:
            login = str(self._graphql("query { viewer { login } }", {})["viewer"]["login"])
        except (PublishError, KeyError, TypeError):
            return _BOT
        return frozenset({login, f"{login.removesuffix('[bot]')}[bot]"})

    def comments(self) -> Iterator[Comment]:
        """All comments, oldest first."""
        for page in self._client.pages(self._list if self._gitea else f"{self._list}?per_page=100"):
            yield from (_comment(found) for found in page.read(list[_Found]))

    def create(self, body: str) -> Comment:
        """Post a comment."""
        return _comment(self._client.call("POST", self._list, {"body": body}).read(_Found))

    def update(self, comment: Comment, body: str) -> None:
        """Replace a comment's body."""
        self._client.call("PATCH", f"{self._one}/{comment.id}", {"body": body})

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self._client.call("DELETE", f"{self._one}/{comment.id}")

    def hide(self, comments: list[Comment]) -> None:
        """Fold comments away as outdated, where they are not yet."""
        nodes = [c.node for c in comments if c.node][-100:]
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized } } }"
        found = self._graphql(query, {"ids": nodes}).get("nodes") or []
        hidden = {n["id"] for n in found if isinstance(n, dict) and n.get("isMinimized")}
        mutation = (
            "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
            "{ minimizedComment { isMinimized } } }"
        )
        for node in nodes:
            if node not in hidden:
                self._graphql(mutation, {"id": node})

    def _graphql(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Raises PublishError where the answer tells of errors."""
        base = self._client.base
        url = f"{base.removesuffix('/v3')}/graphql" if base.endswith("/api/v3") else f"{base}/graphql"
        answer = self._client.call("POST", url, {"query": query, "variables": variables}).read(_GraphQL)
        if answer.errors or not answer.data:
            raise PublishError(
                "GitHub's GraphQL did not do it\n  Take --behavior update or delete-and-new, which need none."
            )
        return answer.data


class _User(msgspec.Struct, frozen=True):
    login: str = ""


class _Found(msgspec.Struct, frozen=True):
    id: int
    body: str | None = None
    user: _User | None = None
    node_id: str = ""


class _GraphQL(msgspec.Struct, frozen=True):
    data: dict[str, Any] | None = None
    errors: list[Any] | None = None


def _comment(found: _Found) -> Comment:
    author = found.user.login if found.user else ""
    return Comment(id=str(found.id), body=found.body or "", author=author, node=found.node_id)
