"""Decoding of the attribute trees that the sources left undecoded."""

from __future__ import annotations

from typing import Any

import msgspec

from tfsrm.model.world import Tree

_decode = msgspec.json.Decoder().decode


def decoded(tree: Tree | Any) -> Any:
    """The tree as plain objects; None where there is none."""
    if isinstance(tree, msgspec.Raw):
        return _decode(tree) if memoryview(tree) else None
    return tree
