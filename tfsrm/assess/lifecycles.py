"""Whether a version is supported on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from tfsrm.model.catalog import Lifecycle


def supported(lifecycle: Lifecycle | None, version: Any, on: date) -> bool | None:
    """True on or before the last day of support, False after it, None for a version that the file does not list.

    A listed ``14`` covers ``14.9``; the longest listed match decides. Below ``ended_before`` nothing is supported.
    """
    if lifecycle is None:
        return None
    text = str(version)
    best = None
    for life in lifecycle.versions:
        covers = text == life.version or text.startswith((f"{life.version}.", f"{life.version}-"))
        if covers and (best is None or len(life.version) > len(best.version)):
            best = life
    if best is None:
        return False if _below(text, lifecycle.ended_before) else None
    return best.until is None or on <= best.until


def _below(version: str, first: str | None) -> bool:
    """Whether a version of numbers is lower than another; never for one that has other parts."""
    parts, wanted = version.split("."), (first or "").split(".")
    if not all(part.isdecimal() for part in (*parts, *wanted)):
        return False
    return [int(part) for part in parts] < [int(part) for part in wanted[: len(parts)]]
