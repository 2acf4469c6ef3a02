"""Bytes in: a file, standard input or text at hand, decompressed, as UTF-8, and never more of it than the limit."""

from __future__ import annotations

import codecs
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import BinaryIO

import msgspec

from tfsrm.errors import InputError
from tfsrm.model.digest import sha256

MAX_BYTES = 2 * 1024**3
"""Default limit of the size of an input, decompressed."""
MAX_RATIO = 250
"""A gzip file that grows by more than this (past ``RATIO_FROM``) is a bomb; real plans stay below 60."""
RATIO_FROM = 256 * 1024**2
MAP_FROM = 8 * 1024**2
"""Plain files from this size on are mapped, not copied."""

_CHUNK = 1024**2
_GZIP = b"\x1f\x8b"

Buffer = bytes | memoryview


class Loaded(msgspec.Struct, frozen=True):
    """An input's bytes as UTF-8 without a byte order mark, and the digest of the bytes as they were found."""

    where: str
    data: Buffer
    digest: str


def load(path: str, stdin: BinaryIO | None = None, max_bytes: int = MAX_BYTES) -> Loaded:
    """Read a file, or ``stdin`` for ``-``. Raises InputError."""
    where = "standard input" if path == "-" else path
    try:
        if path == "-":
            raw: Buffer = _bounded(stdin or sys.stdin.buffer, where, max_bytes)
        else:
            raw = _file(path, max_bytes)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(where, f"cannot be read: {reason}", "Give a file that exists and may be read.") from None
    digest = "sha256:" + sha256(raw)
    if raw[:2] == _GZIP:
        raw = gunzip(raw, where, max_bytes)
    return Loaded(where, utf8(raw, where), digest)


def _file(path: str, max_bytes: int) -> Buffer:
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return _bounded(file, path, max_bytes)
        if status.st_size > max_bytes:
            raise _too_big(path, max_bytes)
        if status.st_size >= MAP_FROM and file.peek(1)[:1] != b"\0":
            import mmap

            try:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            except (OSError, ValueError):
                file.seek(0)
        elif status.st_size >= MAP_FROM:
            return file.read(_CHUNK)  # binary: its beginning is enough to say so
        return _bounded(file, path, max_bytes)


def _bounded(file: BinaryIO, where: str, max_bytes: int) -> bytes:
    parts, size = [], 0
    while part := file.read(_CHUNK):
        size += len(part)
        if size > max_bytes:
            raise _too_big(where, max_bytes)
        parts.append(part)
        if size == len(part) and _is_binary(part):
            break
    return b"".join(parts)


def _is_binary(head: bytes) -> bool:
    """A long stretch of zero bytes: no text in any encoding, so there is no use in reading on."""
    return len(head) >= 4096 and not head[:4096].strip(b"\0")


def _too_big(where: str, max_bytes: int) -> InputError:
    return InputError(
        where,
        f"larger than the limit of {size_words(max_bytes)}",
        "Raise the limit, or analyse the root modules one by one.",
    )


def size_words(size: int) -> str:
    """``2 GiB``, ``64 MiB``, ``100 bytes``."""
    for unit, factor in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= factor and size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} bytes"


def gunzip(raw: Buffer, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Decompress all members of a gzip file, up to the limit. Raises InputError."""
    parts, size, rest = [], 0, bytes(raw)
    try:
        while rest.startswith(_GZIP):
            member = zlib.decompressobj(wbits=31)
            pending = rest
            while not member.eof:
                part = member.decompress(pending, _CHUNK)
                pending = member.unconsumed_tail
                size += len(part)
                _refuse_bomb(where, size, len(raw), max_bytes)
                parts.append(part)
                if not part and not pending and not member.eof:
                    raise InputError(where, "the gzip data ends in the middle", "Make or download the file anew.")
            rest = member.unused_data.lstrip(b"\0")
    except zlib.error:
        raise InputError(where, "damaged gzip data", "Make or download the file anew.") from None
    return b"".join(parts)


def _refuse_bomb(where: str, size: int, compressed: int, max_bytes: int) -> None:
    if size > max_bytes:
        what = f"larger than the limit of {size_words(max_bytes)} when decompressed"
        raise InputError(where, what, "Raise the limit, or analyse the root modules one by one.")
    if size > RATIO_FROM and size > compressed * MAX_RATIO:
        what = f"decompresses to more than {MAX_RATIO} times its size, which no plan does"
        raise InputError(where, what, "Decompress the file yourself if you trust it.")


_MARKS = ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip


def utf8(raw: Buffer, where: str) -> Buffer:
    """The text as UTF-8 without a byte order mark (PowerShell writes UTF-16). Raises InputError."""
    head = bytes(raw[:4])
    if head.startswith(codecs.BOM_UTF8):
        raw = memoryview(raw)[3:]
    else:
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return _converted(raw[len(mark) :], encoding, where)
        if len(head) == 4 and head[1] == 0 and head[0] and head[2]:
            return _converted(raw, "utf-16-le", where)
        if len(head) == 4 and head[0] == 0 and head[1] and head[2] == 0 and head[3]:
            return _converted(raw, "utf-16-be", where)
    _check(raw, where)
    return raw


def _converted(raw: Buffer, encoding: str, where: str) -> bytes:
    try:
        return codecs.decode(bytes(raw), encoding).encode()
    except UnicodeError:
        raise InputError(where, f"not valid {encoding.upper()} text", _SAVE_AS_UTF8) from None


_SAVE_AS_UTF8 = "Save the output of the command as UTF-8."


def _check(raw: Buffer, where: str) -> None:
    """Refuse bytes that are not UTF-8: the attribute trees are decoded much later, when nobody could say where they stand."""
    view = memoryview(raw)
    if _is_binary(bytes(view[:4096])) or bytes(view[:2]) == b"PK":
        return  # named by what it looks like
    decoder = codecs.getincrementaldecoder("utf-8")()
    carried = 0
    for start in range(0, len(view), _CHUNK):
        chunk = bytes(view[start : start + _CHUNK])
        if chunk.isascii() and not carried:
            continue
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(view))
        except UnicodeDecodeError as error:
            offset = start - carried + error.start
            line, column = position(view, offset)
            raise InputError(f"{where}:{line}:{column}", "not valid UTF-8 text", _SAVE_AS_UTF8) from None
        carried = len(decoder.getstate()[0])


def position(data: Buffer, offset: int) -> tuple[int, int]:
    """Line and column of a byte, both from 1; the column counts characters."""
    before = bytes(data[:offset])
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1
