"""Attribute paths over the four states of a value: known, absent, left to AWS, unknown.

A path is read over three parallel trees: the values, the mask of unknowns and the configuration's expressions. Only the
last tells *left to AWS* (nobody set it, AWS will choose) from *unknown* (somebody set it, to something known after apply).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import msgspec

KNOWN, ABSENT, LEFT, UNKNOWN = "known", "absent", "left to AWS", "unknown"

EACH = object()
"""The segment ``[*]``."""

DEPENDS = "known after apply: it depends on "
"""How the reason of an unknown value starts that follows from something in the configuration."""

NOT_SET: Any = object()
"""Configuration node: no expression sets this."""
UNDEFINED: Any = None
"""Configuration node: the input does not say who set this."""

_SEGMENT = r'\.?([A-Za-z_][\w-]*)|\[\*\]|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]'


class Reading(msgspec.Struct, frozen=True):
    """One value met on a path."""

    path: str
    """Concrete: ``ingress[0].cidr_blocks``."""
    state: str
    value: Any
    because: str
    """Why it is not known; empty for a known value."""
    sensitive: bool
    observed: bool
    """Known, though no expression sets it: what AWS answered at the last refresh."""
    doubtful: bool
    """Known, but the input does not say whether somebody set it."""


class Node(msgspec.Struct, frozen=True):
    """A place in a resource: the same place in all the parallel trees."""

    path: str
    value: Any
    mask: Any
    sensitive: Any
    config: Any
    unknown_from: str | None = None
    """Where a mask that covers this place as a whole begins: the path of the block or attribute that is unknown."""


@cache
def segments(path: str) -> tuple[Any, ...]:
    """Split ``a[*].b["k"]`` into names, ``EACH``, indexes and keys. Raises ValueError where it is not a path."""
    if '"' not in path:
        return tuple(_plain_segment(part, path) for part in path.replace("[", ".[").split(".")) if path else ()
    out: list[Any] = []
    position = 0
    while position < len(path):
        match = re.match(_SEGMENT, path[position:])
        if match is None:
            raise ValueError(f"not an attribute path: {path!r}")
        name, index, key = match.groups()
        if name is not None:
            out.append(name)
        elif index is not None:
            out.append(int(index))
        elif key is not None:
            out.append(key)
        else:
            out.append(EACH)
        position += match.end()
    return tuple(out)


def _plain_segment(part: str, path: str) -> Any:
    if part == "[*]":
        return EACH
    if part.startswith("[") and part.endswith("]") and part[1:-1].isdecimal():
        return int(part[1:-1])
    if not part.replace("-", "_").isidentifier():
        raise ValueError(f"not an attribute path: {path!r}")
    return part


def nodes(root: Node, path: str) -> list[Node]:
    """Every place that ``path`` leads to; a path through an empty list leads nowhere."""
    found = [root]
    for step in segments(path):
        if step is EACH:
            found = [child for node in found for child in elements(node)]
        elif isinstance(step, int):
            # Of a list that is not yet known, any element may be the one.
            found = [child for node in found for child in elements(node) if child.path.endswith((f"[{step}]", "[*]"))]
        else:
            found = [_child(node, step) for node in found]
    return found


def _child(node: Node, name: str) -> Node:
    value = node.value.get(name) if isinstance(node.value, dict) else None
    mask = node.mask.get(name) if isinstance(node.mask, dict) else node.mask is True
    sensitive = node.sensitive.get(name) if isinstance(node.sensitive, dict) else node.sensitive is True
    path = f"{node.path}.{name}" if node.path else name
    unknown_from = (node.unknown_from or node.path or None) if node.mask is True else None
    return Node(path, value, mask, sensitive, _config_child(node.config, name), unknown_from)


def _config_child(config: Any, name: str) -> Any:
    if config is UNDEFINED or config is NOT_SET:
        return config
    if isinstance(config, list):
        # A block that may be there once, asked without an index.
        config = config[0] if len(config) == 1 else {}
    if not isinstance(config, dict):
        return UNDEFINED
    if is_expression(config) and config:
        # An expression for the whole object: it sets every part, or none; the whole decides.
        return config
    return config.get(name, NOT_SET)


_EXPRESSION = frozenset(("constant_value", "references"))


def is_expression(config: Any) -> bool:
    """Whether a configuration node is an expression, not a block."""
    return isinstance(config, dict) and config.keys() <= _EXPRESSION


def elements(node: Node) -> list[Node]:
    """The elements of the list, set or single block at ``node``; one unknown element where the list itself is unknown."""
    value, mask = node.value, node.mask
    if mask is True:
        return [msgspec.structs.replace(node, path=f"{node.path}[*]", unknown_from=node.unknown_from or node.path)]
    if isinstance(value, dict) or (value is None and isinstance(mask, dict) and mask):
        return [node]
    items = value if isinstance(value, list) else []
    masks = mask if isinstance(mask, list) else []
    count = max(len(items), len(masks))
    return [
        Node(
            f"{node.path}[{i}]",
            items[i] if i < len(items) else None,
            masks[i] if i < len(masks) else False,
            _at(node.sensitive, i),
            _config_element(node.config, i, count),
        )
        for i in range(count)
    ]


def _at(tree: Any, index: int) -> Any:
    if isinstance(tree, list):
        return tree[index] if index < len(tree) else False
    return tree is True


def _config_element(config: Any, index: int, count: int) -> Any:
    if isinstance(config, list):
        # Blocks in the order of the configuration; dynamic ones are missing there, so only equal counts can be matched.
        return config[index] if len(config) == count else UNDEFINED
    if is_expression(config):
        return config
    # The elements exist although no block is written: a dynamic block made them (plan JSON leaves those out).
    return UNDEFINED


class Origin(msgspec.Struct, frozen=True):
    """How to tell who set a value: the names that AWS may fill in, and whether an expression can be null."""

    fills: frozenset[str]
    """Paths without indexes of Optional+Computed attributes."""
    plan_known: Callable[[Any], bool]
    """Whether every reference of an expression is known while planning."""
    comes_from: Callable[[Any], str]
    """What an expression refers to in the end, the first of it; empty where it refers to nothing."""


def readings(root: Node, path: str, origin: Origin) -> list[Reading]:
    """All values at ``path``; one absent reading where it leads nowhere."""
    found = [_read(node, origin) for node in nodes(root, path)]
    return found or [Reading(path.replace("[*]", ""), ABSENT, None, "", False, False, False)]


def _read(node: Node, origin: Origin) -> Reading:
    sensitive = node.sensitive is True
    fills = static_path(node.path) in origin.fills or node.path.split("[")[0].split(".")[0] in origin.fills
    if node.mask is True:
        state, because = _state_of_unknown(node.config, origin, _filled_in(node.unknown_from or node.path, origin))
        return Reading(node.path, state, None, because, sensitive, False, False)
    if node.value is None and not _has_mask(node.mask):
        return Reading(node.path, ABSENT, None, "", sensitive, False, False)
    observed = fills and node.config is NOT_SET
    doubtful = fills and node.config is UNDEFINED
    return Reading(node.path, KNOWN, node.value, "", sensitive, observed, doubtful)


def _has_mask(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(_has_mask(part) for part in mask.values())
    if isinstance(mask, list):
        return any(_has_mask(part) for part in mask)
    return mask is True


def _filled_in(path: str, origin: Origin) -> bool:
    """Whether AWS may fill in what is unknown as a whole at ``path``: itself, or a block that it is in."""
    names = static_path(path).split(".")
    return any(".".join(names[:end]) in origin.fills for end in range(1, len(names) + 1))


def _state_of_unknown(config: Any, origin: Origin, fills: bool) -> tuple[str, str]:
    if config is UNDEFINED:
        return UNKNOWN, "known after apply"
    if config is NOT_SET:
        # Plan JSON leaves dynamic blocks out of the configuration. What AWS does not fill in is unknown by one only.
        return (LEFT, "") if fills else (UNKNOWN, "known after apply: a dynamic block writes it")
    if is_expression(config) and config.get("constant_value") is None and origin.plan_known(config):
        # Everything that the expression refers to is known now; had it a value, the plan would show it. So it is null.
        return LEFT, ""
    first = origin.comes_from(config)
    return UNKNOWN, f"{DEPENDS}{first}" if first else "known after apply"


@lru_cache(maxsize=4096)
def static_path(path: str) -> str:
    """``a[0].b`` -> ``a.b``."""
    return ".".join(part.partition("[")[0] for part in path.split("."))
