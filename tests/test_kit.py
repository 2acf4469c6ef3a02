"""What people copy into their CI: each file holds to its platform's schema, and its steps run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.publish.conftest import bitbucket, github, gitlab  # noqa: F401 (fixtures)
from tests.publish.server import TOKEN, Answer, GitHubServer, Server
from tests.test_settings import run as tfsrm
from tfsrm import api
from tfsrm.cli.init import PLACES, found
from tfsrm.report.view import View

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "fixtures" / "web-app-created" / "plan.json"
DATABASE = ROOT / "fixtures" / "database-replaced" / "plan.json"
TEMPLATES = ROOT / "tfsrm" / "cli" / "templates"
_SCHEMAS = {
    "github": "github-workflows",
    "gitlab": "gitlab-ci",
    "bitbucket": "bitbucket-pipelines",
    "azure": "azure-pipelines",
}
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}


def _schema(name: str) -> dict[str, Any]:
    """As SchemaStore and the platforms publish it."""
    text = (files("check_jsonschema.builtin_schemas") / "vendor" / f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _errors(name: str, data: Any) -> list[str]:
    patterns = jsonschema_rs.FancyRegexOptions()
    return [e.message for e in jsonschema_rs.validator_for(_schema(name), pattern_options=patterns).iter_errors(data)]


def _yaml(path: Path) -> Any:
    """YAML as a CI reads it: ``on`` is a word."""
    data = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in data.items()} if isinstance(data, dict) else data


@pytest.mark.parametrize("platform", PLACES)
def test_the_ci_file_holds_to_its_schema(platform: str) -> None:
    assert _errors(_SCHEMAS[platform], _yaml(TEMPLATES / f"{platform}.yml")) == []


def test_the_action_holds_to_its_schema() -> None:
    assert _errors("github-actions", ACTION) == []


def test_the_schemas_find_mistakes() -> None:
    workflow = _yaml(TEMPLATES / "github.yml")
    assert _errors("github-workflows", {**workflow, "jobs": {"tfsrm": {"steps": []}}})
    assert _errors("github-actions", {**ACTION, "runs": {"using": "composite"}})


def test_the_documentation_shows_these_very_files() -> None:
    text = (ROOT / "docs" / "ci.md").read_text()
    for platform in PLACES:
        assert (TEMPLATES / f"{platform}.yml").read_text() in text
    for name, said in ACTION["inputs"].items():
        assert f"| `{name}` | {said['description']} |" in text


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    (job,) = _yaml(TEMPLATES / "github.yml")["jobs"].values()
    (use,) = [s for s in job["steps"] if "/tfsrm@" in s.get("uses", "")]
    assert set(use["with"]) <= set(ACTION["inputs"])
    required = {name for name, i in ACTION["inputs"].items() if i.get("required")}
    assert required <= set(use["with"])


def test_no_expression_stands_in_a_script() -> None:
    """A branch name with a quote in it would be a command."""
    assert not [name for name, step in STEPS.items() if "${{" in step.get("run", "")]
    for platform in PLACES:
        assert not re.search(r"run:.*\$\{\{", (TEMPLATES / f"{platform}.yml").read_text())


def test_hooks_name_commands_that_are_there() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        words = hook["entry"].split()[1:]
        done = subprocess.run([sys.executable, "-m", "tfsrm", *words, "--help"], capture_output=True, check=False)
        assert done.returncode == 0


# The action's steps -----------------------------------------------------------------------------------------------


class Run:
    """What came of the steps of the action."""

    def __init__(self) -> None:
        self.steps, self.codes, self.said, self.errors = list[str](), list[int](), "", ""

    @property
    def failed(self) -> bool:
        return any(self.codes)


def _wanted(condition: str, job: Job, inputs: dict[str, str], failed: bool) -> bool:
    """The condition of a step: operators, inputs, outputs of steps, the event; without a status function it asks for success."""
    text = condition.removeprefix("${{").removesuffix("}}").strip()
    event = json.loads((job.folder / "event.json").read_text())
    status = {"success()": not failed, "cancelled()": False}
    asked = any(name in text for name in status)
    for name, value in status.items():
        text = text.replace(name, str(value))
    text = re.sub(r"inputs\.([\w-]+)", lambda m: repr(inputs[m[1]]), text)
    text = re.sub(r"steps\.(\w+)\.outputs\.(\w+)", lambda m: repr(job.output(m[1], m[2])), text)
    text = re.sub(r"github\.event\.([\w.]+)", lambda m: str(bool(_deep(event, m[1].split(".")))), text)
    text = re.sub(r"!(?!=)", " not ", text).replace("&&", " and ").replace("||", " or ")
    assert re.fullmatch(r"(?:'[^']*'|True|False|not|and|or|==|!=|[() ])*", text), condition
    return bool(eval(text)) and (asked or not failed)  # noqa: S307 (nothing but the words above)


def _deep(data: Any, names: list[str]) -> Any:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data


class Job:
    """A runner: a folder, files for outputs and the summary, and a ``tfsrm`` where the install step puts it."""

    def __init__(self, folder: Path, server: Server, event: dict[str, Any]) -> None:
        self.folder, self.summary = folder, folder / "summary.md"
        (folder / "event.json").write_text(json.dumps(event))
        binary = folder / "tfsrm" / "bin" / "tfsrm"
        binary.parent.mkdir(parents=True)
        binary.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tfsrm "$@"\n')
        binary.chmod(0o755)
        self.environ = {
            "PATH": f"{binary.parent}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(folder),
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_API_URL": server.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "1",
        }

    def run(self, **inputs: str) -> Run:
        """All steps of action.yml but the installation and the uploads, as a runner takes them."""
        values = {key: str(i.get("default", "")) for key, i in ACTION["inputs"].items()}
        values |= {"token": TOKEN, "input": str(PLAN), **{k.replace("_", "-"): v for k, v in inputs.items()}}
        found = Run()
        for old in self.folder.glob("outputs-*"):
            old.unlink()
        for name, step in STEPS.items():
            if name == "Install tfsrm" or not _wanted(step.get("if", "success()"), self, values, found.failed):
                continue
            found.steps.append(name)
            if "run" not in step:
                continue
            environ = {
                key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
                for key, text in step.get("env", {}).items()
            }
            done = self.script(step["run"], GITHUB_OUTPUT=str(self.folder / f"outputs-{step.get('id')}"), **environ)
            found.codes.append(done.returncode)
            found.said += done.stdout
            found.errors += done.stderr
        return found

    def output(self, step: str, name: str) -> str:
        """An output of a step; empty where there is none."""
        path = self.folder / f"outputs-{step}"
        lines = path.read_text().splitlines() if path.exists() else []
        return next((line.partition("=")[2] for line in lines if line.startswith(f"{name}=")), "")

    def script(self, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """As a runner runs bash."""
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
        return subprocess.run(
            command, env={**self.environ, **environ}, cwd=self.folder, capture_output=True, text=True, check=False
        )


@pytest.fixture
def job(tmp_path: Path, github: GitHubServer) -> Job:  # noqa: F811 (the fixture)
    return Job(tmp_path, github, {"pull_request": {"number": 7}})


def test_one_run_annotates_comments_and_writes_the_summary(job: Job, github: GitHubServer) -> None:  # noqa: F811
    done = job.run()
    assert (done.steps, done.codes, done.errors) == (["Analyse", "Comment", "Summary"], [0, 0, 0], "")
    lines = done.said.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::warning"] * 8 + ["created:"]
    assert job.output("comment", "result") == "created"
    (body,) = github.of(github.me)
    assert body.split("\n", 1)[1] == (job.folder / "tfsrm-comment.md").read_text()
    assert job.summary.read_text().startswith("## This change gives you ")


def test_the_comment_is_made_then_kept(job: Job, github: GitHubServer) -> None:  # noqa: F811
    for word in ("created", "unchanged"):
        job.run(project="prod/orders", behavior="update")
        assert job.output("comment", "result") == word
    (body,) = github.of(github.me)
    assert "key=prod-orders-" in body


def test_what_the_workflow_leaves_open_is_for_the_settings_to_say(job: Job, github: GitHubServer) -> None:  # noqa: F811
    (job.folder / ".tfsrm.toml").write_text('[comment]\nproject = "orders"\nbehavior = "new"\n')
    assert not job.run().failed
    job.run(input=str(DATABASE))
    assert [body.split("\n")[0] for body in github.of(github.me)] == ["<!-- tfsrm:v1 key=orders -->"] * 2


def test_a_fork_ends_well_with_the_whole_report_in_the_summary(job: Job, github: GitHubServer) -> None:  # noqa: F811
    github.read_only = True
    for summary in ("true", "false"):
        job.summary.unlink(missing_ok=True)
        done = job.run(summary=summary)
        assert (done.failed, job.output("comment", "result")) == (False, "refused")
        assert "the report is in the job summary" in done.said
        assert job.summary.read_text() == (job.folder / "tfsrm-summary.md").read_text()


def test_a_push_has_no_pull_request_to_comment_on(tmp_path: Path, github: GitHubServer) -> None:  # noqa: F811
    job = Job(tmp_path, github, {"ref": "refs/heads/main"})
    assert job.run().steps == ["Analyse", "Summary"]
    assert github.seen == []


def test_what_is_not_asked_for_is_not_done(job: Job, github: GitHubServer) -> None:  # noqa: F811
    done = job.run(annotations="false", comment="false", summary="false")
    assert (done.steps, done.said) == (["Analyse"], "")
    assert not job.summary.exists()
    assert github.seen == []


def test_a_gate_fails_the_job_when_all_is_reported_and_says_which(job: Job, github: GitHubServer) -> None:  # noqa: F811
    done = job.run(fail_on="unmet:high\nunmet:critical\n")
    assert (done.steps, done.codes) == (["Analyse", "Comment", "Summary", "Gates"], [0, 0, 0, 1])
    assert "\nGATE  --fail-on unmet:high trips" in done.said
    assert done.said.startswith("::error title=tfsrm gate::--fail-on unmet%3Ahigh trips".replace("%3A", ":"))
    assert "**Gate**" in github.of(github.me)[0]
    assert not job.run(fail_on="gap").failed


def test_gates_of_the_file_fail_the_job_too(job: Job, github: GitHubServer) -> None:  # noqa: F811
    (job.folder / ".tfsrm.toml").write_text('fail_on = ["unmet"]\n[analyze]\nall = true\nformat = ["json"]\n')
    assert job.run().codes == [0, 0, 0, 1]
    assert len(github.of(github.me)) == 1


def test_the_summary_is_written_where_the_comment_failed(job: Job, github: GitHubServer) -> None:  # noqa: F811
    github.fail("GET", Answer(404, {"message": "Not Found"}))
    done = job.run(fail_on="unmet")
    assert (done.steps, done.codes) == (["Analyse", "Comment", "Summary", "Gates"], [0, 2, 0, 1])
    assert "no such pull request" in done.errors


@pytest.mark.parametrize(("inputs", "code"), [({"input": "nowhere.json"}, 3), ({"fail_on": "everything"}, 2)])
def test_a_run_that_cannot_be_made_fails_the_job_at_once(job: Job, inputs: dict[str, str], code: int) -> None:
    done = job.run(**inputs)
    assert (done.steps, done.codes) == (["Analyse"], [code])
    assert not job.summary.exists()


def test_several_inputs_are_one_comment(job: Job, github: GitHubServer) -> None:  # noqa: F811
    done = job.run(input=f"{PLAN}\n{DATABASE}\n")
    assert not done.failed
    (body,) = github.of(github.me)
    assert "### In <code>database-replaced</code>" in body
    assert "::in database-replaced: aws_" in done.said


def test_more_annotations_than_github_keeps_are_counted(job: Job) -> None:
    plans = "\n".join(map(str, sorted((ROOT / "fixtures").glob("*/plan.json"))))
    said = job.run(input=plans, fail_on="unmet\ncreated").said.splitlines()
    levels = [line.split(" ")[0] for line in said if line.startswith("::")]
    assert (levels.count("::warning"), levels.count("::error")) == (10, 2)
    assert any("title=More unmet duties" in line for line in said)


def test_annotations_and_sarif_stand_on_lines_where_the_configuration_is_named(job: Job) -> None:
    (job.folder / "infra").mkdir()
    (job.folder / "infra" / "main.tf").write_bytes((PLAN.parent / "main.tf").read_bytes())
    done = job.run(hcl_root="infra", sarif="true")
    assert done.steps == ["Analyse", "Upload SARIF", "Comment", "Summary"]
    assert done.said.startswith("::warning file=infra/main.tf,line=144,title=")
    (run,) = json.loads((job.folder / "tfsrm.sarif").read_text())["runs"]
    places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert places == {"infra/main.tf"}


def test_inputs_are_never_commands(job: Job) -> None:
    for hostile in ("$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "a b; touch pwned", "--output=pwned"):
        for name in ("input", "project", "mappings", "behavior", "fail_on", "hcl_root"):
            job.run(**{name: hostile})
    assert not (job.folder / "pwned").exists()


def test_the_summary_of_a_large_change_has_more_room_than_a_comment_and_fits(shared: Path) -> None:
    """GitHub keeps nothing of a summary of more than 1 MiB; whoever asks for room for a comment does not ask it of this one."""
    found = api.analyze(api.Request(str(shared / "data" / "plans" / "scale--1000.json.gz"), today="2026-11-24"))
    text = api.render(found, "github-summary", View(room=60_000, whole="https://ci.example.org/run/1", everything=True))
    assert 60_000 < len(text.encode()) <= 1_000_000
    assert "ci.example.org" not in text


# The other platforms' scripts -------------------------------------------------------------------------------------


def test_the_script_of_gitlab_runs(tmp_path: Path, gitlab: Server) -> None:  # noqa: F811
    job = Job(tmp_path, gitlab, {})
    (tmp_path / "plan.json").write_bytes(PLAN.read_bytes())
    template = _yaml(TEMPLATES / "gitlab.yml")["tfsrm"]
    lines = [s for s in template["script"] if "tfsrm " in s and "pip" not in s]
    (tmp_path / "main.tf").write_bytes((PLAN.parent / "main.tf").read_bytes())
    environ = {
        **template["variables"],
        "CI_API_V4_URL": gitlab.url,
        "CI_MERGE_REQUEST_PROJECT_ID": "acme/shop",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": TOKEN,
    }
    done = job.script("\n".join(lines), **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(gitlab.of(gitlab.me)) == 1
    issues = json.loads((tmp_path / "gl-code-quality-report.json").read_text())
    assert {issue["location"]["path"] for issue in issues} == {"main.tf"}
    assert (tmp_path / "metrics.txt").read_text().endswith("# EOF\n")
    del environ["CI_MERGE_REQUEST_IID"]  # the default branch: reports to compare with, and nothing to comment on
    sent = len(gitlab.seen)
    assert job.script("\n".join(lines), **environ).returncode == 0
    assert len(gitlab.seen) == sent


def test_the_script_of_bitbucket_runs(tmp_path: Path, bitbucket: Server) -> None:  # noqa: F811
    job = Job(tmp_path, bitbucket, {})
    (tmp_path / "plan.json").write_bytes(PLAN.read_bytes())
    _, step = _yaml(TEMPLATES / "bitbucket.yml")["pipelines"]["pull-requests"]["**"]
    lines = [s for s in step["step"]["script"] if s.startswith("tfsrm ")]
    (tmp_path / "main.tf").write_bytes((PLAN.parent / "main.tf").read_bytes())
    lines[-1] += f" --api-url {bitbucket.url}"
    environ = {
        "BITBUCKET_REPO_FULL_NAME": "acme/shop",
        "BITBUCKET_PR_ID": "7",
        "BITBUCKET_TOKEN": TOKEN,
        "TFSRM_AUTHOR": bitbucket.me,
    }
    done = job.script("\n".join(lines), **environ)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "report.json").read_text())
    annotations = json.loads((tmp_path / "annotations.json").read_text())
    assert report["result"] == "FAILED"
    assert len(annotations) <= 100
    assert all(len(a["summary"]) <= 450 and len(a["details"]) <= 2000 for a in annotations)
    assert len({a["external_id"] for a in annotations}) == len(annotations)
    assert {a["path"] for a in annotations} == {"main.tf"}


def _recipe(heading: str, line: str) -> str:
    """The commands of a recipe in docs/ci.md."""
    text = (ROOT / "docs" / "ci.md").read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = [c for block in re.findall(r"(?s)```yaml\n(.*?)```", text) for c in _commands(yaml.safe_load(block))]
    return "\n".join(c for c in found if line in c)


def _commands(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [c for value in data.values() for c in _commands(value)]
    if isinstance(data, list):
        return [c for value in data for c in _commands(value)]
    return [data] if isinstance(data, str) else []


def test_the_recipe_of_atlantis_runs(job: Job, github: GitHubServer) -> None:  # noqa: F811
    environ = {
        "SHOWFILE": str(PLAN),
        "BASE_REPO_OWNER": "acme",
        "BASE_REPO_NAME": "shop",
        "PULL_NUM": "7",
        "REPO_REL_DIR": "prod/orders",
        "ATLANTIS_GH_TOKEN": TOKEN,
    }
    done = job.script(_recipe("Atlantis", "tfsrm"), **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert "UNMET (10)" in done.stdout
    assert "created: comment created" in done.stdout
    assert "key=prod-orders-" in github.of(github.me)[0]


def test_the_recipe_of_spacelift_runs(job: Job) -> None:
    (job.folder / "spacelift.plan.json").write_bytes(PLAN.read_bytes())
    done = job.script(_recipe("Spacelift", "tfsrm"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "UNMET (10)" in done.stdout
    duties = json.loads((job.folder / "tfsrm.custom.spacelift.json").read_text())["duties"]
    assert {"title", "verdict", "severity"} <= set(duties[0])


def test_the_recipe_of_hcp_terraform_runs(job: Job, github: GitHubServer) -> None:  # noqa: F811
    """HCP Terraform answers with a redirect to the plan, on a host that wants no token; or 204, where it is not ready."""
    text = (ROOT / "docs" / "ci.md").read_text().split("\n## HCP Terraform and Terraform Enterprise\n", 1)[1]
    m = re.search(r"(?s)```sh\n(.*?)```", text)
    assert m is not None
    seen: list[tuple[str, str | None]] = []
    codes = [204, 307]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("Authorization")))
            data = PLAN.read_bytes() if self.path == "/archivist" else b""
            self.send_response(200 if data else codes.pop(0))
            self.send_header("Location", f"http://localhost:{server.server_port}/archivist")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        script = m[1].replace("https://app.terraform.io", f"http://127.0.0.1:{server.server_port}")
        early = job.script(script, TFE_TOKEN="tfe-secret", PLAN_ID="plan-1", GITHUB_TOKEN=TOKEN)
        done = job.script(script, TFE_TOKEN="tfe-secret", PLAN_ID="plan-1", GITHUB_TOKEN=TOKEN)
        server.shutdown()
    assert early.returncode == 3
    assert (done.returncode, done.stdout, done.stderr) == (0, "created: comment created\n", "")
    assert seen[1:] == [("/api/v2/plans/plan-1/json-output", "Bearer tfe-secret"), ("/archivist", None)]


def test_the_recipe_of_env0_runs(job: Job) -> None:
    done = job.script(_recipe("env0", "tfsrm"), ENV0_TF_PLAN_JSON=str(PLAN))
    assert (done.returncode, done.stderr) == (0, "")


# tfsrm init -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLACES)
def test_init_writes_what_is_not_there_and_keeps_what_is(tmp_path: Path, platform: str) -> None:
    done = tfsrm(tmp_path, "init", "--platform", platform)
    assert done.returncode == 0
    target = tmp_path / PLACES[platform]
    assert target.read_text() == (TEMPLATES / f"{platform}.yml").read_text()
    assert tfsrm(tmp_path, "config", "check").returncode == 0
    target.write_text("mine")
    again = tfsrm(tmp_path, "init", "--platform", platform)
    assert target.read_text() == "mine"
    assert "was kept; --force overwrites it" in again.stdout
    assert f"in an empty folder: tfsrm init --platform {platform}" in again.stdout
    tfsrm(tmp_path, "init", "--platform", platform, "--force")
    assert target.read_text() != "mine"


@pytest.mark.parametrize(
    ("remote", "traces", "platform"),
    [
        ("git@github.com:acme/shop.git", [], "github"),
        ("https://gitlab.acme.example/a/b.git", [".github"], "gitlab"),
        ("https://token@bitbucket.org/a/b", [], "bitbucket"),
        ("https://dev.azure.com/a/b/_git/c", [], "azure"),
        ("git@ssh.dev.azure.com:v3/a/b/c", [], "azure"),
        ("https://git.acme.example/github/x", [], None),
        ("", [".gitlab-ci.yml"], "gitlab"),
        ("", [".github", "bitbucket-pipelines.yml"], None),
        ("", [], None),
    ],
)
def test_the_platform_is_found(tmp_path: Path, remote: str, traces: list[str], platform: str | None) -> None:
    if remote:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {remote}\n')
    for trace in traces:
        (tmp_path / trace).mkdir()
    assert found(tmp_path) == platform


def test_the_platform_of_a_worktree_is_found(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    git = ["git", "-C", str(main), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q", str(main)], check=True)
    for words in (
        ["remote", "add", "origin", "git@gitlab.com:acme/shop.git"],
        ["commit", "-q", "--allow-empty", "-m", "x"],
        ["worktree", "add", "-q", str(tree)],
    ):
        subprocess.run([*git, *words], check=True)
    assert (tree / ".git").is_file()
    assert found(tree) == "gitlab"


def test_init_without_a_platform_says_so(tmp_path: Path) -> None:
    done = tfsrm(tmp_path, "init")
    assert done.returncode == 0
    assert "no platform was found" in done.stdout
    assert (tmp_path / ".tfsrm.toml").is_file()
