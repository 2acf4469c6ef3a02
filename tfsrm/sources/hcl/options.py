"""What the user says beside the directory; by itself, because a run whose result is at hand needs no more than this."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Options(msgspec.Struct, frozen=True):
    """What the user says beside the directory."""

    variables: tuple[str, ...] = ()
    """``NAME=VALUE``."""
    variable_files: tuple[str, ...] = ()
    workspace: str = "default"
    data: tuple[str, ...] = ()
    """``TYPE.NAME.ATTRIBUTE=VALUE`` of data sources; NAME may be ``*``."""
    environment: Mapping[str, str] = {}
    """``TF_VAR_NAME`` -> text, where these are asked for."""
    project: str | None = None
    """Where local modules may lie; None: the work tree of version control."""
