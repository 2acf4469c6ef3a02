"""Decoding of the attribute trees that the sources left undecoded."""

from __future__ import annotations

from typing import Any

import msgspec

from tfsrm.model.world import Tree

_decode = msgspec.json.Decoder().decode


def decoded(tree: Tree | Any) -> Any:
    """The tree as plain objects; None where there is none."""
    if not isinstance(tree, msgspec.Raw):
        return tree
    if len(memoryview(tree)) == 0:
        return None
    try:
        return _decode(tree)
    except msgspec.DecodeError:
        import json

        # A number that msgspec refuses (1e999); in a small document the source has refused it already, with its place.
        return json.loads(bytes(tree))
