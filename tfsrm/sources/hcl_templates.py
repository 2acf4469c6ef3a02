"""Heredocs and templates: what the grammar leaves as one piece of text, or reads otherwise than Terraform does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfsrm.errors import InputError

_OPENED = re.compile(r"<<-?([^\W\d][\w.-]*)[ \t]*$")
_HEAD = re.compile(r"<<(-?)([^\W\d][\w.-]*)\n")
_MAX_BLANK_LINES = 2000
"""The grammar needs time in the square of a heredoc's blank lines."""


def cured(text: str, file: str) -> str:
    """The text with blanks after the closing marker of a heredoc removed. Raises InputError."""
    if "<<" not in text:
        return text
    lines, marker, blank = text.split("\n"), "", 0
    for number, line in enumerate(lines):
        if not marker:
            opened = None if line.lstrip().startswith(("#", "//")) else _OPENED.search(line)
            marker, blank = (opened.group(1) if opened else ""), 0
            continue
        if line.strip() == marker:
            lines[number], marker = line.rstrip(), ""
        blank = 0 if line.strip() else blank + 1
        if blank > _MAX_BLANK_LINES:
            where, what = f"{file}:{number + 1}:1", f"a heredoc with more than {_MAX_BLANK_LINES} blank lines in a row"
            raise InputError(where, what, "Shorten it.")
    return "\n".join(lines)


def heredoc_text(token: str, where: str) -> str:
    """The text of a heredoc; that of ``<<-`` without the common indentation. Raises InputError."""
    head = _HEAD.match(token)
    lines = token.rstrip("\n").split("\n")[1:-1]
    if head is None or any(line.strip() == head.group(2) for line in lines):
        raise InputError(
            where, "a heredoc that does not end where its marker stands", "Check the file with: terraform validate"
        )
    if head.group(1):
        indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
        cut = min(indents, default=0)
        lines = [line[cut:] if line.strip() else line for line in lines]
    return "".join(f"{line}\n" for line in lines)


def split_template(text: str) -> Iterator[tuple[str, str, int]]:
    """The pieces of a template: (``text``, ``expression`` or ``directive``; the piece; lines before it)."""
    start = 0
    while match := _SPECIAL.search(text, start):
        before, found = text[start : match.start()], match.group()
        if before:
            yield "text", before, text.count("\n", 0, start) + 1
        if len(found) == 3:
            yield "text", found[1:], 0
            start = match.end()
            continue
        end = _closing(text, match.end())
        inner = text[match.end() : end].strip("~")
        kind = "expression" if found == "${" else "directive"
        yield kind, inner.strip(), text.count("\n", 0, match.start()) + 1
        start = end + 1
    if start < len(text):
        yield "text", text[start:], 0


_SPECIAL = re.compile(r"\$\$\{|%%\{|\$\{|%\{")


def _closing(text: str, start: int) -> int:
    """Where the brace that closes an interpolation stands; braces and quotes inside are counted."""
    depth, quotes, at = 0, False, start
    while at < len(text):
        char = text[at]
        if char == "\\" and quotes:
            at += 1
        elif char == '"':
            quotes = not quotes
        elif not quotes and char == "{":
            depth += 1
        elif not quotes and char == "}":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    return len(text)
