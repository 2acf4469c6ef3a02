"""The command line: parse, call api, print. How the process ends is decided in __main__.py.

One module per command; a start imports and builds the one that is asked for. Annotations are real objects here, not text:
typer reads them at every start.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import typer

from tfsrm import __version__

COMMANDS = {
    "analyze": "tfsrm.cli.analyze",
    "comment": "tfsrm.cli.comment",
    "explain": "tfsrm.cli.explain",
    "init": "tfsrm.cli.init",
    "review": "tfsrm.cli.review",
    "why": "tfsrm.cli.why",
}
"""Command -> the module whose function of that name it is."""
GROUPS = {"catalog": "tfsrm.cli.catalog", "config": "tfsrm.cli.config"}
"""Group of commands -> its module: for those who write mapping and configuration files."""


def application(asked: str | None = None) -> typer.Typer:
    """The command line with the one command that is ``asked`` for; with all, where that is none of them (``--help``)."""
    app = typer.Typer(
        name="tfsrm",
        help="What a Terraform change makes your job under the AWS shared responsibility model.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for name in [asked] if asked in COMMANDS else [] if asked in GROUPS else COMMANDS:
        function = getattr(import_module(COMMANDS[name]), name)
        app.command(name, context_settings={"default_map": _of_file(name, function)} if asked else None)(function)
    for name in [asked] if asked in GROUPS else [] if asked in COMMANDS else GROUPS:
        app.add_typer(import_module(GROUPS[name]).app, name=name)
    return app


def _of_file(name: str, function: Callable[..., None]) -> dict[str, Any]:
    """What .tfsrm.toml says of a command. Where there is no such file, nothing is imported for it."""
    if not os.path.exists(".tfsrm.toml"):
        return {}
    from tfsrm.cli.settings import of_command

    return of_command(name, function)


def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"tfsrm {__version__}")
        raise SystemExit(0)
