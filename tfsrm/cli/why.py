"""tfsrm why."""

from typing import Annotated

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


def why(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    address: Annotated[str, typer.Argument(help="A resource address of the plan.")],
    control: Annotated[str, typer.Argument(help="A control id.")],
    path: Annotated[str, typer.Argument(help="Plan JSON, state, HCL directory, or -.")],
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
    """Show the chain that led to a verdict: value, its state, default, companion, rule, source."""
    from tfsrm import api

    folders = tuple(str(m) for m in mappings or ())
    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project_root, hcl_root)
    request = api.Request(path, folders, today, configuration=read_with)
    api.write(api.why(address, control, request), None)
