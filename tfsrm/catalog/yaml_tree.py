"""YAML text -> dicts and lists that know their lines.

A strict subset of YAML: no anchors, tags or merge keys, no key twice, and none of the values that YAML 1.1 reads
otherwise than a person does (``on``, ``22:22``, ``010``).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_DEEPEST = 60
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")


class Problem(NamedTuple):
    """Something wrong at a line of one file."""

    line: int
    text: str


class Map(dict[str, Any]):
    """A mapping, the line it starts on and the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def put(self, key: str, value: Any, line: int) -> None:
        self[key] = value
        self.lines[key] = line

    def line_of(self, key: str | None) -> int:
        """The line of a key; of the mapping where it has no such key."""
        return self.lines.get(key or "", self.line)


def read_tree(text: str) -> tuple[Any, list[Problem]]:
    """The document as Map, list, str, bool, int, float, None (dates stay text), and what is wrong with it."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except RecursionError:
        return None, [Problem(1, "not YAML: nested too deep")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "cannot be read"
        return None, [Problem(mark.line + 1 if mark else 1, f"not YAML: {what}")]
    except yaml.YAMLError as error:
        return None, [Problem(1, f"not YAML: {str(error).splitlines()[0]}")]
    if root is None:
        return None, [Problem(1, "the file is empty")]
    reader = _Reader()
    return reader.value(root), reader.problems


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self._depth = 0

    def value(self, node: Node) -> Any:
        if id(node) in self._seen:
            self._wrong(node, "anchors and aliases (&, *) are not used here: write it twice")
            return None
        self._seen.add(id(node))
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if self._depth == _DEEPEST:
            self._wrong(node, "nested too deep")
            return None
        self._depth += 1
        try:
            if isinstance(node, SequenceNode):
                return [self.value(child) for child in node.value]
            assert isinstance(node, MappingNode)  # noqa: S101 (YAML has no fourth kind)
            return self._mapping(node)
        finally:
            self._depth -= 1

    def _mapping(self, node: MappingNode) -> Map:
        out = Map(node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key = self._key(key_node)
            line = key_node.start_mark.line + 1
            if key is None:
                continue
            if key in out:
                self._wrong(key_node, f"{key}: written twice (first on line {out.lines[key]})")
            else:
                out.put(key, self.value(value_node), line)
        return out

    def _key(self, node: Node) -> str | None:
        if not isinstance(node, ScalarNode):
            self._wrong(node, "a key must be plain text")
        elif node.tag == f"{_TAG}merge":
            self._wrong(node, "merge keys (<<) are not used here: write it twice")
        elif node.tag != f"{_TAG}str":
            self._wrong(node, f"{node.value}: YAML does not read this key as text; put it in quotes")
        else:
            return str(node.value)
        return None

    def _scalar(self, node: ScalarNode) -> Any:
        kind, text = node.tag.removeprefix(_TAG), str(node.value)
        if kind in ("str", "timestamp"):
            return text
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "int" and _INT.fullmatch(text):
            return int(text)
        if kind == "float" and _FLOAT.fullmatch(text):
            return float(text)
        if kind == "bool":
            self._wrong(node, f"{text}: YAML reads this as true or false; write true or false, or put it in quotes")
        elif kind in ("int", "float"):
            self._wrong(node, f"{text}: YAML reads this as another number; put it in quotes")
        else:
            self._wrong(node, f"the tag {node.tag} is not used here")
        return text

    def _wrong(self, node: Node, text: str) -> None:
        self.problems.append(Problem(node.start_mark.line + 1, text))
