"""tfsrm catalog: for those who write mapping files."""

from pathlib import Path
from typing import Annotated

import typer

from tfsrm.cli.options import (
    Project,
    SetData,
    VariableEnvironment,
    VariableFiles,
    Variables,
    Workspace,
    configuration,
)
from tfsrm.errors import MappingError

app = typer.Typer(help="Check, test and compile the catalogue.", no_args_is_help=True, rich_markup_mode=None)


@app.command("lint")
def catalog_lint(
    folder: Annotated[Path | None, typer.Argument(help="A mapping folder of your own; else the shipped one.")] = None,
) -> None:
    """Check mapping files: all problems of all files, with file and line."""
    from tfsrm.catalog.lint import lint

    problems = lint(folder)
    if problems:
        raise MappingError(problems)
    print("The catalogue holds: no problem found.")


@app.command("test")
def catalog_test(
    folder: Annotated[Path | None, typer.Argument(help="A mapping folder of your own; else the shipped one.")] = None,
    only: Annotated[str, typer.Option("--only", help="Only examples whose name holds this text.")] = "",
) -> None:
    """Run the examples of mapping files, each as HCL and as a plan."""
    from tfsrm import api

    results = api.run_examples(folder, only)
    failed = [r for r in results if r.problem]
    for result in failed:
        print(f"{result.name}: {result.problem}")
    print(f"{len(results)} examples, {len(results) - len(failed)} hold, {len(failed)} do not.")
    if failed or not results:
        raise SystemExit(2)


@app.command("coverage")
def catalog_coverage(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    path: Annotated[
        str | None, typer.Argument(help="A plan, a state or a directory: how its types are answered.")
    ] = None,
    services: Annotated[bool, typer.Option("--services", help="By service instead of by role.")] = False,
    var: Variables = None,
    var_file: VariableFiles = None,
    workspace: Workspace = None,
    set_data: SetData = None,
    tf_var_env: VariableEnvironment = False,
    project_root: Project = None,
) -> None:
    """Count the resource types that the catalogue answers, or say how it answers those of an input."""
    from tfsrm import api

    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project_root)
    api.write(api.coverage(path, services, read_with), None)


@app.command("override")
def catalog_override(
    resource_type: Annotated[str, typer.Argument(metavar="TYPE", help="A resource type, such as aws_s3_bucket.")],
    control: Annotated[str, typer.Argument(metavar="CONTROL", help="The control of the duty that you disagree with.")],
    into: Annotated[str, typer.Option("--into", help="Your mapping folder; made where it is not there.")] = "mappings",
    off: Annotated[str | None, typer.Option("--off", help="Switch the duty off, for this reason.")] = None,
) -> None:
    """Copy a duty into a mapping folder of your own, to correct it there."""
    from tfsrm import api

    api.write(api.override(resource_type, control, into, off), None)


@app.command("pages")
def catalog_pages(
    into: Annotated[Path, typer.Argument(help="Folder for the pages.")] = Path("docs/catalogue"),
) -> None:
    """Write the reference pages: one per service and per control, and their index."""
    from tfsrm import api

    for name, text in api.catalogue_pages().items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@app.command("provider-schema")
def catalog_provider_schema(
    path: Annotated[Path, typer.Argument(help="Output of terraform providers schema -json, or a reduced schema.")],
    version: Annotated[str, typer.Option("--version", help="Version of the AWS provider.")],
) -> None:
    """Renew mappings/provider/ from a provider's schema."""
    from tfsrm.catalog.provider_schema import write_provider_file

    print(write_provider_file(str(path), version))


@app.command("compile")
def catalog_compile() -> None:
    """Write mappings/compiled/ and mappings/schema/ from the YAML files."""
    from tfsrm.catalog.compile import compile_shipped

    print(compile_shipped())
