"""tfsrm review."""

from typing import Annotated, Optional

import typer

from tfsrm.cli.options import Mappings, Today
from tfsrm.errors import UsageError

FORMATS = {"html": "html", "markdown": "review-markdown"}
"""What the command calls a format -> what the reports call it."""


def review(  # noqa: PLR0917 (each option of the command is a parameter)
    path: Annotated[str, typer.Argument(help="Plan JSON, state, HCL directory, or - for standard input.")],
    output: Annotated[Optional[str], typer.Option("--output", "-o", help="Write the pack to a file.")] = None,  # noqa: UP045
    format_: Annotated[str, typer.Option("--format", "-f", help="html or markdown.")] = "html",
    everything: Annotated[bool, typer.Option("--all", help="Tell the duties and lines that stay, too.")] = False,
    service: Annotated[list[str] | None, typer.Option("--service", help="Only services so named; repeatable.")] = None,
    today: Today = None,
    mappings: Mappings = None,
) -> None:
    """Write the pack for an architecture review: one page, or the same as Markdown."""
    from tfsrm import api
    from tfsrm.report.view import View

    if format_ not in FORMATS:
        raise UsageError(f"--format {format_}: not a format of the review\n  Known are {', '.join(FORMATS)}.")
    found = api.analyze(api.Request(path, tuple(str(m) for m in mappings or ()), today))
    view = View(everything=everything, services=tuple(service or ()))
    api.write(api.render(found, FORMATS[format_], view), output)
