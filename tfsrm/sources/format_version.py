"""The ``format_version`` of Terraform's JSON output: a new minor only adds, an unknown major is refused."""

from __future__ import annotations

import re

from tfsrm.errors import InputError
from tfsrm.sources.addresses import shown
from tfsrm.sources.documents import SHOW_AGAIN, Document

_VERSION = r"(\d{1,6})\.(\d{1,6})(?:\.\d+)?"
_KNOWN = {"plan": (1, 2), "state": (1, 0)}


def check_format(document: Document, version: str | None, kind: str) -> str | None:
    """The version where it is newer than the newest known; None else. Raises InputError."""
    match = re.compile(_VERSION).fullmatch(version or "")
    if match is None:
        what = f"format_version {shown(version)} is none" if version else f"the {kind} has no format_version"
        raise InputError(document.where, what, SHOW_AGAIN)
    found = int(match.group(1)), int(match.group(2))
    if found[0] not in (0, 1):
        what = f"written in {kind} format {version}; this version of tfsrm reads formats 0.1 to 1.x"
        raise InputError(document.where, what, "Update tfsrm.")
    return version if found > _KNOWN[kind] else None
