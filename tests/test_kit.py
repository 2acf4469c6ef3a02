"""What people copy into their CI: each file holds to its platform's schema, and its steps run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.publish.conftest import bitbucket, github, gitlab  # noqa: F401 (fixtures)
from tests.publish.server import TOKEN, GitHubServer, Server
from tests.test_settings import run as tfsrm
from tfsrm.cli.init import PLACES, found
from tfsrm.report import FORMATS

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "fixtures" / "web-app-created" / "plan.json"
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
    for name in ACTION["inputs"]:
        assert f"| `{name}` |" in text


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


class Job:
    """A runner: a folder, files for outputs and the summary, and a ``tfsrm`` where the install step puts it."""

    def __init__(self, folder: Path, server: Server, event: dict[str, Any]) -> None:
        self.folder, self.summary, self.outputs = folder, folder / "summary.md", folder / "outputs"
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
            "GITHUB_OUTPUT": str(self.outputs),
            "GITHUB_API_URL": server.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "1",
        }

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run a step of action.yml with the action's defaults and these inputs."""
        values = {key: str(i.get("default", "")) for key, i in ACTION["inputs"].items()}
        values |= {"token": TOKEN, "input": str(PLAN), **{k.replace("_", "-"): v for k, v in inputs.items()}}
        environ = {
            key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
            for key, text in STEPS[name]["env"].items()
        }
        return self.script(STEPS[name]["run"], **environ)

    def script(self, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """As a runner runs bash."""
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
        return subprocess.run(
            command, env={**self.environ, **environ}, cwd=self.folder, capture_output=True, text=True, check=False
        )


@pytest.fixture
def job(tmp_path: Path, github: GitHubServer) -> Job:  # noqa: F811 (the fixture)
    return Job(tmp_path, github, {"pull_request": {"number": 7}})


def test_annotations_are_printed(job: Job) -> None:
    done = job.step("Annotations")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 8
    assert done.stdout.startswith("::warning title=")


def test_the_comment_is_made_then_kept(job: Job, github: GitHubServer) -> None:  # noqa: F811
    for word in ("created", "unchanged"):
        done = job.step("Comment", project="prod/orders", behavior="update")
        assert (done.returncode, done.stderr) == (0, "")
        assert job.outputs.read_text().splitlines()[-1] == f"result={word}"
    assert len(github.of(github.me)) == 1


def test_a_fork_ends_well_with_the_report_in_the_summary(job: Job, github: GitHubServer) -> None:  # noqa: F811
    github.read_only = True
    done = job.step("Comment")
    assert done.returncode == 0
    assert job.outputs.read_text() == "result=refused\n"
    assert job.summary.read_text().startswith("## This change gives you")


def test_the_summary_holds_the_report(job: Job) -> None:
    assert job.step("Summary").returncode == 0
    assert job.summary.read_text().startswith("## This change gives you ")


def test_a_gate_fails_the_job_and_says_which(job: Job) -> None:
    done = job.step("Gates", fail_on="unmet:high\nunmet:critical\n")
    assert done.returncode == 1
    assert done.stdout.startswith("GATE  --fail-on unmet:high trips")
    assert job.step("Gates", fail_on="gap").returncode == 0


def test_gates_of_the_file_fail_the_job_when_all_is_reported(job: Job, github: GitHubServer) -> None:  # noqa: F811
    (job.folder / ".tfsrm.toml").write_text('fail_on = ["unmet"]\n')
    assert [job.step(name).returncode for name in ("Annotations", "Comment", "Summary", "Gates")] == [0, 0, 0, 1]
    assert len(github.of(github.me)) == 1
    assert job.outputs.read_text() == "result=created\n"


def test_a_step_that_cannot_read_its_input_fails(job: Job) -> None:
    codes = [job.step(name, input="nowhere.json").returncode for name in ("Annotations", "Comment", "Summary", "Gates")]
    assert codes[0] == codes[1] == codes[2] == 1
    assert codes[3] == 3


def test_a_wrong_gate_fails_the_job_too(job: Job) -> None:
    done = job.step("Gates", fail_on="everything")
    assert done.returncode == 2
    assert "not a gate" in done.stderr


def test_inputs_are_never_commands(job: Job) -> None:
    for hostile in ("$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "a b; touch pwned"):
        for name in ("Annotations", "Comment", "Summary", "Gates"):
            job.step(name, input=hostile, project=hostile, mappings=hostile, behavior=hostile, fail_on=hostile)
    assert not (job.folder / "pwned").exists()


@pytest.mark.skipif("sarif" not in FORMATS, reason="needs the format sarif")
def test_sarif_is_written(job: Job) -> None:
    assert job.step("SARIF").returncode == 0
    assert json.loads((job.folder / "tfsrm.sarif").read_text())["version"] == "2.1.0"


# The other platforms' scripts -------------------------------------------------------------------------------------


def _known(line: str) -> bool:
    m = re.search(r"--format (\S+)", line)
    return m is None or m[1] in FORMATS


def test_the_script_of_gitlab_runs(tmp_path: Path, gitlab: Server) -> None:  # noqa: F811
    job = Job(tmp_path, gitlab, {})
    (tmp_path / "plan.json").write_bytes(PLAN.read_bytes())
    lines = [s for s in _yaml(TEMPLATES / "gitlab.yml")["tfsrm"]["script"] if s.startswith("tfsrm ") and _known(s)]
    environ = {
        "CI_API_V4_URL": gitlab.url,
        "CI_MERGE_REQUEST_PROJECT_ID": "acme/shop",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": TOKEN,
    }
    done = job.script("\n".join(lines), **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(gitlab.of(gitlab.me)) == 1


def test_the_script_of_bitbucket_runs(tmp_path: Path, bitbucket: Server) -> None:  # noqa: F811
    job = Job(tmp_path, bitbucket, {})
    (tmp_path / "plan.json").write_bytes(PLAN.read_bytes())
    _, step = _yaml(TEMPLATES / "bitbucket.yml")["pipelines"]["pull-requests"]["**"]
    lines = [s for s in step["step"]["script"] if s.startswith("tfsrm ")]
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
    duties = json.loads((job.folder / "tfsrm.custom.spacelift.json").read_text())["duties"]
    assert {"title", "verdict", "severity"} <= set(duties[0])


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


def test_init_without_a_platform_says_so(tmp_path: Path) -> None:
    done = tfsrm(tmp_path, "init")
    assert done.returncode == 0
    assert "no platform was found" in done.stdout
    assert (tmp_path / ".tfsrm.toml").is_file()
