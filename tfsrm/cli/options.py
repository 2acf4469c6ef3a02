"""Options that several commands have."""

import re
from pathlib import Path
from typing import Annotated, Optional

import typer

from tfsrm.errors import UsageError

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


def page(url: str) -> str:
    """A URL that may stand in Markdown as it is. Raises UsageError."""
    if url and not re.fullmatch(r"https?://[A-Za-z0-9._~:/?=&%+-]+", url):
        raise UsageError("--whole: not a plain URL\n  Write it as https://ci.example.org/run/1.")
    return url
