"""RE2's pattern syntax as Python's, refusing what RE2 refuses and what could make Python backtrack without end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tfsrm.sources.hcl.values import EvaluationError, LimitError

PATTERN_LIMIT = 1_000
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_REPEAT = re.compile(r"([*+?])|\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}")
_GROUP = re.compile(r"\?(?:(:)|P?<([A-Za-z_][A-Za-z0-9_]*)>|([imsU]*(?:-[imsU]+)?)([:)]))")
_PLAIN_ESCAPES = frozenset("tnrfv")
_CLASS_ESCAPES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}


@dataclass
class _Group:
    """What is known of a group while its end is not yet reached."""

    repeats: int = 0
    branches: int = 1
    capturing: bool = False
    multiline: bool = False


@dataclass
class _Translation:
    pattern: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    item: _Group | None = None
    """The item that a repetition would apply to; None where there is none."""
    flags: str = ""


def compiled(pattern: str) -> tuple[re.Pattern[str], int]:
    """The program, and how many parts of it repeat without a fixed count. EvaluationError where RE2 refuses the pattern,
    LimitError where it is not run here."""
    if len(pattern) > PATTERN_LIMIT:
        raise LimitError("a very long regular expression")
    state = _Translation(pattern)
    while state.at < len(pattern):
        _step(state)
    if len(state.groups) != 1:
        raise _wrong()
    prefix = f"(?{state.flags})" if state.flags else ""
    try:
        return re.compile(prefix + "".join(state.out), re.ASCII if "i" not in state.flags else 0), state.groups[
            0
        ].repeats
    except (re.error, OverflowError, RecursionError):
        raise _wrong() from None


def _wrong() -> EvaluationError:
    return EvaluationError("not a regular expression")


def _step(state: _Translation) -> None:
    character = state.pattern[state.at]
    if character == "(":
        _open(state)
    elif character == ")":
        _close(state)
    elif character == "|":
        state.groups[-1].branches += 1
        _emit(state, "|", None)
    elif character == "[":
        _emit_class(state)
    elif character == "\\":
        _escape(state)
    elif _REPEAT.match(state.pattern, state.at):
        _repeat(state)
    elif character in "^$":
        _emit(state, r"\Z" if character == "$" and "m" not in state.flags else character, _Group())
    else:
        _emit(state, r"\{" if character == "{" else character, _Group())


def _emit(state: _Translation, text: str, item: _Group | None, read: int = 1) -> None:
    state.out.append(text)
    state.item = item
    state.at += read


def _open(state: _Translation) -> None:
    if state.pattern[state.at + 1 : state.at + 2] != "?":
        state.groups.append(_Group(capturing=True))
        _emit(state, "(", None)
        return
    match = _GROUP.match(state.pattern, state.at + 1)
    if match is None:
        raise _wrong()
    read = match.end() - state.at
    if match[1] or match[2]:
        state.groups.append(_Group(capturing=bool(match[2])))
        _emit(state, f"(?P<{match[2]}>" if match[2] else "(?:", None, read)
    elif match[4] == ")" and state.at == 0 and "-" not in match[3] and "U" not in match[3]:
        state.flags = "".join(sorted(set(match[3])))
        state.at += read
    else:
        raise LimitError("a regular expression with flags inside")


def _close(state: _Translation) -> None:
    if len(state.groups) == 1:
        raise _wrong()
    group = state.groups.pop()
    state.groups[-1].repeats += group.repeats
    _emit(state, ")", group)


def _repeat(state: _Translation) -> None:
    match = _REPEAT.match(state.pattern, state.at)
    item = state.item
    if match is None or item is None:
        raise _wrong()
    text = match[0]
    if match[2] and int(match[4] or match[2]) > 1_000:
        raise _wrong()
    if text in ("?", "{0,1}"):
        state.groups[-1].repeats += item.repeats > 0
    else:
        if item.repeats or item.branches > 1:
            raise LimitError("a regular expression with repetitions inside of repetitions")
        state.groups[-1].repeats += 0 if match[2] and not match[3] else 1
    read = len(text)
    if state.pattern[state.at + read : state.at + read + 1] == "?":
        text, read = text + "?", read + 1
    _emit(state, text, None, read)


def _escape(state: _Translation) -> None:
    following = state.pattern[state.at + 1 : state.at + 2]
    if following.lower() in _CLASS_ESCAPES:
        members = _CLASS_ESCAPES[following.lower()]
        _emit(state, f"[{'' if following.islower() else '^'}{members}]", _Group(), 2)
    elif following in ("b", "B", "A") or following in _PLAIN_ESCAPES:
        _emit(state, f"\\{following}", _Group(), 2)
    elif following == "z":
        _emit(state, r"\Z", _Group(), 2)
    elif following == "x" and (match := re.compile(r"\\x([0-9A-Fa-f]{2})").match(state.pattern, state.at)):
        _emit(state, match[0], _Group(), 4)
    elif following in ("p", "P", "x", "Q", "a", "C") or following.isdigit():
        raise LimitError("a regular expression with parts that are not read here")
    elif following and not following.isalnum() and following.isascii():
        _emit(state, re.escape(following), _Group(), 2)
    else:
        raise _wrong()


def _emit_class(state: _Translation) -> None:
    """``[...]``, with RE2's named classes inside."""
    pattern = state.pattern
    at = state.at + 1
    out = "["
    if pattern[at : at + 1] == "^":
        out, at = out + "^", at + 1
    first = at
    while at < len(pattern) and (pattern[at] != "]" or at == first):
        text, read = _member(pattern, at)
        out, at = out + text, at + read
    if at >= len(pattern):
        raise _wrong()
    _emit(state, out + "]", _Group(), at + 1 - state.at)


def _member(pattern: str, at: int) -> tuple[str, int]:
    named = re.compile(r"\[:(\^?)([a-z]+):\]").match(pattern, at)
    if named is not None:
        if named[1] or named[2] not in _CLASSES:
            raise LimitError("a regular expression with parts that are not read here")
        return _CLASSES[named[2]], named.end() - at
    character = pattern[at]
    if character != "\\":
        return ("\\" + character if character in "[]&~|" else character), 1
    following = pattern[at + 1 : at + 2]
    if following in _CLASS_ESCAPES:
        return _CLASS_ESCAPES[following], 2
    if following in _PLAIN_ESCAPES:
        return f"\\{following}", 2
    if following and not following.isalnum() and following.isascii():
        return "\\" + following, 2
    raise LimitError("a regular expression with parts that are not read here")
