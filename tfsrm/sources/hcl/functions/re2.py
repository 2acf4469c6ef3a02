"""RE2's pattern syntax as Python's, refusing what RE2 refuses and what could make Python backtrack without end.

The bound: a repeated class that is followed by a character outside of it can stop at one place only. Every other repetition
without a fixed count may stop at as many places as the text has characters, and these multiply; so do the places where a
match may begin, and the length that one attempt reads.
"""

from __future__ import annotations

import re

from tfsrm.sources.hcl.values import EvaluationError, NotComputedError

PATTERN_LIMIT = 1_000
REPEAT_LIMIT = 1_000
"""RE2's own."""
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
_NAMED_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")
_PLAIN_ESCAPES = frozenset("tnrfv")
_CLASS_ESCAPES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}


class _Part:
    """A group, or a single character or class (``member``), and how many repetitions in it may stop anywhere."""

    __slots__ = ("branches", "member", "repeated", "repeats")

    def __init__(self, member: str = "") -> None:
        self.member = member
        self.repeats = 0
        self.branches = 1
        self.repeated = False


class _Translation:
    """``item``: what a repetition would apply to, None where there is nothing. ``open_end``: the class whose repetition
    stands right before, until it is seen whether what follows is outside of it. ``stopped``: the item did stop such a one.
    ``scans``: something repeats, so that one attempt may read all of the text."""

    __slots__ = ("at", "flags", "groups", "item", "open_end", "out", "pattern", "scans", "stopped")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.groups = [_Part()]
        self.item: _Part | None = None
        self.open_end = ""
        self.stopped = False
        self.scans = False
        self.flags = ""

    def settle(self, character: str) -> None:
        """Decides about the repetition before: ``character`` follows, or anything ("")."""
        open_end, self.open_end, self.stopped = self.open_end, "", False
        if not open_end:
            return
        if character and not re.match(open_end, character, re.IGNORECASE | re.DOTALL):
            self.stopped = True
        else:
            self.groups[-1].repeats += 1


def compiled(pattern: str) -> tuple[re.Pattern[str], int]:
    """The program, and the power of the text's length that bounds its steps. EvaluationError where RE2 refuses the pattern,
    NotComputedError where it is not run here."""
    if len(pattern) > PATTERN_LIMIT:
        raise NotComputedError("a very long regular expression")
    state = _Translation(pattern)
    while state.at < len(pattern):
        _step(state)
    state.settle("")
    if len(state.groups) != 1:
        raise _wrong()
    text = "".join(state.out)
    anchored = text.startswith("^") and state.groups[0].branches == 1 and "m" not in state.flags
    prefix = f"(?{state.flags})" if state.flags else ""
    try:
        program = re.compile(prefix + text, re.ASCII if "i" not in state.flags else 0)
    except (re.error, OverflowError, RecursionError):
        raise _wrong() from None
    return program, state.groups[0].repeats + (not anchored) + state.scans


def _wrong() -> EvaluationError:
    return EvaluationError("not a regular expression")


def _unread() -> NotComputedError:
    return NotComputedError("a regular expression with parts that are not read here")


def _step(state: _Translation) -> None:
    character = state.pattern[state.at]
    if character == "(":
        _open(state)
    elif character == ")":
        _close(state)
    elif character == "|":
        state.settle("")
        state.groups[-1].branches += 1
        _emit(state, "|", None)
    elif character == "[":
        _class(state)
    elif character == "\\":
        _escape(state)
    elif _REPEAT.match(state.pattern, state.at):
        _repeat(state)
    elif character in "^$":
        state.settle("")
        _emit(state, r"\Z" if character == "$" and "m" not in state.flags else character, _Part())
    elif character == ".":
        state.settle("")
        _emit(state, ".", _Part(member="."))
    else:
        _literal(state, character, 1)


def _emit(state: _Translation, text: str, item: _Part | None, read: int = 1) -> None:
    state.out.append(text)
    state.item = item
    state.at += read


def _literal(state: _Translation, character: str, read: int) -> None:
    state.settle(character)
    _emit(state, re.escape(character), _Part(member=re.escape(character)), read)


def _open(state: _Translation) -> None:
    state.settle("")
    if state.pattern[state.at + 1 : state.at + 2] != "?":
        state.groups.append(_Part())
        _emit(state, "(", None)
        return
    match = _GROUP.match(state.pattern, state.at + 1)
    if match is None:
        raise _wrong()
    read = match.end() - state.at
    if match[1] or match[2]:
        state.groups.append(_Part())
        _emit(state, f"(?P<{match[2]}>" if match[2] else "(?:", None, read)
    elif match[4] == ")" and state.at == 0 and match[3] and set(match[3]) <= set("ims"):
        state.flags = "".join(sorted(set(match[3])))
        state.at += read
    elif match[4] == ":" and match[3] and set(match[3]) <= set("is"):
        state.groups.append(_Part())
        _emit(state, f"(?{''.join(sorted(set(match[3])))}:", None, read)
    else:
        raise NotComputedError("a regular expression with flags inside")


def _close(state: _Translation) -> None:
    if len(state.groups) == 1:
        raise _wrong()
    group = state.groups.pop()
    state.groups[-1].repeats += group.repeats
    group.repeated = group.repeated or bool(state.open_end)
    _emit(state, ")", group)


def _repeat(state: _Translation) -> None:
    match = _REPEAT.match(state.pattern, state.at)
    item = state.item
    if match is None or item is None:
        raise _wrong()
    low, high = _bounds(match)
    if max(low, high or 0) > REPEAT_LIMIT or (high is not None and high < low):
        raise _wrong()
    text, read = match[0], len(match[0])
    if state.pattern[state.at + read : state.at + read + 1] == "?":
        text, read = text + "?", read + 1
    if state.stopped and low == 0:
        state.groups[-1].repeats += 1  # what may be missing stops nothing
    state.scans = state.scans or high is None or high > 10
    _count(state, item, low, high)
    _emit(state, text, None, read)
    state.groups[-1].repeated = state.groups[-1].repeated or high != low


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    if match[1]:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[match[1]]
    low = int(match[2])
    return low, (int(match[4]) if match[4] else None) if match[3] else low


def _count(state: _Translation, item: _Part, low: int, high: int | None) -> None:
    """A repeated single character or class stays open until it is seen what follows; a repeated group must have one way
    to be matched only."""
    group = state.groups[-1]
    if item.member:
        if high != low:
            state.settle("")
            state.open_end = item.member
        return
    inside = item.repeats + bool(state.open_end)
    if high is not None and high <= 1:
        state.settle("")
        group.repeats += inside > 0
        return
    if inside and low == high and low <= 10:
        group.repeats += inside * (low - 1)
        return
    if inside or item.branches > 1:
        raise NotComputedError("a regular expression with repetitions inside of repetitions")
    group.repeats += 2 if item.repeated else 1


def _escape(state: _Translation) -> None:
    following = state.pattern[state.at + 1 : state.at + 2]
    hexadecimal = _HEX.match(state.pattern, state.at)
    if following.lower() in _CLASS_ESCAPES and following:
        state.settle("")
        text = f"[{'' if following.islower() else '^'}{_CLASS_ESCAPES[following.lower()]}]"
        _emit(state, text, _Part(member=text), 2)
    elif following in ("b", "B", "A", "z"):
        state.settle("")
        _emit(state, r"\Z" if following == "z" else f"\\{following}", _Part(), 2)
    elif following in _PLAIN_ESCAPES:
        _literal(state, f'"\\{following}"'.encode().decode("unicode_escape")[1:-1], 2)
    elif hexadecimal is not None:
        _literal(state, chr(int(hexadecimal[1], 16)), 4)
    elif following in ("p", "P", "x", "Q", "a", "C", "0") or re.match("[1-7][0-7]", state.pattern[state.at + 1 :]):
        raise _unread()
    elif following and not following.isalnum() and following.isascii():
        _literal(state, following, 2)
    else:
        raise _wrong()


def _class(state: _Translation) -> None:
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
    state.settle("")
    _emit(state, out + "]", _Part(member=out + "]"), at + 1 - state.at)


def _member(pattern: str, at: int) -> tuple[str, int]:
    named = _NAMED_CLASS.match(pattern, at)
    if named is not None:
        if named[1] or named[2] not in _CLASSES:
            raise _unread()
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
    raise _unread()
