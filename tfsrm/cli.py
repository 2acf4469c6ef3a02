"""The command line: parse, call api, print. How the process ends is decided in __main__.py.

Annotations are real objects here, not text: typer reads them at every start.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from tfsrm import __version__
from tfsrm.errors import MappingError, UsageError

if TYPE_CHECKING:
    from tfsrm.report.view import View

app = typer.Typer(
    name="tfsrm",
    help="What a Terraform change makes your job under the AWS shared responsibility model.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
catalog_app = typer.Typer(help="Check, test and compile the catalogue.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(catalog_app, name="catalog")

Mappings = Annotated[
    Optional[list[Path]], typer.Option("--mappings", help="Folder of mapping files of your own; repeatable.")  # noqa: UP045
]
Today = Annotated[Optional[str], typer.Option("--today", help="Assess as of this day, such as 2026-11-24.")]  # noqa: UP045


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"tfsrm {__version__}")
        raise SystemExit(0)


@app.command()
def analyze(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    path: Annotated[str, typer.Argument(help="Plan JSON, state, HCL directory, or - for standard input.")],
    format_: Annotated[str, typer.Option("--format", "-f", help="table, markdown or json.")] = "table",
    output: Annotated[Optional[str], typer.Option("--output", "-o", help="Write the report to a file.")] = None,  # noqa: UP045
    everything: Annotated[bool, typer.Option("--all", help="Show kept duties and resources without duty too.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", help="created, changed, kept, retired; comma separated.")
    ] = None,
    layer: Annotated[Optional[list[str]], typer.Option("--layer", help="Only this layer; repeatable.")] = None,  # noqa: UP045
    service: Annotated[list[str] | None, typer.Option("--service", help="Only services so named; repeatable.")] = None,
    fail_on: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--fail-on", help="Exit 1 on unmet, created or gap; unmet:high for a least severity; repeatable."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 where the input was read in part only.")] = False,
    today: Today = None,
    mappings: Mappings = None,
    ascii_: Annotated[bool, typer.Option("--ascii", help="No block characters in the table.")] = False,
    width: Annotated[Optional[int], typer.Option("--width", help="Columns of the table.", min=40, max=400)] = None,  # noqa: UP045
) -> None:
    """Print which duties a change creates, changes and retires."""
    from tfsrm import api

    view = _view(everything, show, layer, service, output, ascii_, width)
    _known_format(format_)
    folders = tuple(str(m) for m in mappings or ())
    found = api.analyze(api.Request(path, folders, today, tuple(fail_on or ()), strict))
    _known_layers(view.layers, [name for name, _, _ in found.layers])
    api.write(api.render(found, format_, view), output)
    if found.tripped:
        raise SystemExit(1)


def _known_format(name: str) -> None:
    from tfsrm.report import FORMATS

    if name not in FORMATS:
        raise UsageError(f"--format {name}: not a format\n  Known are {', '.join(FORMATS)}.")


def _known_layers(asked: tuple[str, ...], known: list[str]) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"--layer {name}: not a layer\n  Known are {', '.join(known)}.")


def _view(  # noqa: PLR0917 (the options that decide what is shown)
    everything: bool,
    show: str | None,
    layer: list[str] | None,
    service: list[str] | None,
    output: str | None,
    ascii_: bool,
    width: int | None,
) -> "View":
    from tfsrm.report.view import View

    changes = tuple(part.strip() for part in (show or "").split(",") if part.strip())
    for change in changes:
        if change not in ("created", "changed", "kept", "retired"):
            raise UsageError(f"--show {change}: not a change\n  Known are created, changed, kept, retired.")
    terminal = output is None and sys.stdout.isatty()
    return View(
        everything=everything,
        show=changes,
        layers=tuple(layer or ()),
        services=tuple(service or ()),
        width=width or _width(terminal),
        color=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        ascii=ascii_,
    )


def _width(terminal: bool) -> int:
    """The terminal's width; 79 where there is none, so that the same input gives the same bytes."""
    if not terminal:
        return 79
    try:
        return min(max(os.get_terminal_size().columns - 1, 40), 140)
    except OSError:
        return 79


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A resource type (aws_lambda_function) or a control (encrypt-at-rest).")],
    settings: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--set", help="An attribute, such as package_type=Image; repeatable."),
    ] = None,
    mappings: Mappings = None,
) -> None:
    """Explain a resource type or a control: the line, both halves, conditions in words, sources."""
    from tfsrm import api

    api.write(api.explain(name, tuple(settings or ()), tuple(str(m) for m in mappings or ())), None)


@app.command()
def why(
    address: Annotated[str, typer.Argument(help="A resource address of the plan.")],
    control: Annotated[str, typer.Argument(help="A control id.")],
    path: Annotated[str, typer.Argument(help="Plan JSON, state, HCL directory, or -.")],
    today: Today = None,
    mappings: Mappings = None,
) -> None:
    """Show the chain that led to a verdict: value, its state, default, companion, rule, source."""
    from tfsrm import api

    folders = tuple(str(m) for m in mappings or ())
    api.write(api.why(address, control, api.Request(path, folders, today)), None)


@catalog_app.command("lint")
def catalog_lint(
    folder: Annotated[Path | None, typer.Argument(help="A mapping folder of your own; else the shipped one.")] = None,
) -> None:
    """Check mapping files: all problems of all files, with file and line."""
    from tfsrm.catalog.lint import lint

    problems = lint(folder)
    if problems:
        raise MappingError(problems)
    print("The catalogue holds: no problem found.")


@catalog_app.command("test")
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


@catalog_app.command("provider-schema")
def catalog_provider_schema(
    path: Annotated[Path, typer.Argument(help="Output of terraform providers schema -json, or a reduced schema.")],
    version: Annotated[str, typer.Option("--version", help="Version of the AWS provider.")],
) -> None:
    """Renew mappings/provider/ from a provider's schema."""
    from tfsrm.catalog.provider_schema import write_provider_file

    print(write_provider_file(str(path), version))


@catalog_app.command("compile")
def catalog_compile() -> None:
    """Write mappings/compiled/ and mappings/schema/ from the YAML files."""
    from tfsrm.catalog.compile import compile_shipped

    print(compile_shipped())
