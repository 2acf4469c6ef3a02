"""What people see as one character: Terraform counts those, not code points."""

from __future__ import annotations

import unicodedata

from tfsrm.sources.hcl.values import NotComputedError

_EXTENDING = frozenset({"Mn", "Me", "Mc"})
_JOINER = "\u200d"


def clusters(text: str) -> list[str]:
    """The text cut into grapheme clusters; NotComputedError where that takes more of Unicode's rules than are known here."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    out: list[str] = []
    for character in text:
        if out and (unicodedata.category(character) in _EXTENDING or (out[-1] == "\r" and character == "\n")):
            out[-1] += character
        elif _involved(character):
            raise NotComputedError("a text with emoji sequences or scripts whose characters are not counted here")
        else:
            out.append(character)
    return out


def _involved(character: str) -> bool:
    """Joiners, flags, skin tones, Hangul parts, prepended and format marks."""
    code = ord(character)
    return (
        character == _JOINER
        or 0x1F1E6 <= code <= 0x1F1FF
        or 0x1F3FB <= code <= 0x1F3FF
        or 0x1100 <= code <= 0x11FF
        or 0xA960 <= code <= 0xA97F
        or 0xD7B0 <= code <= 0xD7FF
        or (code > 0x7F and unicodedata.category(character) in {"Cf", "Lo"} and _complex_script(code))
        or unicodedata.category(character) == "Cf"
    )


def _complex_script(code: int) -> bool:
    """Scripts of India and South-East Asia, where vowels and conjuncts join."""
    return 0x0900 <= code <= 0x0DFF or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F
