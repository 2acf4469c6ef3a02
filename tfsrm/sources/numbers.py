"""Numbers that no decoder takes: attribute trees are decoded late, when nobody could say where such a number stands."""

from __future__ import annotations

import re

from tfsrm.errors import InputError
from tfsrm.sources.documents import SHOW_AGAIN, Document

MAX_DIGITS = 4300
"""Python converts no longer integer."""

_FORM = bytes.maketrans(b"123456789E", b"000000000e")
_SUSPECT = rb"0e\+?000|" + b"0" * 309
_SIGNS = (b"0e000", b"0e+000", b"0" * 309)
"""In a text whose digits are all 0: an exponent of three digits, or more digits than a floating point number can have."""
_NUMBER = rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_STRING = rb'(?s)"(?:[^"\\]|\\.)*"'
_PARTS = b"0123456789.eE+-"
_BEFORE = b":,[ \t\r\n"
LIMIT = 16 * 1024**2
"""Larger documents are not searched: it would cost them more than decoding does, and Terraform writes no such numbers."""


def refuse_impossible_numbers(document: Document) -> None:
    """Raise InputError with the place of the first number that is too large to be read."""
    view = memoryview(document.data)
    if len(view) > LIMIT:
        return
    text = bytes(view).translate(_FORM)
    if not any(sign in text for sign in _SIGNS):
        return
    done = 0
    for match in re.compile(_SUSPECT).finditer(text):
        if match.start() >= done:
            done = _check(document, view, match.start())


def _check(document: Document, view: memoryview, at: int) -> int:
    """Look at the number around a byte; returns where it ends."""
    start = at
    while start > 0 and view[start - 1] in _PARTS:
        start -= 1
    end = at
    while end < len(view) and view[end] in _PARTS:
        end += 1
    if start == 0 or view[start - 1] not in _BEFORE:
        return end  # a piece of a text, such as a hash
    token = bytes(view[start:end])
    if re.compile(_NUMBER).fullmatch(token) and _is_impossible(token) and not _in_string(view, start):
        raise InputError(document.at(start), "a number that is too large to be read", SHOW_AGAIN)
    return end


def _is_impossible(token: bytes) -> bool:
    digits = token.lstrip(b"-")
    if digits.isdigit():
        return len(digits) > MAX_DIGITS
    return float(token) in (float("inf"), float("-inf"))


def _in_string(view: memoryview, at: int) -> bool:
    return any(match.start() < at < match.end() for match in re.compile(_STRING).finditer(view))
