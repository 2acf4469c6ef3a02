"""Does a tree have the shape of a Struct? All problems at once, and the tree without its bad pieces.

msgspec stops at the first error and cannot name a line; this walks the same types and says everything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from tfsrm.catalog.yaml_tree import Map, Problem

BAD: Any = object()
_HINTS = {r"^https://": "must start with https://", r"^aws_[a-z0-9_]+$": "is not a resource type of the AWS provider"}
_WRITTEN_BY_LOADER = "rule"
_NAMES = ("id", "type", "control")


@cache
def type_of(struct: type[msgspec.Struct]) -> inspect.StructType:
    """The type tree of a Struct; recursive ones refer to themselves."""
    found = inspect.type_info(struct)
    assert isinstance(found, inspect.StructType)  # noqa: S101 (a Struct has a StructType)
    return found


class Shape:
    """Checks one file; ``problems`` and ``dropped`` (names of pieces left out) fill up."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.dropped: set[str] = set()

    def prune(self, tree: Any, struct: type[msgspec.Struct]) -> Any:
        """The tree without its bad list elements; ``BAD`` where nothing is left. Elements are dropped, never invented."""
        return self._prune(tree, type_of(struct), 1, "")

    @staticmethod
    def names(tree: Any) -> set[str]:
        """Every id, type and control that a tree carries."""
        return set(_names(tree))

    def _prune(self, value: Any, kind: inspect.Type, line: int, name: str) -> Any:
        form = None
        while isinstance(kind, inspect.Metadata):
            form = (kind.extra_json_schema or {}).get("pattern", form)
            kind = kind.type
        if isinstance(kind, inspect.UnionType):
            return self._union(value, kind, line, name)
        if isinstance(kind, inspect.StructType):
            return self._struct(value, kind, line, name)
        if isinstance(kind, inspect.ListType):
            return self._list(value, kind, line, name)
        if isinstance(kind, inspect.DictType):
            return self._dict(value, kind, name, line)
        what = wrong_scalar(value, kind) or (_wrong_form(value, form) if form else None)
        return value if what is None else self._bad(line, f"{name}: {what}")

    def _union(self, value: Any, kind: inspect.UnionType, line: int, name: str) -> Any:
        others = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
        if value is None and len(others) < len(kind.types):
            return value
        fitting = others if len(others) == 1 else [t for t in others if _same_container(value, t)]
        if len(fitting) == 1:
            return self._prune(value, fitting[0], line, name)
        if any(wrong_scalar(value, t) is None for t in others):
            return value
        return self._bad(line, f"{name}: expected {' or '.join(_word(t) for t in others)}, got {_got(value)}")

    def _struct(self, value: Any, kind: inspect.StructType, line: int, name: str) -> Any:
        if not isinstance(value, Map):
            return self._bad(line, f"{name or 'the file'}: expected fields, got {_got(value)}")
        # The top of a file keeps what it has, so that one slip there does not hide the rest of the file.
        top = name == ""
        known = {f.encode_name: f for f in kind.fields}
        out, bad = Map(value.line), False
        for key, child in value.items():
            at = value.lines[key]
            if key not in known or key == _WRITTEN_BY_LOADER:
                self._bad(at, f"unknown field {key!r}{did_you_mean(key, known)}")
                bad = bad or not top
                continue
            pruned = self._prune(child, known[key].type, at, key)
            bad = bad or pruned is BAD
            out.put(key, pruned, at)
        for field in kind.fields:
            if field.required and field.encode_name not in value:
                self._bad(value.line, f"{_label(value, name)}needs {field.encode_name!r}")
                if top and isinstance(field.type, inspect.ListType):
                    out.put(field.encode_name, [], value.line)
                else:
                    bad = True
        return BAD if bad else out

    def _list(self, value: Any, kind: inspect.ListType, line: int, name: str) -> Any:
        if not isinstance(value, list):
            return self._bad(line, f"{name}: expected a list, got {_got(value)}")
        of_structs = isinstance(kind.item_type, inspect.StructType)
        out, bad = [], False
        for item in value:
            pruned = self._prune(item, kind.item_type, item.line if isinstance(item, Map) else line, name)
            if pruned is not BAD:
                out.append(pruned)
            elif of_structs:
                self.dropped |= set(_names(item))
            else:
                bad = True
        return BAD if bad else out

    def _dict(self, value: Any, kind: inspect.DictType, name: str, line: int) -> Any:
        if not isinstance(value, Map):
            return self._bad(line, f"{name}: expected fields, got {_got(value)}")
        out, bad = Map(value.line), False
        for key, child in value.items():
            pruned = self._prune(child, kind.value_type, value.lines[key], key)
            bad = bad or pruned is BAD
            out.put(key, pruned, value.lines[key])
        return BAD if bad else out

    def _bad(self, line: int, text: str) -> Any:
        self.problems.append(Problem(line, text))
        return BAD


def _same_container(value: Any, kind: inspect.Type) -> bool:
    return isinstance(value, list) and isinstance(kind, inspect.ListType)


def wrong_scalar(value: Any, kind: inspect.Type) -> str | None:
    """Why a value does not have a scalar type, in a writer's words; None: it does."""
    if isinstance(kind, inspect.LiteralType):
        return None if value in kind.values and not _bool_for_number(value, kind) else _not_one_of(value, kind.values)
    if isinstance(kind, inspect.StrType):
        return _wrong_text(value)
    if isinstance(kind, inspect.DateType):
        return _wrong_date(value)
    fits = _FITS.get(type(kind))
    return None if fits is not None and fits(value) else f"expected {_word(kind)}, got {_got(value)}"


def _bool_for_number(value: Any, kind: inspect.LiteralType) -> bool:
    return not any(type(v) is type(value) for v in kind.values)


def _wrong_text(value: Any) -> str | None:
    if not isinstance(value, str):
        quotes = "; put it in quotes" if isinstance(value, bool | int | float) else ""
        return f"expected text, got {_got(value)}{quotes}"
    return None


def _wrong_form(value: str, pattern: str) -> str | None:
    if re.search(pattern, value):
        return None
    return f"{value!r} {_HINTS.get(pattern, 'must be kebab-case (small letters, digits, hyphens)')}"


def _wrong_date(value: Any) -> str | None:
    try:
        date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return f"expected a date (2026-11-24), got {_got(value)}"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: dict[type[inspect.Type], Callable[[Any], bool]] = {
    inspect.BoolType: lambda v: isinstance(v, bool),
    inspect.IntType: lambda v: isinstance(v, int) and not isinstance(v, bool),
    inspect.FloatType: _is_number,
    inspect.NoneType: lambda v: v is None,
}
_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.StrType: "text",
    inspect.DateType: "a date",
    inspect.ListType: "a list",
    inspect.StructType: "fields",
    inspect.DictType: "fields",
}


def _word(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in kind.values)
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return _WORDS.get(type(kind), "something else")


def _got(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "fields"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _not_one_of(value: Any, values: Iterable[Any]) -> str:
    known = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]
    mean = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"{_got(value)} is not one of {', '.join(known)}{mean}"


def _label(value: Map, name: str) -> str:
    own = next((value[key] for key in (*_NAMES, "name", "title") if isinstance(value.get(key), str)), None)
    return f"{own}: " if own else f"{name}: " if name else ""


def _names(item: Any) -> Iterable[str]:
    """Every name that pieces below a dropped one carry, so that references to them are not called wrong too."""
    if isinstance(item, Map):
        for key, value in item.items():
            if key in _NAMES and isinstance(value, str):
                yield value
            else:
                yield from _names(value)
    elif isinstance(item, list):
        for child in item:
            yield from _names(child)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` where a known name is close, else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
