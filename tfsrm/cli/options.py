"""Options that several commands have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from tfsrm.api import Configuration

Mappings = Annotated[
    Optional[list[Path]], typer.Option("--mappings", help="Folder of mapping files of your own; repeatable.")  # noqa: UP045
]
Today = Annotated[Optional[str], typer.Option("--today", help="Assess as of this day, such as 2026-11-24.")]  # noqa: UP045

Variables = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--var", metavar="NAME=VALUE", help="Directory: a variable's value; repeatable."),
]
VariableFiles = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--var-file", metavar="FILE", help="Directory: a file of variables; repeatable."),
]
Workspace = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--workspace", metavar="NAME", help="Directory: terraform.workspace; else default."),
]
SetData = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--set-data",
        metavar="TYPE.NAME.ATTRIBUTE=VALUE",
        help="Directory: what a data source answers, such as aws_region.current.name=eu-west-1; repeatable.",
    ),
]
VariableEnvironment = Annotated[
    bool, typer.Option("--tf-var-env", help="Directory: take variables from TF_VAR_... of the environment too.")
]
Project = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--project", metavar="DIR", help="Directory: read local modules below DIR; else in its work tree."),
]
HclRoot = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--hcl-root", metavar="DIR", help="Plan: the directory it was made of, for files and lines."),
]


def configuration(  # noqa: PLR0917 (each option is a parameter)
    variables: list[str] | None,
    variable_files: list[str] | None,
    workspace: str | None,
    data: list[str] | None,
    environment: bool,
    project: str | None,
    root: str | None = None,
) -> "Configuration":
    """The options of a directory of configuration."""
    from tfsrm.api import Configuration

    return Configuration(
        tuple(variables or ()), tuple(variable_files or ()), workspace, tuple(data or ()), environment, project, root
    )
