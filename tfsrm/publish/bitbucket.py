"""Bitbucket Cloud: comments on a pull request. It shows HTML as it stands, so the marker is a line that can be seen."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.http import Client, RefusedError
from tfsrm.publish.platform import Comment, Given, Tempo, needed, token

LONGEST = 32_768
_PAGES = 200


def connect(environ: Mapping[str, str], given: Given, tempo: Tempo) -> Bitbucket:
    """The pull request of a pipeline. Raises UsageError."""
    api = given.api_url or "https://api.bitbucket.org/2.0"
    repository = given.repository or environ.get("BITBUCKET_REPO_FULL_NAME", "")
    repository = needed(repository, "the repository", "--repo", "BITBUCKET_REPO_FULL_NAME")
    number = given.number or environ.get("BITBUCKET_PR_ID", "")
    number = needed(number, "the pull request", "--number", "BITBUCKET_PR_ID (the step must run for pull requests)")
    value, _ = token(environ, ("BITBUCKET_TOKEN",))
    user = environ.get("BITBUCKET_USERNAME", "").strip()
    scheme = f"Basic {b64encode(f'{user}:{value}'.encode()).decode()}" if user else f"Bearer {value}"
    path = f"/repositories/{quote(repository)}/pullrequests/{quote(number, safe='')}/comments"
    return Bitbucket(Client(api, {"Authorization": scheme}, tempo, environ), path, given.author)


class Bitbucket:
    """The comments of a pull request on Bitbucket Cloud."""

    name = "Bitbucket"
    longest = LONGEST
    hides_html = False
    can_hide = False
    from_fork = False

    def __init__(self, client: Client, path: str, author: str) -> None:
        self._client, self._path, self._author = client, path, author

    def authors(self) -> frozenset[str]:
        """The account of the token, by its UUID. The token of a repository may not ask for it."""
        if self._author:
            return frozenset({self._author})
        try:
            return frozenset({self._client.call("GET", "/user").read(_User).uuid})
        except RefusedError:
            raise PublishError(
                "Bitbucket does not say whose token this is\n  Give --author with the UUID of its account, braces included."
            ) from None

    def comments(self) -> Iterator[Comment]:
        """All comments that are not deleted, oldest first."""
        url, seen = f"{self._path}?pagelen=100&sort=created_on", set[str]()
        while url and url not in seen and len(seen) < _PAGES:
            seen.add(url)
            page = self._client.call("GET", url).read(_Page)
            yield from (_comment(found) for found in page.values if not found.deleted)
            url = page.next or ""

    def create(self, body: str) -> Comment:
        """Post a comment."""
        return _comment(self._client.call("POST", self._path, {"content": {"raw": body}}).read(_Found))

    def update(self, comment: Comment, body: str) -> None:
        """Replace a comment's body."""
        self._client.call("PUT", f"{self._path}/{comment.id}", {"content": {"raw": body}})

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self._client.call("DELETE", f"{self._path}/{comment.id}")

    def hide(self, comments: list[Comment]) -> None:
        """Bitbucket has no such thing."""
        raise UsageError(f"--behavior hide-and-new: Bitbucket cannot hide {len(comments)} comments")


class _User(msgspec.Struct, frozen=True):
    uuid: str = ""


class _Content(msgspec.Struct, frozen=True):
    raw: str | None = None


class _Found(msgspec.Struct, frozen=True):
    id: int
    content: _Content = _Content()
    user: _User | None = None
    deleted: bool = False


class _Page(msgspec.Struct, frozen=True):
    values: list[_Found]
    next: str | None = None


def _comment(found: _Found) -> Comment:
    return Comment(id=str(found.id), body=found.content.raw or "", author=found.user.uuid if found.user else "")
