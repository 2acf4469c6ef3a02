"""A comment from its first line to its last: on every platform, against its contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publish.posting import comment, environment, post
from tests.publish.server import TOKEN, Answer, GitHubServer, Server
from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.marker import first_line, slug
from tfsrm.publish.platform import Given, Tempo
from tfsrm.publish.ticks import CHANGED

ROOT = Path(__file__).parents[2]
PLAN = str(ROOT / "fixtures" / "web-app-created" / "plan.json")
BOX = "- [ ] **Encrypt** · x <!-- d:aaaa:1111 -->"
PLATFORMS = ["github", "gitlab", "bitbucket", "azure"]


@pytest.fixture(params=PLATFORMS)
def place(request: pytest.FixtureRequest) -> tuple[str, Server]:
    """Every platform and its server."""
    return request.param, request.getfixturevalue(request.param)


def test_it_is_created_then_updated_and_stays_one(place: tuple[str, Server]) -> None:
    name, server = place
    assert post(server, "one\n", name).did == "created"
    assert post(server, "two\n", name).did == "updated"
    (body,) = server.of(server.me)
    assert body.endswith("two\n")
    assert body.split("\n")[0] == first_line("default", name != "bitbucket")


def test_nothing_is_sent_where_it_says_the_same(place: tuple[str, Server]) -> None:
    name, server = place
    post(server, "one\n", name)
    sent = len(server.methods())
    assert post(server, "one\n", name, skip_when_unchanged=True).did == "unchanged"
    assert len(server.methods()) == sent
    assert post(server, "two\n", name, skip_when_unchanged=True).did == "updated"


def test_two_projects_stand_side_by_side(place: tuple[str, Server]) -> None:
    name, server = place
    for project in ("prod/orders", "prod-orders", "staging"):
        post(server, f"of {project}\n", name, project=project)
    post(server, "of staging, again\n", name, project="staging")
    assert sorted(b.split("\n", 1)[1] for b in server.of(server.me)) == [
        "of prod-orders\n",
        "of prod/orders\n",
        "of staging, again\n",
    ]


def test_new_leaves_the_old_one(place: tuple[str, Server]) -> None:
    name, server = place
    post(server, "one\n", name)
    assert post(server, "two\n", name, behavior="new").did == "created"
    assert len(server.of(server.me)) == 2


def test_delete_and_new_moves_it_to_the_end(place: tuple[str, Server]) -> None:
    name, server = place
    post(server, "one\n", name)
    server.add("somebody", "hm")
    assert post(server, "two\n", name, behavior="delete-and-new").did == "created"
    (body,) = server.of(server.me)
    assert body.endswith("two\n")
    assert server.methods()[-2:] == ["POST", "DELETE"]  # never without a comment


def test_the_report_of_a_plan_is_posted_in_one_go(place: tuple[str, Server]) -> None:
    name, server = place
    done = comment(server, None, name, plan=PLAN)
    (body,) = server.of(server.me)
    assert done.outcome.did == "created"
    assert "## This change gives you " in body
    assert ("<" in body.replace("`<`", "")) is (name != "bitbucket")  # Bitbucket shows HTML as it stands


def test_a_wrong_token_is_said_and_never_shown(place: tuple[str, Server]) -> None:
    name, server = place
    environ = {k: v.replace(TOKEN, "tok-other-secret") for k, v in environment(name).items()}
    with pytest.raises(PublishError) as error:
        comment(server, "x", name, environ)
    assert "401" in str(error.value)
    assert "secret" not in str(error.value)


def test_hide_and_new_folds_the_old_ones_once(github: GitHubServer) -> None:
    for text in ("one", "two", "three"):
        post(github, f"{text}\n", behavior="hide-and-new")
    ours = [c.id for c in github.comments]
    assert github.hidden == set(ours[:2])
    assert sum("minimizeComment(" in s.body.decode() for s in github.seen) == 2


@pytest.mark.parametrize("name", ["gitlab", "bitbucket", "azure"])
def test_what_cannot_hide_says_so_before_anything_is_sent(name: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(name)
    with pytest.raises(UsageError, match="delete-and-new"):
        post(server, "x", name, behavior="hide-and-new")
    assert not server.seen


def test_gitea_needs_no_graphql(gitea: Server) -> None:
    assert post(gitea, "one\n").did == "created"
    assert post(gitea, "two\n").did == "updated"
    assert len(gitea.of("gitea-actions")) == 1
    assert post(gitea, "three\n", behavior="delete-and-new").did == "created"
    assert gitea.of("gitea-actions")[0].endswith("three\n")
    with pytest.raises(UsageError, match="Gitea cannot hide a comment"):
        post(gitea, "four\n", behavior="hide-and-new")


def test_the_300th_comment_is_found(place: tuple[str, Server]) -> None:
    name, server = place
    for number in range(299):
        server.add("somebody", f"comment {number}")
    post(server, "one\n", name)
    for number in range(20):
        server.add("somebody", f"later {number}")
    assert post(server, "two\n", name).did == "updated"
    assert len(server.of(server.me)) == 1


# Whose comment it is ----------------------------------------------------------------------------------------------


def test_a_marker_of_somebody_else_is_not_ours(place: tuple[str, Server]) -> None:
    """A stranger who writes our first line neither steals the comment nor is overwritten."""
    name, server = place
    forged = f"{first_line('default', name != 'bitbucket')}\n{BOX.replace('[ ]', '[x]')}"
    server.add("mallory", forged)
    assert post(server, BOX, name).did == "created"
    assert server.of("mallory") == [forged]
    assert "[x]" not in server.of(server.me)[0]


def test_a_marker_that_is_not_first_is_a_quotation(github: GitHubServer) -> None:
    line = first_line("default", True)
    github.add(github.me, f"> {line}")
    github.add(github.me, f"text\n{line}\n")
    github.add(github.me, f" {line}\n")
    assert post(github, "one\n").did == "created"


def test_the_user_of_a_personal_token_is_asked_for(github: GitHubServer) -> None:
    github.user_status, github.me = 200, "octocat"
    assert [post(github, t).did for t in ("one", "two")] == ["created", "updated"]


def test_the_app_of_an_installation_token_is_asked_for_by_graphql(github: GitHubServer) -> None:
    github.me = "acme-reports[bot]"
    assert [post(github, t).did for t in ("one", "two")] == ["created", "updated"]


def test_an_author_may_be_given(bitbucket: Server) -> None:
    given = Given(api_url=bitbucket.url, author=bitbucket.me)
    for text in ("one", "two"):
        comment(bitbucket, text, "bitbucket", given=given)
    assert len(bitbucket.comments) == 1
    assert not [s for s in bitbucket.seen if s.path.endswith("/user")]


# Ticks -----------------------------------------------------------------------------------------------------------


def _tick(server: Server, what: str) -> None:
    """A reviewer ticks a box in the browser, which changes the ends of lines too."""
    (old,) = [c for c in server.comments if c.author == server.me]
    lines = [line.replace("- [ ]", "- [x]") if what in line else line for line in old.body.split("\n")]
    server.replace(old, "\r\n".join(lines))


@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
def test_ticks_are_carried_over(github: GitHubServer, behavior: str) -> None:
    other = "- [ ] **Back up** · y <!-- d:bbbb:2222 -->"
    post(github, f"{BOX}\n{other}\n")
    _tick(github, "aaaa")
    done = post(github, f"more\n{other}\n{BOX}\n", behavior=behavior)
    body = github.of(github.me)[-1]
    assert "- [x] **Encrypt** · x <!-- d:aaaa:1111 -->" in body
    assert other in body
    assert "1 ticked boxes kept" in done.says


def test_a_tick_alone_changes_nothing_to_send(github: GitHubServer) -> None:
    post(github, f"{BOX}\n")
    _tick(github, "aaaa")
    assert post(github, f"{BOX}\n", skip_when_unchanged=True).did == "unchanged"


def test_a_duty_that_changed_is_unticked_and_says_so_until_it_is_ticked_anew(github: GitHubServer) -> None:
    changed = BOX.replace("1111", "9999")
    post(github, f"{BOX}\n")
    _tick(github, "aaaa")
    for _ in range(2):
        post(github, f"{changed}\n")
        assert github.of(github.me)[0].split("\n")[1] == f"- [ ] **Encrypt** · x{CHANGED} <!-- d:aaaa:9999 -->"
    _tick(github, "aaaa")
    post(github, f"{changed}\n")
    assert github.of(github.me)[0].split("\n")[1] == changed.replace("[ ]", "[x]")


def test_a_tick_of_the_real_report_survives_a_change_elsewhere(github: GitHubServer) -> None:
    """The report's own boxes: what is ticked for one plan is ticked for the next that holds the same duties."""
    comment(github, plan=PLAN)
    title = "Turn on encryption at rest where optional"
    _tick(github, title)
    comment(github, plan=PLAN)
    lines = [line for line in github.of(github.me)[0].split("\n") if title in line]
    assert [line[:5] for line in lines] == ["- [x]"]


# When things go wrong --------------------------------------------------------------------------------------------


def test_a_read_only_token_writes_the_job_summary(github: GitHubServer, tmp_path: Path) -> None:
    github.read_only = True
    summary = tmp_path / "summary.md"
    done = comment(github, "the report\n", environ=environment("github", GITHUB_STEP_SUMMARY=str(summary)))
    assert (done.outcome.did, done.summary) == ("refused", True)
    assert summary.read_text() == "the report\n\n"
    assert "GitHub takes no comment with this token" in done.outcome.says
    assert len(github.methods()) == 1  # refused once, not asked again


def test_a_job_token_of_gitlab_may_not_write_notes(gitlab: Server) -> None:
    environ = {k: v for k, v in environment("gitlab", CI_JOB_TOKEN=TOKEN).items() if k != "GITLAB_TOKEN"}
    done = comment(gitlab, "x", "gitlab", environ)
    assert done.outcome.did == "refused"
    assert "GITLAB_TOKEN" in done.outcome.says
    assert "private-token" not in gitlab.seen[0].headers


def test_a_pull_request_that_is_not_there(github: GitHubServer) -> None:
    with pytest.raises(PublishError, match=r"(?s)404.*no such pull request"):
        comment(github, "x", given=Given(api_url=github.url, number="8"))


def test_too_long_a_body_is_not_sent(github: GitHubServer) -> None:
    with pytest.raises(PublishError, match="GitHub takes 65,536"):
        post(github, "x" * 70_000)
    assert github.methods() == []


def test_a_body_that_the_server_finds_too_long(github: GitHubServer) -> None:
    github.fail("POST", Answer(422, {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]}))
    with pytest.raises(PublishError, match=r"422.*Body is too long"):
        post(github, "x")


@pytest.mark.parametrize("status", [429, 403])
def test_a_rate_limit_is_waited_for(github: GitHubServer, status: int) -> None:
    github.fail("POST", Answer(status, {"message": "rate limit"}, {"Retry-After": "1"}))
    assert post(github, "x").did == "created"
    assert len(github.of(github.me)) == 1


def test_a_rate_limit_that_lasts_too_long_is_said(github: GitHubServer) -> None:
    github.fail(
        "GET",
        Answer(403, {"message": "API rate limit"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}),
    )
    with pytest.raises(PublishError, match="run it again later"):
        post(github, "x")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_fails_twice_and_then_is_well(github: GitHubServer, method: str, status: int) -> None:
    if method == "PATCH":
        post(github, "one")
    github.fail(method, Answer(status, {"message": "oops"}), times=2)
    assert post(github, "two").did in ("created", "updated")
    assert len(github.of(github.me)) == 1


@pytest.mark.parametrize(
    "fault", [Answer(500, {}, done=True), Answer(200, cut=True, done=True), Answer(201, after=0.8, done=True)]
)
def test_a_comment_that_arrived_without_an_answer_is_not_posted_twice(github: GitHubServer, fault: Answer) -> None:
    """A failure, a cut connection and a time-out: the comment is there, and stays one."""
    github.fail("POST", fault)
    done = post(github, "x")
    assert done.did == "created"
    assert len(github.of(github.me)) == 1


def test_a_server_that_never_answers_is_given_up(github: GitHubServer) -> None:
    github.fail("GET", Answer(200, [], after=0.4), times=3)
    with pytest.raises(PublishError, match="gave no answer"):
        comment(github, "x", tempo=Tempo(timeout=0.1, attempts=3, pause=0.01, longest=1.0))


def test_a_server_that_is_not_there(github: GitHubServer) -> None:
    with pytest.raises(PublishError, match="was not reached"):
        comment(github, "x", given=Given(api_url="http://127.0.0.1:9"))


def test_a_redirect_to_another_host_gets_no_token(github: GitHubServer, gitea: Server) -> None:
    github.fail("GET", Answer(302, None, {"Location": f"{gitea.origin}/elsewhere"}))
    with pytest.raises(PublishError, match="the token was not sent there"):
        post(github, "x")
    assert gitea.seen == []


@pytest.mark.parametrize("name", ["github", "gitlab", "bitbucket"])
def test_a_next_page_on_another_host_gets_no_token(name: str, azure: Server, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(name)
    there = f"{azure.origin}/page2"
    answer = {"values": [], "next": there} if name == "bitbucket" else []
    server.fail("GET", Answer(200, answer, {"Link": f'<{there}>; rel="next"'}))
    with pytest.raises(PublishError, match="the token was not sent there"):
        post(server, "x", name)
    assert azure.seen == []


def test_a_repository_that_was_renamed_is_followed(github: GitHubServer) -> None:
    there = f"{github.origin}/repos/acme/shop/issues/7/comments?per_page=100"
    github.fail("GET", Answer(301, None, {"Location": there}))
    assert post(github, "x").did == "created"


def test_a_comment_deleted_meanwhile_is_made_anew(github: GitHubServer) -> None:
    post(github, "one")
    github.fail("PATCH", Answer(404, {"message": "Not Found"}))
    assert post(github, "two").did == "created"


@pytest.mark.parametrize("answer", ["hello", {"a": 1}, [1], [{"body": "x"}], [{"id": "x"}], None, {"values": [{}]}])
def test_what_is_not_the_api_gets_one_clear_error(place: tuple[str, Server], answer: object) -> None:
    name, server = place
    server.fail("GET", Answer(200, answer))
    with pytest.raises(PublishError, match="something else is there"):
        post(server, "x", name)
    server.problems.clear()  # the answer is no platform's


def test_a_proxy_of_the_environment_is_used(github: GitHubServer) -> None:
    environ = environment("github", http_proxy=github.origin)
    comment(github, "x", environ=environ, given=Given(api_url="http://git.acme.invalid"))
    assert all(s.path.startswith("http://git.acme.invalid/repos/") for s in github.seen)
    assert len(github.of(github.me)) == 1
    github.problems.clear()  # what a proxy is asked is no request to GitHub


@pytest.mark.parametrize("direct", ["other.example, .invalid", "*", "git.acme.invalid"])
def test_a_host_that_needs_no_proxy_is_asked_itself(github: GitHubServer, direct: str) -> None:
    environ = environment("github", http_proxy=github.origin, NO_PROXY=direct)
    with pytest.raises(PublishError, match="was not reached"):
        comment(github, "x", environ=environ, given=Given(api_url="http://git.acme.invalid"), tempo=Tempo(0.2, 1))
    assert github.seen == []


def test_keys_of_projects_never_meet() -> None:
    names = ["", "default", "a", "A", "a/b", "a-b", "a--b", "-a", "prod" * 40, "prod" * 41, "ü", "日本", "a\n-->"]
    keys = [slug(n) for n in names]
    assert len(set(keys)) == len(set(names) - {""})  # nothing given is the default
    assert all(0 < len(k) <= 64 and k.replace("-", "").isalnum() and k.isascii() for k in keys)
