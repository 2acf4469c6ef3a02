"""tfsrm analyze."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Optional

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

if TYPE_CHECKING:
    from tfsrm.report.view import View


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
    var: Variables = None,
    var_file: VariableFiles = None,
    workspace: Workspace = None,
    set_data: SetData = None,
    tf_var_env: VariableEnvironment = False,
    project: Project = None,
    hcl_root: HclRoot = None,
) -> None:
    """Print which duties a change creates, changes and retires."""
    from tfsrm import api

    view = _view(everything, show, layer, service, output, ascii_, width)
    _known_format(format_)
    folders = tuple(str(m) for m in mappings or ())
    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project, hcl_root)
    found = api.analyze(api.Request(path, folders, today, tuple(fail_on or ()), strict, read_with))
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
