"""Sends a rendered report somewhere: one module per platform, one dict that lists them; modules are imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from tfsrm.errors import UsageError
from tfsrm.publish.platform import Given, Platform, Tempo

PLATFORMS = {
    "github": "tfsrm.publish.github",
    "gitlab": "tfsrm.publish.gitlab",
    "bitbucket": "tfsrm.publish.bitbucket",
    "azure": "tfsrm.publish.azure",
}
"""Platform -> module with ``connect(environ, given, tempo) -> Platform``."""


def connect(name: str, environ: Mapping[str, str], given: Given, tempo: Tempo) -> Platform:
    """The pull request of this run on a platform. Raises UsageError where the environment and the options do not say which."""
    if name not in PLATFORMS:
        raise UsageError(f"tfsrm comment {name}: not a platform\n  Known are {', '.join(PLATFORMS)}.")
    platform: Platform = import_module(PLATFORMS[name]).connect(environ, given, tempo)
    return platform
