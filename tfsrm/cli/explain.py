"""tfsrm explain."""

from typing import Annotated, Optional

import typer

from tfsrm.cli.options import Mappings


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
