"""tfsrm config: for those who write ``.tfsrm.toml``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tfsrm.cli.settings import FILE, read, texts
from tfsrm.errors import UsageError

app = typer.Typer(help="Check .tfsrm.toml.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """A group of its own, although there is one command yet."""


@app.command("check")
def config_check(
    path: Annotated[Path, typer.Argument(help="The file.")] = Path(FILE),
) -> None:
    """Check a configuration file and the mapping folders that it names: all problems at once, with file and line."""
    said, problems = read(path)
    if not problems:
        problems = _of_values(path, said)
    if problems:
        raise UsageError("\n".join(problems))
    print(f"{path} holds: no problem found.")


def _of_values(path: Path, said: dict[str, Any]) -> list[str]:
    """What a run would refuse."""
    from tfsrm.catalog.lint import lint
    from tfsrm.governance.gates import parse_gate
    from tfsrm.publish.sticky import BEHAVIORS
    from tfsrm.report import FORMATS

    found = []
    for table in [said, *(v for v in said.values() if isinstance(v, dict))]:
        for gate in texts(table.get("fail_on", ())):
            try:
                parse_gate(gate)
            except UsageError as error:
                found.append(f"{path}: {error}")
        for name in texts(table.get("format", ())):
            if name not in FORMATS:
                found.append(f"{path}: format {name}: known are {', '.join(FORMATS)}")
        if table.get("behavior", "update") not in BEHAVIORS:
            found.append(f"{path}: behavior {table['behavior']}: known are {', '.join(BEHAVIORS)}")
        for folder in texts(table.get("mappings", ())):
            there = path.parent / folder
            found += lint(there) if there.is_dir() else [f"{path}: mappings: {folder} is no folder"]
    return found
