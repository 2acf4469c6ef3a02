"""tfsrm comment."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from tfsrm.cli.options import (
    FailOn,
    HclRoot,
    Mappings,
    Project,
    SetData,
    Strict,
    Today,
    VariableEnvironment,
    VariableFiles,
    Variables,
    Whole,
    Workspace,
    configuration,
    page,
)
from tfsrm.errors import UsageError

if TYPE_CHECKING:
    from tfsrm.api import Commented


def comment(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    platform: Annotated[str, typer.Argument(help="github (also Gitea, Forgejo), gitlab, bitbucket or azure.")],
    paths: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="What to analyse: plan JSON, state, directory of HCL or of plans, or -; or several."),
    ] = None,
    body_file: Annotated[Optional[Path], typer.Option("--body-file", help="Post this rendered report instead.")] = None,  # noqa: UP045
    project: Annotated[
        str, typer.Option("--project", help="One comment for each such name, as for a root module.")
    ] = "",
    behavior: Annotated[
        str, typer.Option("--behavior", help="update, new, hide-and-new or delete-and-new.")
    ] = "update",
    skip_when_unchanged: Annotated[
        bool, typer.Option("--skip-when-unchanged", help="Send nothing where the comment says the same already.")
    ] = False,
    repo: Annotated[str, typer.Option("--repo", help="Repository or project; else from the CI's environment.")] = "",
    number: Annotated[str, typer.Option("--number", help="Of the pull request; else from the CI's environment.")] = "",
    api_url: Annotated[str, typer.Option("--api-url", help="Of a server of your own.")] = "",
    author: Annotated[str, typer.Option("--author", help="Whose comments are ours, where the token cannot tell.")] = "",
    whole: Whole = "",
    fail_on: FailOn = None,
    strict: Strict = False,
    today: Today = None,
    mappings: Mappings = None,
    var: Variables = None,
    var_file: VariableFiles = None,
    workspace: Workspace = None,
    set_data: SetData = None,
    tf_var_env: VariableEnvironment = False,
    project_root: Project = None,
    hcl_root: HclRoot = None,
) -> None:
    """Put the report into one comment of a pull request, and keep it current there. The token comes from the environment."""
    from tfsrm import api
    from tfsrm.publish.platform import Given
    from tfsrm.publish.sticky import Wish

    if bool(paths) == (body_file is not None):
        raise UsageError("tfsrm comment takes one of two: inputs to analyse, or --body-file")
    folders = tuple(str(m) for m in mappings or ())
    gates = tuple(fail_on or ())
    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project_root, hcl_root)
    analysis = api.Request(paths[0], folders, today, gates, strict, tuple(paths[1:]), read_with) if paths else None
    done = api.comment(
        api.CommentRequest(
            platform=platform,
            given=Given(repo, number, api_url, author),
            wish=Wish(project, behavior, skip_when_unchanged),
            analysis=analysis,
            body=None if body_file is None else _body(body_file),
            whole=page(whole),
        ),
        os.environ,
    )
    _tell(done)
    if done.tripped:
        raise SystemExit(1)


def _body(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(
            f"--body-file {path}: {reason}\n  Make it with tfsrm analyze PLAN --format markdown."
        ) from None


def _tell(done: "Commented") -> None:
    """One line with what was done; the report itself where it found no other place."""
    from tfsrm import api
    from tfsrm.report.plain import clean

    outcome = done.outcome
    where = ""
    if outcome.did == "refused":
        where = "; the report is in the job summary" if done.summary else "; the report follows"
    sys.stdout.write(f"{outcome.did}: {clean(outcome.says)}{where}\n")
    sys.stdout.flush()
    if outcome.did == "refused" and not done.summary:
        api.write(outcome.body, None)
