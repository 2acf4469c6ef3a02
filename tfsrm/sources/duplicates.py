"""A key that stands twice in a JSON object: decoders keep the last value and lose the first without a word."""

from __future__ import annotations

import re

from tfsrm.errors import InputError
from tfsrm.sources.documents import SHOW_AGAIN, Document

_TOKEN = rb'(?s)"(?:[^"\\]|\\.)*"|[{}\[\]]'


def refuse_duplicate_keys(document: Document, keys: tuple[str, ...], sign: str = "") -> None:
    """Raise InputError where one of ``keys`` stands twice at the top level.

    ``sign``: a word that is in the document twice if they are, where the keys themselves are found all over it.
    """
    suspects = _repeated(document, (sign,) if sign else keys)
    if sign and suspects:
        suspects = keys
    for key in suspects:
        places = _at_top_level(document, b'"%s"' % key.encode())
        if len(places) > 1:
            raise InputError(document.at(places[1]), f"the key {key} is there twice", SHOW_AGAIN)


_BLOCK = 1 << 24


def _repeated(document: Document, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that stand in the document more than once; in blocks, so that a mapped file is never copied whole."""
    view = memoryview(document.data)
    needles = {word: b'"%s"' % word.encode() for word in words}
    found = dict.fromkeys(words, 0)
    for start in range(0, len(view), _BLOCK):
        block = bytes(view[start : start + _BLOCK + 64])
        for word, needle in needles.items():
            found[word] += block.count(needle, 0, _BLOCK + len(needle) - 1)
    return tuple(word for word in words if found[word] > 1)


def _at_top_level(document: Document, needle: bytes) -> list[int]:
    view = memoryview(document.data)
    depth, places = 0, []
    for match in re.compile(_TOKEN).finditer(view):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token == needle and bytes(view[match.end() : match.end() + 64]).lstrip().startswith(b":"):
            places.append(match.start())
    return places
