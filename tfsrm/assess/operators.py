"""The operators that ask one known value: small functions with two answers, three where a value cannot be read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any


def equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(value).lower() == str(wanted).lower()
    if isinstance(value, int | float) or isinstance(wanted, int | float):
        number, other = as_number(value), as_number(wanted)
        return number is not None and number == other
    return bool(value == wanted)


def as_number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def at_least(value: Any, wanted: float) -> bool | None:
    number = as_number(value)
    return None if number is None else number >= wanted


def at_most(value: Any, wanted: float) -> bool | None:
    number = as_number(value)
    return None if number is None else number <= wanted


def contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return str(wanted) in value
    return any(equals(v, wanted) for v in flat(value))


def flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_SPECIAL = frozenset(".^$*+?{}[]\\|()")


def is_word(pattern: str) -> bool:
    """Whether a regular expression is a plain text."""
    return not _SPECIAL & set(pattern)


@lru_cache(maxsize=512)
def searcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds a pattern. Most are a word, or ``(?i)^(a list|of words)$``: those need no regular expression."""
    if is_word(pattern):
        return lambda text: pattern in text
    body = pattern.removeprefix("(?i)")
    if body[:1] == "^" and body[-1:] == "$":
        words = body[1:-1].removeprefix("(").removesuffix(")").split("|")
        if not any(_SPECIAL & set(word) for word in words):
            if body != pattern:
                return lambda text: text.lower() in words
            return frozenset(words).__contains__
    compiled = re.compile(pattern)
    return lambda text: compiled.search(text) is not None


def networks(value: Any) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    out = []
    for text in flat(value):
        try:
            out.append(ipaddress.ip_network(str(text), strict=False))
        except ValueError:
            continue
    return out


def is_open(value: Any, _: Any = None) -> bool:
    return any(n.prefixlen == 0 for n in networks(value))


def is_wide(value: Any, prefix: int) -> bool:
    return any(n.prefixlen < prefix * (4 if n.version == 6 else 1) for n in networks(value))


_REGION = re.compile(r"[a-z]{2,3}(-[a-z]+)+-[0-9]+")


def region_of(value: str) -> str:
    """A Region's name, or the Region in an ARN; empty where there is none."""
    text = value.split(":")[3] if value.startswith("arn:") and value.count(":") > 3 else value
    return text if _REGION.fullmatch(text) else ""


OPERATORS: dict[str, Callable[[Any, Any], bool | None]] = {
    "equals": equals,
    "one_of": lambda value, wanted: any(equals(value, w) for w in wanted),
    "at_least": at_least,
    "at_most": at_most,
    "matches": lambda value, wanted: all(searcher(wanted)(str(v)) for v in flat(value)),
    "starts_with": lambda value, wanted: all(str(v).startswith(tuple(wanted)) for v in flat(value)),
    "contains": contains,
    "open_cidr": is_open,
    "cidr_wider_than": is_wide,
}
