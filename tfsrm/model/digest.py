"""SHA-256 without OpenSSL, whose loading takes longer than hashing all that an ordinary run has to hash."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

LARGE = 2 * 1024**2
"""Bytes from which on OpenSSL, several times as fast, makes up for its loading."""


def sha256(data: bytes | memoryview) -> str:
    """The digest in hexadecimal."""
    found: str = _implementation(len(data) >= LARGE).sha256(data).hexdigest()
    return found


@cache
def _implementation(large: bool) -> Any:
    # The interpreter's own modules, as the standard library's ``random`` uses them; a build may lack them.
    for lean in () if large else ("_sha2", "_sha256"):
        try:
            return import_module(lean)
        except ImportError:
            continue
    return import_module("hashlib")
