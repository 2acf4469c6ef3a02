"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Optional

import typer

Mappings = Annotated[
    Optional[list[Path]], typer.Option("--mappings", help="Folder of mapping files of your own; repeatable.")  # noqa: UP045
]
Today = Annotated[Optional[str], typer.Option("--today", help="Assess as of this day, such as 2026-11-24.")]  # noqa: UP045
