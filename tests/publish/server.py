"""GitHub and Gitea on loopback: they keep comments, and hold every request and answer to GitHub's description."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.publish.contracts import GitHubContract, SwaggerContract

TOKEN = "tok-3c0f9a77"
WHEN = "2026-11-24T00:00:00Z"


class Seen(NamedTuple):
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What a server says. ``cut``: the connection ends instead. ``after``: seconds until it is said."""

    status: int
    data: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 (never changed)
    cut: bool = False
    after: float = 0.0
    done: bool = False
    """The request is carried out all the same."""


class Stored(NamedTuple):
    """A comment."""

    id: int
    author: str
    body: str


class Server:
    """One platform. ``faults`` are answered first, each once, to requests of their method (``*``: any)."""

    base = ""
    """Path of the API."""

    def __init__(self) -> None:
        self.comments: list[Stored] = []
        self.seen: list[Seen] = []
        self.problems: list[str] = []
        self.faults: list[tuple[str, Answer]] = []
        self.me = "github-actions[bot]"
        self._next = 100
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def _do(self) -> None:
                outer._handle(self)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do  # noqa: N815 (http.server's names)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self.base}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def add(self, author: str, body: str) -> Stored:
        """A comment that is there already."""
        self._next += 1
        self.comments.append(Stored(self._next, author, body))
        return self.comments[-1]

    def of(self, author: str) -> list[str]:
        """The bodies of somebody's comments."""
        return [c.body for c in self.comments if c.author == author]

    def methods(self) -> list[str]:
        """The requests that changed something."""
        return [s.method for s in self.seen if s.method != "GET" and not s.path.endswith("graphql")]

    def fail(self, method: str, answer: Answer, times: int = 1) -> None:
        self.faults += [(method, answer)] * times

    # ------------------------------------------------------------------------------------------------------------

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        seen = Seen(handler.command, handler.path, {k.lower(): v for k, v in handler.headers.items()}, sent)
        self.seen.append(seen)
        fault = next((f for f in self.faults if f[0] in ("*", seen.method)), None)
        late = None
        if fault is not None:
            self.faults.remove(fault)
            done = self.answer(seen) if fault[1].done else None
            late = done if fault[1].after else None  # it comes after all, as it is
            time.sleep(fault[1].after)
            if fault[1].cut:
                handler.connection.close()
                return
        answer = late or (fault[1] if fault is not None else self.answer(seen))
        data = b"" if answer.data is None else json.dumps(answer.data).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        self.problems += self.check(seen, answer.status, headers, data)
        try:
            handler.send_response(answer.status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            pass  # it waited no longer

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        """Against the platform's description."""
        raise NotImplementedError

    def answer(self, seen: Seen) -> Answer:
        """Do it."""
        for method, pattern, action in self.routes():
            m = re.fullmatch(pattern, urlsplit(seen.path).path.removeprefix(self.base))
            if m and method == seen.method:
                if not self.allowed(seen):
                    return Answer(401, {"message": "Bad credentials"})
                return action(seen, m)
        return Answer(404, {"message": "Not Found"})

    def allowed(self, seen: Seen) -> bool:
        return TOKEN in seen.headers.get("authorization", "")

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        raise NotImplementedError

    def stored(self, number: str) -> Stored | None:
        return next((c for c in self.comments if c.id == int(number)), None)

    def replace(self, comment: Stored, body: str) -> Stored:
        new = comment._replace(body=body)
        self.comments[self.comments.index(comment)] = new
        return new


class GitHubServer(Server):
    """GitHub: 65,536 characters, 30 comments a page (100 at most), ``Link`` to the next; hiding by GraphQL."""

    contract = GitHubContract()

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[int] = set()
        self.user_status = 403  # what the token of a workflow is told
        self.read_only = False

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        path = seen.path.removeprefix(self.base)
        return self.contract.problems(seen.method, path, seen.body, status, headers, data)

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        many, one = r"/repos/acme/shop/issues/7/comments", r"/repos/acme/shop/issues/comments/(\d+)"
        return [
            ("GET", "/user", self._user),
            ("GET", many, self._list),
            ("POST", many, self._create),
            ("PATCH", one, self._update),
            ("DELETE", one, self._delete),
            ("POST", "/graphql", self._graphql),
        ]

    def _user(self, seen: Seen, m: re.Match[str]) -> Answer:
        if self.user_status != 200:
            return Answer(self.user_status, {"message": "Resource not accessible by integration"})
        return Answer(200, _public_user(self.me))

    def shown(self, c: Stored) -> dict[str, Any]:
        """A comment as the API tells it."""
        return _github_comment(c)

    def _list(self, seen: Seen, m: re.Match[str]) -> Answer:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        size, page = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
        part = self.comments[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(self.comments):
            there = f"{self.origin}{urlsplit(seen.path).path}?per_page={size}&page="
            headers["Link"] = f'<{there}{page + 1}>; rel="next", <{there}9>; rel="last"'
        return Answer(200, [self.shown(c) for c in part], headers)

    def _create(self, seen: Seen, m: re.Match[str]) -> Answer:
        if refused := self._refused(seen):
            return refused
        return Answer(201, self.shown(self.add(self.me, json.loads(seen.body)["body"])))

    def _update(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None:
            return Answer(404, {"message": "Not Found"})
        if refused := self._refused(seen):
            return refused
        return Answer(200, self.shown(self.replace(comment, json.loads(seen.body)["body"])))

    def _refused(self, seen: Seen) -> Answer | None:
        if self.read_only:
            return Answer(403, {"message": "Resource not accessible by integration"})
        if len(json.loads(seen.body)["body"]) > 65_536:
            errors = [
                {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long"}
            ]
            return Answer(422, {"message": "Validation Failed", "errors": errors})
        return None

    def _delete(self, seen: Seen, m: re.Match[str]) -> Answer:
        comment = self.stored(m[1])
        if comment is None:
            return Answer(404, {"message": "Not Found"})
        self.comments.remove(comment)
        return Answer(204)

    def _graphql(self, seen: Seen, m: re.Match[str]) -> Answer:
        asked = json.loads(seen.body)
        if "viewer" in asked["query"]:
            return Answer(200, {"data": {"viewer": {"login": self.me}}})
        if "isMinimized" in asked["query"] and "ids" in asked["variables"]:
            ids = asked["variables"]["ids"]
            return Answer(200, {"data": {"nodes": [{"id": i, "isMinimized": int(i[3:]) in self.hidden} for i in ids]}})
        self.hidden.add(int(asked["variables"]["id"][3:]))
        return Answer(200, {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}})


class GiteaServer(GitHubServer):
    """Gitea and Forgejo: the same comments under /api/v1, all of them at once, and no GraphQL."""

    base = "/api/v1"

    def __init__(self, description: str = "gitea-1.27.1.json") -> None:
        super().__init__()
        self.me = "gitea-actions"
        self._description = SwaggerContract(description)

    def check(self, seen: Seen, status: int, headers: dict[str, str], data: bytes) -> list[str]:
        return self._description.problems(
            seen.method, seen.path.removeprefix(self.base), seen.body, status, headers, data
        )

    def allowed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"token {TOKEN}"

    def routes(self) -> list[tuple[str, str, Callable[[Seen, re.Match[str]], Answer]]]:
        return [r for r in super().routes() if r[1] != "/graphql"]

    def shown(self, c: Stored) -> dict[str, Any]:
        user = {
            "id": 1,
            "login": c.author,
            "full_name": "",
            "email": "x@example.org",
            "is_admin": False,
            "active": True,
        }
        there = "https://git.example.org/acme/shop/pulls/7"
        return {
            "id": c.id,
            "html_url": f"{there}#issuecomment-{c.id}",
            "pull_request_url": there,
            "issue_url": "",
            "user": user,
            "original_author": "",
            "original_author_id": 0,
            "body": c.body,
            "assets": [],
            "created_at": WHEN,
            "updated_at": WHEN,
        }

    def _list(self, seen: Seen, m: re.Match[str]) -> Answer:
        return Answer(200, [self.shown(c) for c in self.comments])


def _github_comment(c: Stored) -> dict[str, Any]:
    base = "https://api.github.com/repos/acme/shop/issues"
    return {
        "id": c.id,
        "node_id": f"IC_{c.id}",
        "url": f"{base}/comments/{c.id}",
        "html_url": f"https://github.com/acme/shop/pull/7#issuecomment-{c.id}",
        "issue_url": f"{base}/7",
        "body": c.body,
        "user": _simple_user(c.author),
        "created_at": WHEN,
        "updated_at": WHEN,
        "author_association": "NONE",
    }


def _simple_user(login: str) -> dict[str, Any]:
    url = "https://api.github.com/users/x"
    names = (
        "avatar_url", "url", "html_url", "followers_url", "following_url", "gists_url", "starred_url",
        "subscriptions_url", "organizations_url", "repos_url", "events_url", "received_events_url",
    )  # fmt: skip
    user: dict[str, Any] = dict.fromkeys(names, url)
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {**user, "login": login, "id": 1, "node_id": "U_1", "gravatar_id": "", "type": kind, "site_admin": False}


def _public_user(login: str) -> dict[str, Any]:
    text = ("name", "company", "blog", "location", "email", "hireable", "bio")
    counts = ("public_repos", "public_gists", "followers", "following")
    return {
        **_simple_user(login),
        "user_view_type": "private",
        **dict.fromkeys(text),
        **dict.fromkeys(counts, 0),
        "blog": "",
        "created_at": WHEN,
        "updated_at": WHEN,
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
    }
