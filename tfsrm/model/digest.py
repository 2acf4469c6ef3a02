"""Digests without OpenSSL, whose loading takes longer than hashing all that an ordinary run has to hash."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

LARGE = 2 * 1024**2
"""Bytes from which on OpenSSL, several times as fast, makes up for its loading."""


def sha256(data: bytes | memoryview) -> str:
    """The digest in hexadecimal."""
    lean = ("_sha2", "_sha256") if len(data) < LARGE else ()
    found: str = _implementation(lean).sha256(data).hexdigest()
    return found


def keyed(key: bytes, data: bytes = b"", size: int = 32) -> Any:
    """A hash object (BLAKE2b) that gives ``size`` bytes, at most 64; who has not the key (at most 64 bytes) cannot make them."""
    return _implementation(("_blake2",)).blake2b(data, key=key, digest_size=size)


def stream(key: bytes, length: int) -> bytes:
    """So many bytes that nobody can tell without the key (SHAKE256)."""
    found: bytes = _implementation(("_sha3",)).shake_256(key).digest(length)
    return found


@cache
def _implementation(lean: tuple[str, ...]) -> Any:
    # The interpreter's own modules, as the standard library's ``random`` uses them; a build may lack them.
    for name in lean:
        try:
            return import_module(name)
        except ImportError:
            continue
    return import_module("hashlib")
