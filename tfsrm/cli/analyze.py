"""tfsrm analyze."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Optional

import msgspec
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
from tfsrm.report import FORMATS, SUFFIXES

if TYPE_CHECKING:
    from tfsrm.report.view import View


def analyze(  # noqa: PLR0913, PLR0917 (each option of the command is a parameter)
    paths: Annotated[
        list[str],
        typer.Argument(help="Plan JSON, state, directory of HCL or of plans, - for standard input; or several."),
    ],
    format_: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--format", "-f", help=f"{', '.join(FORMATS)}; repeatable, each for the --output of its place."),
    ] = None,
    output: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--output", "-o", help="Write the report to a file; its suffix tells the format where none is given."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show kept duties and resources without duty too.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", help="created, changed, kept, retired; comma separated.")
    ] = None,
    layer: Annotated[Optional[list[str]], typer.Option("--layer", help="Only this layer; repeatable.")] = None,  # noqa: UP045
    service: Annotated[list[str] | None, typer.Option("--service", help="Only services so named; repeatable.")] = None,
    fail_on: FailOn = None,
    strict: Strict = False,
    today: Today = None,
    mappings: Mappings = None,
    ascii_: Annotated[bool, typer.Option("--ascii", help="No block characters in the table.")] = False,
    width: Annotated[Optional[int], typer.Option("--width", help="Columns of the table.", min=40, max=400)] = None,  # noqa: UP045
    room: Annotated[int | None, typer.Option("--room", help="Bytes that a Markdown report may take.", min=2000)] = None,
    whole: Whole = "",
    var: Variables = None,
    var_file: VariableFiles = None,
    workspace: Workspace = None,
    set_data: SetData = None,
    tf_var_env: VariableEnvironment = False,
    project_root: Project = None,
    hcl_root: HclRoot = None,
) -> None:
    """Print which duties a change creates, changes and retires."""
    from tfsrm import api

    to = targets(tuple(format_ or ()), tuple(output or ()))
    view = _view(everything, show, layer, service, ascii_, width)
    view = msgspec.structs.replace(view, room=room, whole=page(whole)) if room or whole else view
    folders = tuple(str(m) for m in mappings or ())
    read_with = configuration(var, var_file, workspace, set_data, tf_var_env, project_root, hcl_root)
    gates = tuple(fail_on or ())
    request = api.Request(paths[0], folders, today, gates, strict, tuple(paths[1:]), read_with)
    found = api.reports(request, *(api.Wanted(t.format, _for_target(view, t.output, width)) for t in to))
    for target, text in zip(to, found.texts, strict=True):
        api.write(text, target.output)
    if found.tripped:
        raise SystemExit(1)


class Target(msgspec.Struct, frozen=True):
    """One report to write."""

    format: str
    output: str | None
    """None: standard output."""


def targets(formats: tuple[str, ...], outputs: tuple[str, ...]) -> list[Target]:
    """The reports of a run: the first format goes to the first output, and so on.

    An output without a format has that of its suffix, else the table; the one format without an output is printed.
    """
    for name in formats:
        _known_format(name)
    names = [*formats, *(_by_suffix(output) for output in outputs[len(formats) :])] or ["table"]
    files: list[str | None] = [None if output == "-" else output for output in outputs]
    files += [None] * (len(names) - len(files))
    if files.count(None) > 1:
        printed = " and ".join(name for name, file in zip(names, files, strict=True) if file is None)
        raise UsageError(f"{printed} would both be printed\n  Give each --format but one an --output of its own.")
    for file in files:
        if files.count(file) > 1:
            raise UsageError(f"--output {file}: named twice\n  Each report needs a file of its own.")
    return [Target(name, file) for name, file in zip(names, files, strict=True)]


def _by_suffix(output: str) -> str:
    return next((name for suffix, name in SUFFIXES.items() if output.lower().endswith(suffix)), "table")


def _known_format(name: str) -> None:
    if name not in FORMATS:
        raise UsageError(f"--format {name}: not a format\n  Known are {', '.join(FORMATS)}.")


def _view(
    everything: bool,
    show: str | None,
    layer: list[str] | None,
    service: list[str] | None,
    ascii_: bool,
    width: int | None,
) -> "View":
    from tfsrm.report.view import View

    changes = tuple(part.strip() for part in (show or "").split(",") if part.strip())
    for change in changes:
        if change not in ("created", "changed", "kept", "retired"):
            raise UsageError(f"--show {change}: not a change\n  Known are created, changed, kept, retired.")
    return View(
        everything=everything,
        show=changes,
        layers=tuple(layer or ()),
        services=tuple(service or ()),
        width=width or 79,
        ascii=ascii_,
    )


def _for_target(view: "View", output: str | None, width: int | None) -> "View":
    """The view of one report: colours, and the terminal's width, only where it goes to a terminal."""
    if output is not None or not sys.stdout.isatty():
        return view
    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return msgspec.structs.replace(view, color=color, width=width or _width())


def _width() -> int:
    """The terminal's width; 79 where it does not tell."""
    try:
        return min(max(os.get_terminal_size().columns - 1, 40), 140)
    except OSError:
        return 79
