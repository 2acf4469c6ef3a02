"""YAML as Terraform writes and reads it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.budget import weight
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.json_text import encoded as json_encoded
from tfsrm.sources.hcl.values import EvaluationError, LimitError, NotComputedError, Set, Value

NODES = 200_000
_INTEGER = re.compile(r"[-+]?(?:0b[01]+|0x[0-9a-fA-F]+|0o?[0-7]*|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TIME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")


def encoded(value: Value) -> str:
    """A known value as YAML text."""
    plain = value is None or isinstance(value, (bool, int, Decimal))  # such a document is closed explicitly
    return "".join(line + "\n" for line in _lines(value)) + ("...\n" if plain else "")


def _lines(value: Value) -> list[str]:
    if isinstance(value, dict) and value:
        out: list[str] = []
        for key in sorted(value):
            out += _under(f"{_quoted(key)}:", value[key])
        return out
    if isinstance(value, (list, Set)) and len(value):
        out = []
        for item in value:
            first, *rest = _lines(item)
            out += [f"- {first}", *(f"  {line}" if line else line for line in rest)]
        return out
    return _scalar(value)


def _under(key: str, value: Value) -> list[str]:
    lines = _lines(value)
    if isinstance(value, dict) and value:
        return [key, *(f"  {line}" if line else line for line in lines)]
    if isinstance(value, (list, Set)) and len(value):
        return [key, *lines]
    return [f"{key} {lines[0]}", *(f"  {line}" if line else line for line in lines[1:])]


def _scalar(value: Value) -> list[str]:
    if isinstance(value, str):
        return _block(value) if "\n" in value else [_quoted(value)]
    if isinstance(value, dict):
        return ["{}"]
    if isinstance(value, (list, Set)):
        return ["[]"]
    if value is None or isinstance(value, (bool, int, Decimal)):
        return [json_encoded(value)]
    raise EvaluationError("an unknown value has no YAML")


def _quoted(text: str) -> str:
    if not text.isprintable():
        raise NotComputedError("a text with control characters in YAML")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _block(text: str) -> list[str]:
    if text != text.strip("\n") + "\n" or text[:1] in " \t" or not text.replace("\n", "").isprintable():
        body = text.rstrip("\n")
        if text[:1] in " \t\n" or not text.replace("\n", "").isprintable() or not body:
            raise NotComputedError("a text of several lines that YAML needs signs for")
        return ["|+" if text.endswith("\n") else "|-", *text.removesuffix("\n").split("\n")]
    return ["|", *text.removesuffix("\n").split("\n")]


def decoded(text: str) -> Value:
    """A YAML text as value; EvaluationError where it is none."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            raise EvaluationError("an empty text is no YAML")
        value = _Reader().value(node)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise EvaluationError("not a YAML text") from None
    if weight(value, NODES) > NODES:
        raise LimitError("a YAML text with very many values")
    return value


class _Reader:
    """Nodes to values; shared nodes are counted as often as they occur."""

    def __init__(self) -> None:
        self.left = NODES

    def value(self, node: yaml.Node) -> Value:
        self.left -= 1
        if self.left < 0:
            raise LimitError("a YAML text with very many values")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        return _plain(node)

    def _mapping(self, node: yaml.MappingNode) -> Value:
        out: dict[str, Value] = {}
        for key, item in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise NotComputedError("a YAML text with merge keys")
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None:
                raise EvaluationError("a key that is no text")
            out[normalized(name)] = self.value(item)
        return out


def _plain(node: Any) -> Value:
    text: str = node.value
    if node.style is not None:
        return normalized(text)
    if node.tag not in _IMPLICIT:
        raise NotComputedError("a YAML text with tags")
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _REAL.fullmatch(text):
        return numbers.parse(text)
    if _TIME.fullmatch(text):
        raise NotComputedError("a YAML text with times")
    return normalized(text)


_IMPLICIT = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp", "value")
)


def _integer(text: str) -> Value:
    digits = text.lower()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0") and digits != "0" and digits[1].isdigit():
        digits = "0o" + digits[1:]
    return sign * int(digits, 0)
