"""Text with one or several JSON documents in it, and lines around them that a wrapper of Terraform wrote."""

from __future__ import annotations

import re
from typing import NoReturn, TypeVar

import msgspec

from tfsrm.errors import InputError
from tfsrm.sources.stream import Buffer, Loaded, position

T = TypeVar("T")

SHOW_AGAIN = "Make it anew with: terraform show -json PLANFILE > plan.json"

_NOISE = rb"\[command\]|::[a-z-]+|##\["
"""What the setup-terraform wrapper and CI runners print on lines of their own."""
_TRAILING = r"trailing characters \(byte (\d+)\)"
_BYTE = r"\(byte (\d+)\)"
_SURROGATE = (
    rb"(?<!\\)(?:\\\\)*\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


class Document(msgspec.Struct, frozen=True):
    """One JSON document (or one text that is none) of an input."""

    where: str
    data: Buffer
    digest: str
    line: int = 1
    """The line of the input on which it begins."""
    column: int = 1

    def at(self, offset: int) -> str:
        """``path:line:column`` of a byte."""
        line, column = position(self.data, offset)
        return f"{self.where}:{line + self.line - 1}:{column + self.column - 1 if line == 1 else column}"


def documents(loaded: Loaded) -> list[Document]:
    """The documents of an input; a text in which none begins is returned whole. Raises InputError."""
    view = memoryview(loaded.data)
    found: list[Document] = []
    place = _Place(0, 1, 0)
    while True:
        place = _skip(view, place)
        offset = place.offset
        if offset >= len(view) or (view[offset] != _BRACE and not found):
            break
        document = Document(loaded.where, view[offset:], loaded.digest, place.line, offset - place.line_start + 1)
        if view[offset] != _BRACE:
            raise InputError(document.at(0), "text after the end of the JSON document", SHOW_AGAIN)
        size = _extent(document)
        found.append(msgspec.structs.replace(document, data=view[offset : offset + size]))
        place = _after(view, place, size)
    if not found:
        column = place.offset - place.line_start + 1
        return [Document(loaded.where, view[place.offset :], loaded.digest, place.line, column)]
    return found if len(found) == 1 else _numbered(found)


_BRACE = ord("{")


def _numbered(found: list[Document]) -> list[Document]:
    return [msgspec.structs.replace(d, where=f"{d.where}#{n}") for n, d in enumerate(found, 1)]


class _Place(msgspec.Struct, frozen=True):
    offset: int
    line: int
    line_start: int


def _skip(view: memoryview, place: _Place) -> _Place:
    """Step over blanks and over whole lines that a wrapper wrote."""
    offset, line, start = place.offset, place.line, place.line_start
    while offset < len(view):
        byte = view[offset]
        if byte in b" \t\r\n":
            offset += 1
            if byte == _NEWLINE:
                line, start = line + 1, offset
        elif byte != _BRACE and re.compile(_NOISE).match(view[offset : offset + 40]):
            while offset < len(view) and view[offset] != _NEWLINE:
                offset += 1
        else:
            break
    return _Place(offset, line, start)


def _after(view: memoryview, place: _Place, size: int) -> _Place:
    """The place behind a document."""
    end = place.offset + size
    if end == len(view):
        return _Place(end, place.line, place.line_start)
    text = bytes(view[place.offset : end])
    last = text.rfind(b"\n")
    start = place.line_start if last < 0 else place.offset + last + 1
    return _Place(end, place.line + text.count(b"\n"), start)


_NEWLINE = ord("\n")


def _extent(document: Document) -> int:
    """The length of the document that begins the data."""
    view = memoryview(document.data)
    if _is_one_line(view):
        return len(view)
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        if match := re.compile(_TRAILING).search(str(error)):
            return int(match.group(1)) - 1
        refuse(document, error)
    except RecursionError as error:
        refuse(document, error)
    return len(view)


def _is_one_line(view: memoryview) -> bool:
    """Whether nothing but blanks follows the first line, so that the document needs no measuring."""
    for start in range(0, len(view), _BLOCK):
        at = bytes(view[start : start + _BLOCK]).find(b"\n")
        if at >= 0:
            rest = view[start + at :]
            return len(rest) < _BLOCK and not bytes(rest).strip()
    return True


_BLOCK = 64 * 1024


def decode(document: Document, shape: type[T], what: str) -> T:
    """Decode a document into a shape; ``what`` names it in messages. Raises InputError."""
    from tfsrm.sources.numbers import refuse_impossible_numbers

    refuse_impossible_numbers(document)
    try:
        return msgspec.json.decode(document.data, type=shape)
    except msgspec.ValidationError as error:
        raise InputError(document.where, f"not {what}: {error}", SHOW_AGAIN) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        refuse(document, error)


def refuse(document: Document, error: Exception) -> NoReturn:
    """Say where the JSON is broken. Raises InputError."""
    if isinstance(error, RecursionError):
        raise InputError(document.where, "nested too deeply to be a plan or a state", SHOW_AGAIN) from None
    data, text = bytes(document.data), str(error)
    match = re.compile(_BYTE).search(text)
    offset = int(match.group(1)) - ("trailing" in text) if match else len(data.rstrip())
    what = "malformed JSON" if match else "the JSON ends in the middle"
    if "trailing" in text:
        what = "text after the end of the JSON document"
    elif half := re.compile(_SURROGATE).search(data, max(offset - _HALF, 0) if match else 0):
        offset, what = half.start(), "malformed JSON: half of a surrogate pair"
    raise InputError(document.at(offset), what, SHOW_AGAIN) from None


_HALF = 12
"""A broken escape stands at most this far before the byte that the decoder stumbles over."""
