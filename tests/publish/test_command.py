"""``tfsrm comment`` as a job runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.publish.posting import environment
from tests.publish.server import TOKEN, GitHubServer

ROOT = Path(__file__).parents[2]
PLAN = str(ROOT / "fixtures" / "web-app-created" / "plan.json")


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in an environment."""
    command = [sys.executable, "-m", "tfsrm", "comment", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environ}, check=False)


def _event(tmp_path: Path, **event: object) -> str:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    return str(path)


def _job(github: GitHubServer, event: str) -> dict[str, str]:
    return {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_API_URL": github.url,
        "GITHUB_EVENT_PATH": event,
    }


def test_a_rendered_report_is_posted_and_then_kept_current(github: GitHubServer, tmp_path: Path) -> None:
    job = _job(github, _event(tmp_path, pull_request={"number": 7}))
    body = tmp_path / "c.md"
    rendered = [sys.executable, "-m", "tfsrm", "analyze", PLAN, "--format", "markdown", "--output", str(body)]
    subprocess.run(rendered, check=True)
    done = run("github", "--body-file", str(body), **job)
    assert (done.returncode, done.stdout, done.stderr) == (0, "created: comment created\n", "")
    assert github.of(github.me)[0].split("\n", 1)[1] == body.read_text()
    again = run("github", "--body-file", str(body), "--skip-when-unchanged", **job)
    assert again.stdout.startswith("unchanged: ")


def test_a_gate_trips_after_the_comment_is_there(github: GitHubServer, tmp_path: Path) -> None:
    job = _job(github, _event(tmp_path, issue={"number": 7, "pull_request": {}}))
    done = run("github", PLAN, "--fail-on", "unmet", **job)
    assert done.returncode == 1
    assert "**Gate**" in github.of(github.me)[0]


def test_configuration_is_read_with_its_variables(github: GitHubServer, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "open" { type = bool }\n'
        'resource "aws_s3_bucket" "b" { bucket = "orders" }\n'
        'resource "aws_s3_bucket_public_access_block" "b" {\n'
        "  bucket              = aws_s3_bucket.b.id\n"
        "  block_public_policy = !var.open\n}\n"
    )
    (tmp_path / "prod.tfvars").write_text("open = true\n")
    job = _job(github, _event(tmp_path, pull_request={"number": 7}))
    done = run("github", str(tmp_path), "--var-file", str(tmp_path / "prod.tfvars"), "--fail-on", "unmet", **job)
    assert done.returncode == 1
    assert "block_public_policy is false" in github.of(github.me)[0]


def test_a_fork_gets_the_job_summary_and_a_good_end(github: GitHubServer, tmp_path: Path) -> None:
    github.read_only = True
    pull = {"number": 7, "head": {"repo": {"full_name": "mallory/shop"}}, "base": {"repo": {"full_name": "acme/shop"}}}
    job = _job(github, _event(tmp_path, pull_request=pull))
    summary = tmp_path / "summary.md"
    done = run("github", PLAN, **job, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "as for changes from a fork); the report is in the job summary" in done.stdout
    assert summary.read_text().startswith("## This change gives you ")


def test_without_a_summary_the_report_follows(github: GitHubServer, tmp_path: Path) -> None:
    github.read_only = True
    done = run("github", PLAN, **_job(github, _event(tmp_path, pull_request={"number": 7})))
    assert done.returncode == 0
    assert "does the job lack the right to write comments?" in done.stdout
    assert "## This change gives you " in done.stdout


def test_the_token_is_in_no_output(github: GitHubServer, tmp_path: Path) -> None:
    job = _job(github, _event(tmp_path, pull_request={"number": 7}))
    outputs = [run("github", PLAN, **job)]
    outputs.append(run("github", PLAN, **{**job, "GITHUB_API_URL": "http://127.0.0.1:9"}))
    outputs.append(run("github", PLAN, **{**job, "GITHUB_API_URL": "not a url"}))
    outputs.append(run("github", PLAN, **{**job, "GITHUB_TOKEN": f"{TOKEN}\nX-Forged: 1"}, TFSRM_TRACEBACK="1"))
    assert [o.returncode for o in outputs] == [0, 2, 2, 2]
    assert not [o for o in outputs if TOKEN in o.stdout + o.stderr]
    assert not [o for o in outputs if "Traceback" in o.stderr]


@pytest.mark.parametrize(
    ("arguments", "environ", "says"),
    [
        (["svn", PLAN], {}, "Known are github, gitlab, bitbucket, azure"),
        (["github"], {}, "inputs to analyse, or --body-file"),
        (["github", PLAN, "--body-file", PLAN], {}, "one of two"),
        (["github", PLAN], {"GITHUB_TOKEN": "x"}, "GITHUB_REPOSITORY is not set"),
        (["github", PLAN, "--repo", "a/b"], {"GITHUB_TOKEN": "x"}, "give --number"),
        (["github", PLAN, "--repo", "a/b", "--number", "1"], {}, "none of GITHUB_TOKEN, GH_TOKEN is set"),
        (["gitlab", PLAN, "--repo", "1"], {"GITLAB_TOKEN": "x"}, "merge request pipelines"),
        (["bitbucket", PLAN], environment("bitbucket", BITBUCKET_PR_ID=""), "BITBUCKET_PR_ID"),
        (["azure", PLAN], environment("azure"), "SYSTEM_COLLECTIONURI"),
        (["github", PLAN, "--behavior", "often", "--number", "1"], environment("github"), "Known are update, new"),
        (["github", PLAN, "--whole", "](x)", "--number", "1"], environment("github"), "not a plain URL"),
        (["github", "--body-file", "/nowhere/c.md"], {}, "No such file"),
    ],
)
def test_wrong_usage_says_what_to_do(arguments: list[str], environ: dict[str, str], says: str) -> None:
    done = run(*arguments, **environ)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""
