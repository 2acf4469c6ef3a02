"""The command line: parse, call api, print. How the process ends is decided in __main__.py.

One module per command; a start imports and builds the one that is asked for. Annotations are real objects here, not text:
typer reads them at every start.
"""

from importlib import import_module
from typing import Annotated

import typer

from tfsrm import __version__

COMMANDS = {
    "analyze": "tfsrm.cli.analyze",
    "comment": "tfsrm.cli.comment",
    "explain": "tfsrm.cli.explain",
    "review": "tfsrm.cli.review",
    "why": "tfsrm.cli.why",
}
"""Command -> the module whose function of that name it is."""
CATALOG = "catalog"
"""The group of commands for those who write mapping files."""


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
    for name in [asked] if asked in COMMANDS else [] if asked == CATALOG else COMMANDS:
        app.command(name)(getattr(import_module(COMMANDS[name]), name))
    if asked not in COMMANDS:
        from tfsrm.cli.catalog import app as catalog_app

        app.add_typer(catalog_app, name=CATALOG)
    return app


def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"tfsrm {__version__}")
        raise SystemExit(0)
