"""Posting as the command does, to a server on loopback and without long waits."""

from __future__ import annotations

from tests.publish.server import TOKEN, Server
from tfsrm import api
from tfsrm.api import Commented, CommentRequest, Request
from tfsrm.publish.platform import Given, Tempo
from tfsrm.publish.sticky import Outcome, Wish

QUICK = Tempo(timeout=0.5, attempts=4, pause=0.01, longest=3.0)
_ENVIRONMENTS = {
    "github": {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_REF": "refs/pull/7/merge"},
    "gitlab": {"GITLAB_TOKEN": TOKEN, "CI_MERGE_REQUEST_PROJECT_ID": "acme/shop", "CI_MERGE_REQUEST_IID": "7"},
    "bitbucket": {"BITBUCKET_TOKEN": TOKEN, "BITBUCKET_REPO_FULL_NAME": "acme/shop", "BITBUCKET_PR_ID": "7"},
    "azure": {
        "SYSTEM_ACCESSTOKEN": TOKEN,
        "SYSTEM_TEAMPROJECT": "shop front",
        "BUILD_REPOSITORY_ID": "shop",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    },
}


def environment(platform: str, **more: str) -> dict[str, str]:
    """What the CI of a platform tells a job of pull request 7."""
    return {**_ENVIRONMENTS[platform], **more}


def comment(  # noqa: PLR0917 (what the command line takes)
    server: Server,
    body: str | None = None,
    platform: str = "github",
    environ: dict[str, str] | None = None,
    given: Given | None = None,
    plan: str = "",
    tempo: Tempo = QUICK,
    **wish: object,
) -> Commented:
    """Post a body, or the report of a plan."""
    place = given or Given(api_url=server.url)
    analysis = Request(plan, today="2026-11-24") if plan else None
    request = CommentRequest(platform, place, Wish(**wish), analysis, body, tempo=tempo)  # type: ignore[arg-type]
    return api.comment(request, environ or environment(platform))


def post(server: Server, body: str, platform: str = "github", **wish: object) -> Outcome:
    """Post a body: what was done."""
    return comment(server, body, platform, **wish).outcome  # type: ignore[arg-type]
