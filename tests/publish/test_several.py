"""One comment for several inputs: what it says of which, and whose ticks are whose."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.publish.posting import QUICK, environment
from tests.publish.server import GitHubServer, Server
from tests.publish.test_command import _event, _job, run
from tfsrm import api
from tfsrm.api import Commented, CommentRequest, Request
from tfsrm.publish.platform import Given
from tfsrm.publish.sticky import Wish
from tfsrm.publish.ticks import CHANGED

ROOT = Path(__file__).parents[2]
WEB, DATABASE, QUIET = (
    ROOT / "fixtures" / name / "plan.json" for name in ("web-app-created", "database-replaced", "nothing-to-say")
)
PLATFORMS = ["github", "gitlab", "bitbucket", "azure"]
LOGS = "Protect logs from change and keep them"


@pytest.fixture(params=PLATFORMS)
def place(request: pytest.FixtureRequest) -> tuple[str, Server]:
    """Every platform and its server."""
    return request.param, request.getfixturevalue(request.param)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with plans of units below ``plans``."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def unit(name: str, plan: Path = WEB, retention: int | None = 90) -> str:
    """A plan of a unit, whose log group keeps its events for so many days; None: as many as are known after apply."""
    data = json.loads(plan.read_text())
    said = {"references": ["aws_db_instance.orders.port"]} if retention is None else {"constant_value": retention}
    for row in data["resource_changes"]:
        if row["type"] == "aws_cloudwatch_log_group":
            row["change"]["after"]["retention_in_days"] = retention
            row["change"]["after_unknown"]["retention_in_days"] = retention is None
    for block in data["configuration"]["root_module"].get("resources", []):
        if block["type"] == "aws_cloudwatch_log_group":
            block["expressions"]["retention_in_days"] = said
    path = Path("plans", name, "tfplan.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return path.as_posix()


def comment(server: Server, *paths: str, platform: str = "github", skip: bool = False) -> Commented:
    """The comment of a run over some inputs."""
    analysis = Request(paths[0], today="2026-11-24", also=paths[1:])
    wish = Wish(skip_when_unchanged=skip)
    request = CommentRequest(platform, Given(api_url=server.url), wish, analysis, tempo=QUICK)
    return api.comment(request, environment(platform))


def tick(server: Server, what: str, within: str = "##") -> None:
    """A reviewer ticks a box, below a heading."""
    (old,) = [c for c in server.comments if c.author == server.me]
    before, heading, rest = old.body.partition(within)
    assert heading
    lines = rest.split("\n")
    place = next(n for n, line in enumerate(lines) if what in line)
    lines[place] = lines[place].replace("- [ ]", "- [x]")
    server.replace(old, before + heading + "\n".join(lines))


def boxes(server: Server, what: str) -> dict[str, str]:
    """Heading of a part -> the box of a row in it."""
    (body,) = server.of(server.me)
    found, part = {}, ""
    for line in body.split("\n"):
        if line.startswith("### In "):
            part = re.sub(r"<code>|</code>", "", line.removeprefix("### In ")).replace("&#47;", "/")
        elif what in line:
            found[part] = "changed" if CHANGED in line else line[3:4].strip()
    return found


def test_a_run_has_one_comment_that_names_its_inputs(place: tuple[str, Server], stack: Path) -> None:
    name, server = place
    unit("dev/web")
    unit("prod/web")
    unit("prod/db", DATABASE)
    unit("dev/vpc", QUIET)
    assert comment(server, "plans", platform=name).outcome.did == "created"
    (body,) = server.of(server.me)
    assert re.match(r"## This change gives you \d+ new duties", body.split("\n")[1])
    heads = [re.sub(r"<code>|</code>|`", "", h).replace("&#47;", "/") for h in re.findall(r"### In (.*)", body)]
    assert heads[:2] == ["dev/web, prod/web", "prod/db"]
    assert "1 input moves no duty" in body


def test_the_same_inputs_again_are_nothing_to_send(place: tuple[str, Server], stack: Path) -> None:
    name, server = place
    paths = [unit("dev/web"), unit("prod/db", DATABASE)]
    comment(server, *paths, platform=name)
    sent = len(server.methods())
    assert comment(server, *paths, platform=name, skip=True).outcome.did == "unchanged"
    assert len(server.methods()) == sent
    unit("dev/web", retention=30)
    assert comment(server, *paths, platform=name, skip=True).outcome.did == "updated"
    assert len(server.of(server.me)) == 1


def test_a_hundred_inputs_fit_every_platform(place: tuple[str, Server], stack: Path) -> None:
    """The server refuses what is too long, as the platform does."""
    name, server = place
    for number in range(100):
        unit(f"unit{number}", (WEB, DATABASE)[number % 2], retention=number + 1)
    assert comment(server, "plans", platform=name).outcome.did == "created"
    (body,) = server.of(server.me)
    assert body.split("\n")[1].startswith("## This change gives you ")


def test_two_inputs_with_the_same_address_keep_their_ticks_apart(github: GitHubServer, stack: Path) -> None:
    paths = [unit("dev"), unit("prod", retention=30)]
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "", "prod": ""}
    tick(github, LOGS, "### In <code>prod</code>")
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "", "prod": "x"}
    tick(github, LOGS, "### In <code>dev</code>")
    unit("prod", retention=60)  # another reason, the same state: unmet
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "x", "prod": "x"}


def test_a_tick_outlives_that_inputs_part_and_meet_again(github: GitHubServer, stack: Path) -> None:
    paths = [unit("dev"), unit("prod")]
    comment(github, *paths)
    tick(github, LOGS)
    assert boxes(github, LOGS) == {"both": "x"}
    unit("prod", retention=30)
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "x", "prod": "x"}
    unit("prod")
    comment(github, *paths)
    assert boxes(github, LOGS) == {"both": "x"}


def test_a_duty_that_changed_in_one_input_is_unticked_there_only(github: GitHubServer, stack: Path) -> None:
    paths = [unit("dev"), unit("prod")]
    comment(github, *paths)
    tick(github, LOGS)
    unit("prod", retention=None)
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "x", "prod": "changed"}


def test_a_further_input_unticks_nothing(github: GitHubServer, stack: Path) -> None:
    paths = [unit("live/dev"), unit("live/prod", retention=30)]
    comment(github, *paths)
    tick(github, LOGS, "### In <code>dev</code>")
    comment(github, *paths, unit("test", retention=7))
    assert boxes(github, LOGS) == {"live/dev": "x", "live/prod": "", "test": ""}


def test_rows_of_many_duties_keep_their_ticks_apart_too(github: GitHubServer, stack: Path) -> None:
    """More duties than a box names one by one: it holds digests then, one for each input."""
    paths = [_groups("dev", 90), _groups("prod", 30)]
    comment(github, *paths)
    (body,) = github.of(github.me)
    assert len(re.findall(rf"- \[ \] \*\*{LOGS}\*\*.*<!-- d:\*\w+:\w+ -->", body)) == 2
    tick(github, LOGS, "### In <code>dev</code>")
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "x", "prod": ""}
    _groups("prod", 60)
    comment(github, *paths)
    assert boxes(github, LOGS) == {"dev": "x", "prod": ""}


def _groups(name: str, retention: int) -> str:
    """A plan of twenty log groups that keep their events for so many days."""
    rows = [
        {
            "address": f"aws_cloudwatch_log_group.g[{number}]",
            "mode": "managed",
            "type": "aws_cloudwatch_log_group",
            "name": "g",
            "index": number,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {"name": f"g{number}", "retention_in_days": retention},
                "after_unknown": {},
                "before_sensitive": False,
                "after_sensitive": {},
            },
        }
        for number in range(20)
    ]
    path = Path("plans", name, "tfplan.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"format_version": "1.2", "terraform_version": "1.14.0", "resource_changes": rows}))
    return path.as_posix()


def test_the_command_takes_several_and_a_gate_says_of_which(github: GitHubServer, stack: Path) -> None:
    job = _job(github, _event(stack, pull_request={"number": 7}))
    paths = [unit("dev", QUIET), unit("prod")]
    done = run("github", *paths, "--fail-on", "unmet:high", **job)
    assert (done.returncode, done.stdout) == (1, "created: comment created\n")
    (body,) = github.of(github.me)
    assert re.search(r"\*\*Gate\*\* .* in plans&#47;prod&#47;tfplan\.json</code>", body)
