"""The ``format_version`` of Terraform's JSON output: a new minor only adds, an unknown major is refused."""

from __future__ import annotations

from tfsrm.errors import InputError
from tfsrm.sources.addresses import shown
from tfsrm.sources.documents import SHOW_AGAIN, Document

_KNOWN = {"plan": (1, 2), "state": (1, 0)}


def _parsed(version: str) -> tuple[int, int] | None:
    parts = version.split(".")
    if len(parts) not in (2, 3) or not all(p.isascii() and p.isdecimal() and len(p) < 7 for p in parts):
        return None
    return int(parts[0]), int(parts[1])


def check_format(document: Document, version: str | None, kind: str) -> str | None:
    """The version where it is newer than the newest known; None else. Raises InputError."""
    found = _parsed(version or "")
    if found is None:
        what = f"format_version {shown(version)} is none" if version else f"the {kind} has no format_version"
        raise InputError(document.where, what, SHOW_AGAIN)
    if found[0] not in (0, 1):
        what = f"written in {kind} format {version}; this version of tfsrm reads formats 0.1 to 1.x"
        raise InputError(document.where, what, "Update tfsrm.")
    return version if found > _KNOWN[kind] else None
