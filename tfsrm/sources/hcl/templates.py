"""Templates: the parts of a text with expressions and directives in it, as one node.

Rules of Terraform's that are easy to get wrong: ``~`` strips one piece of text only, and pieces end with each line; ``<<-``
takes away the smallest indentation, counted before anything is evaluated; a lone ``${x}`` keeps the type of x.
"""

from __future__ import annotations

import msgspec

from tfsrm.sources.hcl.nodes import Literal, Node, Template, TemplateFor, TemplateIf, Wrap
from tfsrm.sources.hcl.scanner import MAX_NESTING, SPACE, RefusedError


class Mark(msgspec.Struct, frozen=True):
    """``${...}`` or ``%{...}``: its kind, whether it strips the text before and after it, what it holds."""

    kind: str
    strips_before: bool
    strips_after: bool
    offset: int
    node: Node | None = None
    names: tuple[str, ...] = ()


def template(parts: list[str | Mark], *, flush: bool = False) -> Node:
    """The node of a text. Raises RefusedError where directives do not fit together."""
    if len(parts) == 1 and isinstance(parts[0], Mark) and parts[0].kind == "interpolation" and parts[0].node:
        return Wrap(parts[0].node)
    stripped = _stripped(parts)
    if flush:
        _flush(stripped)
    reader = _Directives(_melded(stripped))
    nodes = reader.nodes()
    if not nodes:
        return Literal("")
    if len(nodes) == 1 and isinstance(nodes[0], Literal) and not any(isinstance(part, Mark) for part in parts):
        return nodes[0]
    return Template(nodes)


def _stripped(parts: list[str | Mark]) -> list[str | Mark]:
    found: list[str | Mark] = []
    strip = False
    for part in parts:
        if isinstance(part, str):
            found.append(part.lstrip(SPACE) if strip else part)
            strip = False
            continue
        if part.strips_before and found and isinstance(found[-1], str):
            found[-1] = found[-1].rstrip(SPACE)
        found.append(part)
        strip = part.strips_after
    return found


def _flush(parts: list[str | Mark]) -> None:
    """Take the smallest indentation of all lines away from each; blank lines neither count nor change."""
    smallest: int | None = None
    lines: list[int] = []
    begins = True
    for number, part in enumerate(parts):
        if begins:
            begins = False
            indentation: int | None = 0
            if isinstance(part, str):
                bare = part.lstrip(SPACE)
                if not bare and part.endswith("\n"):
                    indentation = None
                else:
                    indentation = len(part) - len(bare)
                    lines.append(number)
            if indentation is not None and (smallest is None or indentation < smallest):
                smallest = indentation
        if isinstance(part, str) and part.endswith("\n"):
            begins = True
    for number in lines:
        parts[number] = str(parts[number])[smallest or 0 :]


def _melded(parts: list[str | Mark]) -> list[str | Mark]:
    """Pieces of text that follow each other are one."""
    found: list[str | Mark] = []
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        if pieces:
            found.append("".join(pieces))
            pieces = []
        found.append(part)
    if pieces:
        found.append("".join(pieces))
    return found


class _Directives:
    """Reads the parts of a template from left to right."""

    def __init__(self, parts: list[str | Mark]) -> None:
        self._parts = iter(parts)
        self._depth = 0
        self._ended = ""

    def nodes(self, opened: Mark | None = None) -> tuple[Node, ...]:
        """Nodes up to the directive that ends the one which was opened, or to the end of the text."""
        ends = _ENDS[opened.kind] if opened else ()
        found: list[Node] = []
        for part in self._parts:
            if isinstance(part, str):
                if part:
                    found.append(Literal(part))
            elif part.kind in ends:
                self._ended = part.kind
                return tuple(found)
            else:
                found.append(self._node(part))
        if opened:
            raise RefusedError(f"the directive `{opened.kind}` is never closed", opened.offset)
        return tuple(found)

    def _node(self, part: Mark) -> Node:
        if part.node is None:
            raise RefusedError(f"the directive `{part.kind}` has no begin", part.offset)
        if part.kind == "interpolation":
            return part.node
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise RefusedError(f"nested more than {MAX_NESTING} deep", part.offset)
        body = Template(self.nodes(part))
        if part.kind == "if":
            otherwise = Template(
                self.nodes(msgspec.structs.replace(part, kind="else")) if self._ended == "else" else ()
            )
            node: Node = TemplateIf(part.node, body, otherwise)
        else:
            key, value = part.names if len(part.names) == 2 else ("", part.names[0])
            node = TemplateFor(key, value, part.node, body)
        self._depth -= 1
        return node


_ENDS = {"if": ("else", "endif"), "else": ("endif",), "for": ("endfor",)}
