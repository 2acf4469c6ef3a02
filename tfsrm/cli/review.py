"""tfsrm review."""

from typing import Annotated, Optional

import typer

from tfsrm.cli.options import (
    HclRoot,
    Mappings,
    Project,
    SetData,
    Today,
    VariableEnvironment,
    VariableFiles,
    Variables,
    Workspace,
    configuration,
)
from tfsrm.errors import UsageError

FORMATS = {"html": "html", "markdown": "review-markdown"}
"""What the command calls a format -> what the reports call it."""


def review(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    paths: Annotated[
        list[str],
        typer.Argument(help="Plan JSON, state, directory of HCL or of plans, - for standard input; or several."),
    ],
    output: Annotated[Optional[str], typer.Option("--output", "-o", help="Write the pack to a file.")] = None,  # noqa: UP045
    format_: Annotated[str, typer.Option("--format", "-f", help="html or markdown.")] = "html",
    everything: Annotated[bool, typer.Option("--all", help="Tell the duties and lines that stay, too.")] = False,
    service: Annotated[list[str] | None, typer.Option("--service", help="Only services so named; repeatable.")] = None,
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
    """Write the pack for an architecture review: one page, or the same as Markdown."""
    from tfsrm import api
    from tfsrm.report.view import View

    if format_ not in FORMATS:
        raise UsageError(f"--format {format_}: not a format of the review\n  Known are {', '.join(FORMATS)}.")
    folders = tuple(str(m) for m in mappings or ())
    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project_root, hcl_root)
    view = View(everything=everything, services=tuple(service or ()))
    request = api.Request(paths[0], folders, today, also=tuple(paths[1:]), configuration=read_with)
    api.write(api.reports(request, api.Wanted(FORMATS[format_], view)).texts[0], output)
