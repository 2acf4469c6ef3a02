"""Options that several commands have."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from tfsrm.errors import UsageError

if TYPE_CHECKING:
    from tfsrm.api import Configuration

Mappings = Annotated[
    Optional[list[Path]], typer.Option("--mappings", help="Folder of mapping files of your own; repeatable.")  # noqa: UP045
]
Today = Annotated[Optional[str], typer.Option("--today", help="Assess as of this day, such as 2026-11-24.")]  # noqa: UP045
Strict = Annotated[bool, typer.Option("--strict", help="Exit 4 where the input was read in part only.")]
FailOn = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--fail-on", help="Exit 1 on unmet, created or gap; unmet:high for a least severity; repeatable."),
]
Whole = Annotated[
    str, typer.Option("--whole", help="URL of the whole report, named where a report had to be shortened.")
]


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
    typer.Option(
        "--project-root", metavar="DIR", help="Directory: read local modules below DIR; else in its work tree."
    ),
]
HclRoot = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--hcl-root", metavar="DIR", help="Plan: the directory it was made of, for files and lines."),
]


def page(url: str) -> str:
    """A URL that may stand in Markdown as it is. Raises UsageError."""
    if url and not re.fullmatch(r"https?://[A-Za-z0-9._~:/?=&%+-]+", url):
        raise UsageError("--whole: not a plain URL\n  Write it as https://ci.example.org/run/1.")
    return url


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
