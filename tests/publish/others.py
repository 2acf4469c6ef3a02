"""GitLab, Bitbucket and Azure DevOps on loopback.

Azure is held to its published description (as Gitea and Forgejo are, in server.py). Those of GitLab and Bitbucket are not here
(see tests/contracts/README.md): their servers follow the documentation.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.publish.contracts import SwaggerContract
from tests.publish.server import TOKEN, WHEN, Answer, Seen, Server, Stored


class GitLabServer(Server):
    """GitLab: notes; a job token is refused. After doc/api/notes.md."""

    base = "/api/v4"

    def __init__(self) -> None:
        super().__init__()
        self.me = "project_12_bot"

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        sent = json.loads(seen.body) if seen.body else {}
        found = [f"unknown member {name}" for name in sent if name != "body"]
        for line in str(sent.get("body", "")).split("\n"):
            if re.match(r"\s*/[a-z]", line):
                found.append(f"a quick action: {line[:40]}")
        return found

    def allowed(self, seen: Seen) -> bool:
        return seen.headers.get("private-token") == TOKEN

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        many = r"/projects/acme%2Fshop/merge_requests/7/notes"
        return [
            ("GET", "/user", lambda s, m: Answer(200, {"id": 5, "username": self.me})),
            ("GET", many, self._list),
            ("POST", many, lambda s, m: Answer(201, self._note(self.add(self.me, json.loads(s.body)["body"])))),
            ("PUT", many + r"/(\d+)", self._update),
            ("DELETE", many + r"/(\d+)", self._delete),
        ]

    def _note(self, c: Stored) -> dict[str, Any]:
        author = {"id": 1, "username": c.author, "name": c.author, "state": "active"}
        return {"id": c.id, "body": c.body, "author": author, "system": c.author == "system", "created_at": WHEN}

    def _list(self, seen: Seen, m: re.Match[str]) -> Answer:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        size, page = min(int(query.get("per_page", 20)), 100), int(query.get("page", 1))
        headers = {}
        if page * size < len(self.comments):
            headers["Link"] = f'<{self.origin}{urlsplit(seen.path).path}?per_page={size}&page={page + 1}>; rel="next"'
        return Answer(200, [self._note(c) for c in self.comments[(page - 1) * size : page * size]], headers)

    def _update(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None:
            return Answer(404, {"message": "404 Not found"})
        return Answer(200, self._note(self.replace(comment, json.loads(seen.body)["body"])))

    def _delete(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None:
            return Answer(404, {"message": "404 Not found"})
        self.comments.remove(comment)
        return Answer(204)


class BitbucketServer(Server):
    """Bitbucket Cloud: pages by ``next``, deleted comments stay in the list."""

    base = "/2.0"

    def __init__(self) -> None:
        super().__init__()
        self.me = "{7a3e0d1c-0000-4000-8000-000000000001}"
        self.deleted: set[int] = set()

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        sent = json.loads(seen.body) if seen.body else {}
        return (
            [] if not sent or (set(sent) == {"content"} and set(sent["content"]) == {"raw"}) else [f"sent {sent}"[:80]]
        )

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        many = r"/repositories/acme/shop/pullrequests/7/comments"
        return [
            ("GET", "/user", lambda s, m: Answer(200, {"type": "user", "uuid": self.me})),
            ("GET", many, self._list),
            ("POST", many, self._create),
            ("PUT", many + r"/(\d+)", self._update),
            ("DELETE", many + r"/(\d+)", self._delete),
        ]

    def _comment(self, c: Stored) -> dict[str, Any]:
        user = {"type": "user", "uuid": c.author}
        return {"id": c.id, "content": {"raw": c.body}, "user": user, "deleted": c.id in self.deleted}

    def _list(self, seen: Seen, m: re.Match[str]) -> Answer:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        size, page = min(int(query.get("pagelen", 10)), 100), int(query.get("page", 1))
        found: dict[str, Any] = {"values": [self._comment(c) for c in self.comments[(page - 1) * size : page * size]]}
        if page * size < len(self.comments):
            found["next"] = f"{self.origin}{urlsplit(seen.path).path}?pagelen={size}&page={page + 1}"
        return Answer(200, found)

    def _create(self, seen: Seen, m: re.Match[str]) -> Answer:
        body = json.loads(seen.body)["content"]["raw"]
        if len(body) > 32_768:
            return Answer(400, {"type": "error", "error": {"message": "content.raw: too long"}})
        return Answer(201, self._comment(self.add(self.me, body)))

    def _update(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None or comment.id in self.deleted:
            return Answer(404, {"type": "error", "error": {"message": "Not found"}})
        return Answer(200, self._comment(self.replace(comment, json.loads(seen.body)["content"]["raw"])))

    def _delete(self, seen: Seen, m: re.Match[str]) -> Answer:
        self.deleted.add(int(m[1]))
        return Answer(204)

    def of(self, author: str) -> list[str]:
        return [c.body for c in self.comments if c.author == author and c.id not in self.deleted]


class AzureServer(Server):
    """Azure DevOps: every comment is the first of a thread; its own number is 1."""

    base = "/acme"
    contract = SwaggerContract("azure-git-7.1.json")

    def __init__(self) -> None:
        super().__init__()
        self.me = "0f6c5b1e-0000-4000-8000-000000000002"
        self.deleted: set[int] = set()

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        return self.contract.problems(seen.method, seen.path, seen.body, status, headers, data)

    def allowed(self, seen: Seen) -> bool:
        scheme, _, value = seen.headers.get("authorization", "").partition(" ")
        return value == TOKEN if scheme == "Bearer" else b64decode(value).decode() == f":{TOKEN}"

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        many = r"/shop%20front/_apis/git/repositories/shop/pullRequests/7/threads"
        return [
            ("GET", "/_apis/connectionData", lambda s, m: Answer(200, {"authenticatedUser": {"id": self.me}})),
            ("GET", many, lambda s, m: Answer(200, {"value": [self._thread(c) for c in self.comments]})),
            ("POST", many, self._create),
            ("PATCH", many + r"/(\d+)/comments/1", self._update),
            ("DELETE", many + r"/(\d+)/comments/1", self._delete),
        ]

    def _comment(self, c: Stored) -> dict[str, Any]:
        author = {"id": c.author, "displayName": "x"}
        return {"id": 1, "content": c.body, "author": author, "commentType": "text", "isDeleted": c.id in self.deleted}

    def _thread(self, c: Stored) -> dict[str, Any]:
        return {"id": c.id, "status": "closed", "comments": [self._comment(c)], "isDeleted": False}

    def _create(self, seen: Seen, m: re.Match[str]) -> Answer:
        sent = json.loads(seen.body)
        assert sent["status"] == "closed"
        return Answer(200, self._thread(self.add(self.me, sent["comments"][0]["content"])))

    def _update(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None:
            return Answer(404, {"message": "no such thread"})
        return Answer(200, self._comment(self.replace(comment, json.loads(seen.body)["content"])))

    def _delete(self, seen: Seen, m: re.Match[str]) -> Answer:
        self.deleted.add(int(m[1]))
        return Answer(200)

    def of(self, author: str) -> list[str]:
        return [c.body for c in self.comments if c.author == author and c.id not in self.deleted]
