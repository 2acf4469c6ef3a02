"""GitLab: notes on a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.http import Client, RefusedError
from tfsrm.publish.platform import Comment, Given, Tempo, needed, token

LONGEST = 1_000_000
_TOKENS = ("GITLAB_TOKEN", "CI_JOB_TOKEN")


def connect(environ: Mapping[str, str], given: Given, tempo: Tempo) -> GitLab:
    """The merge request of a pipeline, in the project that it goes to. Raises UsageError."""
    api = given.api_url or environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    there = environ.get("CI_MERGE_REQUEST_PROJECT_ID", "")
    here = environ.get("CI_PROJECT_ID", "")
    project = needed(given.repository or there or here, "the project", "--repo", "CI_PROJECT_ID")
    number = given.number or environ.get("CI_MERGE_REQUEST_IID", "")
    number = needed(
        number, "the merge request", "--number", "CI_MERGE_REQUEST_IID (the job must run in merge request pipelines)"
    )
    from_fork = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", there) != there
    value, name = token(environ, _TOKENS)
    headers = {"JOB-TOKEN" if name == "CI_JOB_TOKEN" else "PRIVATE-TOKEN": value}
    path = f"/projects/{quote(project, safe='')}/merge_requests/{quote(number, safe='')}/notes"
    return GitLab(Client(api, headers, tempo, environ), path, given.author, from_fork, name == "CI_JOB_TOKEN")


class GitLab:
    """The notes of a merge request."""

    name = "GitLab"
    longest = LONGEST
    hides_html = True
    can_hide = False

    def __init__(self, client: Client, path: str, author: str, from_fork: bool, job_token: bool) -> None:
        self._client, self._path, self._author = client, path, author
        self.from_fork, self._job_token = from_fork, job_token

    def authors(self) -> frozenset[str]:
        """The user of the token."""
        if self._author:
            return frozenset({self._author})
        return frozenset({self._client.call("GET", "/user").read(_User).username})

    def comments(self) -> Iterator[Comment]:
        """All notes that people and robots wrote, oldest first."""
        try:
            for page in self._client.pages(f"{self._path}?per_page=100&sort=asc&order_by=created_at"):
                yield from (_comment(note) for note in page.read(list[_Note]) if not note.system)
        except PublishError as error:
            if self._job_token and error.status in (401, 403, 404):
                said = str(error).partition("\n")[0]
                raise RefusedError(f"{said}: CI_JOB_TOKEN may not read notes, set GITLAB_TOKEN", error.status) from None
            raise

    def create(self, body: str) -> Comment:
        """Post a note."""
        return _comment(self._client.call("POST", self._path, {"body": without_quick_actions(body)}).read(_Note))

    def update(self, comment: Comment, body: str) -> None:
        """Replace a note's body."""
        self._client.call("PUT", f"{self._path}/{comment.id}", {"body": without_quick_actions(body)})

    def delete(self, comment: Comment) -> None:
        """Remove a note."""
        self._client.call("DELETE", f"{self._path}/{comment.id}")

    def hide(self, comments: list[Comment]) -> None:
        """GitLab has no such thing."""
        raise UsageError(f"--behavior hide-and-new: GitLab cannot hide {len(comments)} notes")


def without_quick_actions(body: str) -> str:
    """A body of which no line begins with a slash: ``/merge`` and the like would be done, even by the API."""
    return re.sub(r"(?m)^([ \t>*+-]*)/(?=[A-Za-z_])", r"\1&#47;", body)


class _User(msgspec.Struct, frozen=True):
    username: str


class _Note(msgspec.Struct, frozen=True):
    id: int
    body: str | None = None
    author: _User | None = None
    system: bool = False


def _comment(note: _Note) -> Comment:
    return Comment(id=str(note.id), body=note.body or "", author=note.author.username if note.author else "")
