"""Azure DevOps: a comment is the first one of a thread of its own, closed so that it blocks no completion."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.http import Client, NotFoundError, RefusedError
from tfsrm.publish.platform import Comment, Given, Tempo, needed, token

LONGEST = 150_000
_VERSION = "api-version=7.1"


def connect(environ: Mapping[str, str], given: Given, tempo: Tempo) -> Azure:
    """The pull request of a pipeline. Raises UsageError."""
    organization = given.api_url or environ.get("SYSTEM_COLLECTIONURI", "")
    organization = needed(organization, "the organization", "--api-url", "SYSTEM_COLLECTIONURI")
    project, _, repository = given.repository.rpartition("/")
    project = needed(
        project or environ.get("SYSTEM_TEAMPROJECT", ""), "the project", "--repo PROJECT/REPO", "SYSTEM_TEAMPROJECT"
    )
    repository = repository or environ.get("BUILD_REPOSITORY_ID", "")
    repository = needed(repository, "the repository", "--repo PROJECT/REPO", "BUILD_REPOSITORY_ID")
    number = given.number or environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
    number = needed(number, "the pull request", "--number", "SYSTEM_PULLREQUEST_PULLREQUESTID")
    value, name = token(environ, ("SYSTEM_ACCESSTOKEN", "AZURE_DEVOPS_EXT_PAT"))
    pipeline = name == "SYSTEM_ACCESSTOKEN"
    scheme = f"Bearer {value}" if pipeline else f"Basic {b64encode(f':{value}'.encode()).decode()}"
    names = f"/{quote(project, safe='')}/_apis/git/repositories/{quote(repository, safe='')}"
    path = f"{names}/pullRequests/{quote(number, safe='')}/threads"
    from_fork = environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true"
    return Azure(Client(organization, {"Authorization": scheme}, tempo, environ), path, given.author, from_fork)


class Azure:
    """The threads of a pull request."""

    name = "Azure DevOps"
    longest = LONGEST
    hides_html = True
    can_hide = False

    def __init__(self, client: Client, path: str, author: str, from_fork: bool) -> None:
        self._client, self._path, self._author, self.from_fork = client, path, author, from_fork

    def authors(self) -> frozenset[str]:
        """The identity of the token, by its id."""
        if self._author:
            return frozenset({self._author})
        try:
            who = self._client.call("GET", "/_apis/connectionData").read(_Connection)
        except (RefusedError, NotFoundError):
            raise PublishError("Azure DevOps does not say whose token this is\n  Give --author with its id.") from None
        return frozenset({who.authenticatedUser.id})

    def comments(self) -> Iterator[Comment]:
        """The first comment of every thread that is not deleted, oldest first."""
        threads = self._client.call("GET", f"{self._path}?{_VERSION}").read(_Threads).value
        for thread in sorted(threads, key=lambda t: t.id):
            if thread.comments and not thread.isDeleted and not thread.comments[0].isDeleted:
                yield _comment(thread)

    def create(self, body: str) -> Comment:
        """Open a thread, closed."""
        sent = {"comments": [{"content": body, "parentCommentId": 0, "commentType": "text"}], "status": "closed"}
        thread = self._client.call("POST", f"{self._path}?{_VERSION}", sent).read(_Thread)
        return _comment(thread) if thread.comments else Comment(id=f"{thread.id}/1", body=body, author="")

    def update(self, comment: Comment, body: str) -> None:
        """Replace a comment's content."""
        self._client.call("PATCH", self._of(comment), {"content": body})

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self._client.call("DELETE", self._of(comment))

    def hide(self, comments: list[Comment]) -> None:
        """Azure DevOps has no such thing."""
        raise UsageError(f"--behavior hide-and-new: Azure DevOps cannot hide {len(comments)} comments")

    def _of(self, comment: Comment) -> str:
        thread, _, number = comment.id.partition("/")
        return f"{self._path}/{thread}/comments/{number}?{_VERSION}"


class _Identity(msgspec.Struct, frozen=True):
    id: str = ""


class _Connection(msgspec.Struct, frozen=True):
    authenticatedUser: _Identity  # noqa: N815 (as it is sent)


class _First(msgspec.Struct, frozen=True):
    id: int
    content: str | None = None
    author: _Identity | None = None
    isDeleted: bool | None = None  # noqa: N815


class _Thread(msgspec.Struct, frozen=True):
    id: int
    comments: list[_First] | None = None
    isDeleted: bool | None = None  # noqa: N815


class _Threads(msgspec.Struct, frozen=True):
    value: list[_Thread]


def _comment(thread: _Thread) -> Comment:
    first = (thread.comments or [_First(1)])[0]
    author = first.author.id if first.author else ""
    return Comment(id=f"{thread.id}/{first.id}", body=first.content or "", author=author)
