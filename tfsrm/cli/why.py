"""tfsrm why."""

from typing import Annotated

import typer

from tfsrm.cli.options import Mappings, Today


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
