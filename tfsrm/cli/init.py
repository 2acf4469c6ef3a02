"""tfsrm init."""

import re
from pathlib import Path
from typing import Annotated, Optional

import typer

from tfsrm.errors import OutputError, UsageError

_TEMPLATES = Path(__file__).parent / "templates"
PLACES = {
    "github": ".github/workflows/tfsrm.yml",
    "gitlab": ".gitlab/tfsrm.gitlab-ci.yml",
    "bitbucket": "bitbucket-pipelines.yml",
    "azure": "azure-pipelines-tfsrm.yml",
}
"""Platform -> where its CI file goes."""
_TRACES = {
    "github": (".github",),
    "gitlab": (".gitlab-ci.yml", ".gitlab"),
    "bitbucket": ("bitbucket-pipelines.yml",),
    "azure": ("azure-pipelines.yml", ".azuredevops", ".azure-pipelines"),
}
_HOSTS = {
    "github": "github",
    "gitlab": "gitlab",
    "bitbucket": "bitbucket",
    "dev.azure": "azure",
    "visualstudio": "azure",
}
_NEXT = {
    "github": "Put the repository that you take tfsrm from in place of OWNER in it, and give the job credentials to plan with.",
    "gitlab": "Add to .gitlab-ci.yml: include: [{local: .gitlab/tfsrm.gitlab-ci.yml}], and set GITLAB_TOKEN.",
    "bitbucket": "Set BITBUCKET_TOKEN and TFSRM_AUTHOR.",
    "azure": "Make a pipeline of it, and let a branch policy run it for pull requests.",
}


def init(
    platform: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--platform", help="github, gitlab, bitbucket or azure; else what is found here."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
) -> None:
    """Write .tfsrm.toml and the CI file of the platform that is found in the working directory."""
    if platform is not None and platform not in PLACES:
        raise UsageError(f"--platform {platform}: not a platform\n  Known are {', '.join(PLACES)}.")
    chosen = platform or found(Path())
    _write(".tfsrm.toml", "tfsrm.toml", force)
    if chosen is None:
        print("No CI file: no platform was found here. Name one with --platform github, gitlab, bitbucket or azure.")
        return
    if _write(PLACES[chosen], f"{chosen}.yml", force):
        print(_NEXT[chosen])
    else:
        print(f"To take over what tfsrm needs in it, make the file in an empty folder: tfsrm init --platform {chosen}.")


def found(folder: Path) -> str | None:
    """The platform that a repository lies on: by its remote, else by the files of a CI; None where there are none or several."""
    try:
        config = (_git_folder(folder) / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        config = ""
    m = re.search(r'\[remote "origin"\][^\[]*?url\s*=\s*(\S+)', config)
    host = re.sub(r"^\w+://", "", m[1]).rpartition("@")[2].split("/")[0].split(":")[0].lower() if m else ""
    for part, platform in _HOSTS.items():
        if part in host:
            return platform
    traces = [name for name, files in _TRACES.items() if any((folder / f).exists() for f in files)]
    return traces[0] if len(traces) == 1 else None


def _git_folder(folder: Path) -> Path:
    """Where git keeps a repository's configuration: a worktree and a submodule name it in a file."""
    git = folder / ".git"
    if git.is_file():
        git = folder / git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        common = git / "commondir"
        if common.is_file():
            git /= common.read_text(encoding="utf-8", errors="replace").strip()
    return git


def _write(target: str, template: str, force: bool) -> bool:
    """Write a template; whether it was written."""
    path = Path(target)
    if path.exists() and not force:
        print(f"{target} is there already and was kept; --force overwrites it.")
        return False
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror or error}") from None
    print(f"{target} written.")
    return True
