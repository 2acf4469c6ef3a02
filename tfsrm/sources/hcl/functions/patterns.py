"""Regular expressions: RE2's syntax, run by Python's engine only where that surely stays fast.

RE2 never backtracks; Python's engine does. A pattern whose repeated parts could be matched in several ways is not run:
the result is unknown, with that reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.functions.re2 import compiled
from tfsrm.sources.hcl.functions.signature import Table, string
from tfsrm.sources.hcl.values import EvaluationError, List, NotComputedError, Value

FUNCTIONS = Table()
LIMITS = Budget()
COST = 30_000_000
"""So many steps of the engine at most, by a bound from the lengths of text and pattern."""
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)

_compiled = lru_cache(maxsize=256)(compiled)


def _matches(pattern: str, text: str) -> Iterator[re.Match[str]]:
    """All matches from left to right; as in Go, an empty one right behind another does not count."""
    program, power = _compiled(pattern)
    if _steps(text, power) > COST:
        raise NotComputedError("a regular expression that may take very long on this text")
    end = -1
    for match in program.finditer(text):
        if match.end() == match.start() == end:
            continue
        end = match.end()
        yield match


def _steps(text: str, power: int) -> int:
    return int((len(text) + 1) ** min(power, 12))


def cost(arguments: list[Value]) -> int:
    """What a call of one of these functions counts, where it is run at all: a thousand steps of the engine as one."""
    patterns = [each.strip("/") for each in arguments[:2] if isinstance(each, str)]
    longest = max((each for each in arguments if isinstance(each, str)), key=len, default="")
    try:
        return (
            min(max(_steps(longest, _compiled(pattern)[1]) for pattern in patterns), COST) // 1_000 if patterns else 0
        )
    except (EvaluationError, NotComputedError):
        return 0


def _captured(match: re.Match[str]) -> Value:
    if match.re.groupindex:
        if len(match.re.groupindex) != match.re.groups:
            raise EvaluationError("groups with and without names")
        return dict(match.groupdict())
    return list(match.groups()) if match.re.groups else match[0]


@FUNCTIONS.add("regex", string, string)
def _regex(pattern: str, text: str) -> Value:
    _captures(pattern)
    match = next(_matches(pattern, text), None)
    if match is None:
        raise EvaluationError("the pattern does not match")
    return _captured(match)


@FUNCTIONS.add("regexall", string, string, kind="list")
def _regexall(pattern: str, text: str) -> Value:
    _captures(pattern)
    return List(map(_captured, _matches(pattern, text)))


def _captures(pattern: str) -> None:
    program, _ = _compiled(pattern)
    if program.groupindex and len(program.groupindex) != program.groups:
        raise EvaluationError("groups with and without names")


@FUNCTIONS.add("replace", string, string, string, kind="string")
def _replace(text: str, old: str, new: str) -> Value:
    """A text between slashes is a pattern."""
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replace_pattern(text, old[1:-1], new)
    LIMITS.characters(len(text) + (text.count(old) if old else len(text) + 1) * len(new))
    return text.replace(old, new)


def _replace_pattern(text: str, pattern: str, new: str) -> Value:
    out: list[str] = []
    position, length = 0, 0
    for match in _matches(pattern, text):
        out += [text[position : match.start()], _expanded(new, match)]
        length += len(out[-1])
        LIMITS.characters(length)
        position = match.end()
    return "".join(out) + text[position:]


def _expanded(new: str, match: re.Match[str]) -> str:
    """``$1``, ``${1}`` and ``${name}``; a group that is not there is empty, ``$$`` is a dollar."""

    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if name.isdigit():
            return (match[int(name)] or "") if int(name) <= match.re.groups else ""
        return match[name] or "" if name in match.re.groupindex else ""

    return _REFERENCE.sub(group, new)
