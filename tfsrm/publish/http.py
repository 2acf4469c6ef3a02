"""Requests to the API of one platform, with a token that never goes anywhere else.

Waits and repeats within bounds: what surely was not done (no connection, a rate limit) is done again, what may have been done
only where doing it twice is the same as once. Redirects are followed on the same origin only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.platform import Tempo

T = TypeVar("T")

_REDIRECTS = 5
_PAGES = 200
_NEXT = {
    400: "It does not take this comment; look at its length and at the options.",
    401: "The token is not accepted: it may have ended, or be one of another server.",
    413: "The comment is too long for it; render it with a smaller --room.",
    422: "It does not take this comment; look at its length and at the options.",
    429: "Too many requests; run it again later.",
}
"""Status -> what to do next."""


class RefusedError(PublishError):
    """The token may not do that (403)."""


class NotFoundError(PublishError):
    """There is no such thing, or the token may not see it (404)."""


class UncertainError(PublishError):
    """No answer came, or a broken one: it may have been done."""


class Answer(NamedTuple):
    """A good answer."""

    headers: Mapping[str, str]
    data: bytes

    def read(self, kind: type[T]) -> T:
        """The body as what it must be. Raises PublishError."""
        try:
            return msgspec.json.decode(self.data, type=kind)
        except msgspec.DecodeError:
            raise PublishError("the answer is not of this API: something else is there\n  Look at --api-url.") from None


class Client:
    """Talks to one API: ``base`` is its URL, ``headers`` hold the token."""

    def __init__(self, base: str, headers: Mapping[str, str], tempo: Tempo, environ: Mapping[str, str]) -> None:
        self._base = base.rstrip("/")
        parts = urlsplit(self._base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise UsageError("--api-url: not the URL of an API\n  Write it as https://git.example.org/api/v3.")
        self._origin = _origin(self._base)
        self._headers = {"User-Agent": "tfsrm", "Accept": "application/json", **headers}
        self._tempo = tempo
        self._waited = 0.0
        self._pool = _pool(self._base, environ)

    @property
    def base(self) -> str:
        """The API's URL."""
        return self._base

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Do a request: ``path`` below the API, or a whole URL on the same origin. Raises PublishError and its kinds."""
        url = path if path.startswith(("http://", "https://")) else f"{self._base}{path}"
        self._keep_home(url)
        for attempt in range(1, self._tempo.attempts + 1):
            asked: float | None = None
            try:
                response = self._follow(method, url, body)
            except HTTPError as error:
                problem = self._unreached(error)
            else:
                if response.status < 300:
                    return Answer(response.headers, response.data)
                asked = _wait_asked(response)
                problem = self._answered(response, limited=asked is not None)
                if asked is None and response.status < 500:
                    raise problem
            undone = asked is not None or not isinstance(problem, UncertainError)
            if attempt == self._tempo.attempts or not (undone or method != "POST"):
                raise problem
            self._wait(max(self._tempo.pause * 2 ** (attempt - 1), asked or 0.0), problem)
        raise UncertainError(f"{method}: not tried")

    def pages(self, path: str) -> Iterator[Answer]:
        """The answers of a list that goes on by ``Link: rel="next"``."""
        url = path
        seen: set[str] = set()
        for _ in range(_PAGES):
            answer = self.call("GET", url)
            yield answer
            seen.add(url)
            url = _next_link(answer.headers.get("Link", ""))
            if not url or url in seen:
                return
            url = urljoin(self._base, url)

    def _follow(self, method: str, url: str, body: Any) -> urllib3.BaseHTTPResponse:
        """Send it, and again to where the same server says it moved."""
        data = None if body is None else msgspec.json.encode(body)
        headers = {**self._headers, **({"Content-Type": "application/json"} if data is not None else {})}
        timeout = urllib3.Timeout(connect=self._tempo.timeout, read=self._tempo.timeout)
        for _ in range(_REDIRECTS):
            response = self._pool.request(
                method, url, body=data, headers=headers, timeout=timeout, retries=False, redirect=False
            )
            where = response.headers.get("Location", "")
            if response.status not in (301, 302, 307, 308) or not where:
                return response
            url = urljoin(url, where)
            self._keep_home(url)
        raise PublishError(f"{self._host()}: too many redirects\n  Look at --api-url.")

    def _keep_home(self, url: str) -> None:
        if _origin(url) != self._origin:
            there = urlsplit(url).hostname or "another place"
            raise PublishError(
                f"{self._host()} redirects to {there[:80]}: the token was not sent there\n  Look at --api-url."
            )

    def _wait(self, seconds: float, problem: PublishError) -> None:
        if self._waited + seconds > self._tempo.longest:
            raise PublishError(
                f"{problem.args[0]}\n  It would take {seconds:.0f} s more of waiting; run it again later."
            ) from None
        self._waited += seconds
        time.sleep(seconds)

    def _unreached(self, error: HTTPError) -> PublishError:
        """What went wrong on the way; never the error's own text, which may hold a URL with more than its host."""
        kind = type(error).__name__
        if isinstance(error, (SSLError, LocationParseError)):
            raise PublishError(
                f"{self._host()}: no trusted connection ({kind})\n  Where it has a certificate of your own, set SSL_CERT_FILE."
            ) from None
        if isinstance(error, (NewConnectionError, ConnectTimeoutError, ProxyError)):
            return PublishError(
                f"{self._host()} was not reached ({kind})\n  Look at the network, the proxy and --api-url."
            )
        return UncertainError(f"{self._host()} gave no answer ({kind})\n  Run it again.")

    def _answered(self, response: urllib3.BaseHTTPResponse, limited: bool) -> PublishError:
        status, said = response.status, _message(response.data)
        where = f"{self._host()} answered {status}{said}"
        if limited:
            return PublishError(f"{where}\n  {_NEXT[429]}", status)
        if status == 403:
            return RefusedError(f"{where}\n  The token may not do that.", status)
        if status == 404:
            return NotFoundError(f"{where}\n  There is no such pull request, or the token may not see it.", status)
        if status >= 500:
            return UncertainError(f"{where}\n  Run it again.", status)
        return PublishError(f"{where}\n  {_NEXT.get(status, 'Look at --api-url.')}", status)

    def _host(self) -> str:
        return urlsplit(self._base).hostname or "?"


def _pool(base: str, environ: Mapping[str, str]) -> urllib3.PoolManager:
    """A direct way, or the proxy that the environment names."""
    parts = urlsplit(base)
    proxy = environ.get(f"{parts.scheme}_proxy") or environ.get(f"{parts.scheme.upper()}_PROXY") or ""
    direct = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if proxy and not _goes_direct(parts.hostname or "", direct):
        try:
            return urllib3.ProxyManager(proxy)
        except (HTTPError, ValueError):
            raise UsageError(f"{parts.scheme}_proxy: not the URL of a proxy") from None
    return urllib3.PoolManager()


def _goes_direct(host: str, direct: str) -> bool:
    """Whether ``NO_PROXY`` names a host or a domain above it."""
    names = [name.strip().lstrip(".").lower() for name in direct.split(",") if name.strip()]
    return any(name in ("*", host) or host.endswith(f".{name}") for name in names)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or (443 if parts.scheme == "https" else 80)


def _wait_asked(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds that a rate limit asks for; None: no rate limit."""
    after = response.headers.get("Retry-After", "")
    spent = response.headers.get("X-RateLimit-Remaining") == "0"
    if response.status not in (403, 429, 503) or (response.status == 403 and not after and not spent):
        return None
    if response.status == 503 and not after:
        return None
    if after:
        return _seconds(after)
    reset = response.headers.get("X-RateLimit-Reset", "")
    return max(float(reset) - time.time(), 0.0) + 1 if spent and reset.isdigit() else 0.0


def _seconds(after: str) -> float:
    if after.strip().isdigit():
        return float(after)
    try:
        return max(parsedate_to_datetime(after).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0


def _next_link(header: str) -> str:
    """The URL behind ``rel="next"``."""
    for part in header.split(","):
        url, _, rest = part.strip().partition(">")
        if 'rel="next"' in rest and url.startswith("<"):
            return url[1:]
    return ""


def _message(data: bytes) -> str:
    """What the server said, shortly."""
    try:
        found = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return ""
    if not isinstance(found, dict):
        return ""
    said = found.get("message") or found.get("error") or ""
    if isinstance(said, dict):
        said = said.get("message", "")
    errors = found.get("errors")
    more = (
        "; ".join(str(e.get("message", "")) for e in errors if isinstance(e, dict)) if isinstance(errors, list) else ""
    )
    text = "; ".join(part for part in (said if isinstance(said, str) else "", more) if part)
    return f" ({text[:200]})" if text else ""
