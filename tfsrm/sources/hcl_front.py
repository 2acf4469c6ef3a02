"""Terraform configuration, parsed: python-hcl2's grammar, its parse tree turned into the small tree of ``hcl_nodes``.

python-hcl2 reads some texts otherwise than Terraform does without saying so (a heredoc whose closing marker is followed by
blanks, ``$${`` with a quote in it, duplicate attributes). Those are cured before parsing or refused after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfsrm.errors import InputError
from tfsrm.sources.addresses import unquoted
from tfsrm.sources.hcl_nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Literal,
    Node,
    Object,
    Opaque,
    Operation,
    Template,
    Traversal,
    Tuple,
)
from tfsrm.sources.hcl_templates import cured, heredoc_text, split_template

MAX_SIZE = 5 * 1024**2
"""Characters of one file; real ones stay below 2 MB, and the parser needs 150 times the size in memory."""

VALIDATE = "Check the file with: terraform validate"


def parse(text: str, file: str) -> Body:
    """Parse one file. Raises InputError with its line and column."""
    if len(text) > MAX_SIZE:
        raise InputError(file, f"larger than {MAX_SIZE // 1024**2} MiB, which no configuration file is", VALIDATE)
    tree = _tree(cured(text.removeprefix("\ufeff").replace("\r\n", "\n"), file) + "\n", file)
    try:
        return _Converter(file).body(tree.children[0])
    except RecursionError:
        raise InputError(file, "nested too deeply to be parsed", VALIDATE) from None


def _tree(text: str, file: str, where: str | None = None) -> Any:
    """The parse tree; ``where`` names the place of every error if the text is but a piece of the file."""
    import hcl2
    from lark.exceptions import LarkError, UnexpectedInput

    what = "cannot be parsed as Terraform configuration"
    try:
        return hcl2.parses_to_tree(text)
    except UnexpectedInput as error:
        place = (error.line, error.column)
        if not isinstance(error.line, int) or not 0 < error.line <= _end(text)[0]:
            place = _end(text)
        raise InputError(where or f"{file}:{place[0]}:{place[1]}", what, VALIDATE) from None
    except (LarkError, RuntimeError, RecursionError):
        raise InputError(where or file, what, VALIDATE) from None


def _end(text: str) -> tuple[int, int]:
    """Line and column behind the last thing that is there."""
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1


_LITERALS = {"true": True, "false": False, "null": None}
_NOISE = frozenset(("new_line_or_comment",))


class _Converter:
    """Turns parse trees of one file into nodes."""

    def __init__(self, file: str, line_offset: int = 0) -> None:
        self._file = file
        self._offset = line_offset
        self._by_rule: dict[str, Callable[[list[Any]], Node]] = {
            "expr_term": self._expr_term,
            "identifier": lambda c: Traversal((str(c[0]),), self._line(c[0])),
            "keyword": lambda c: Traversal((str(c[0]),), self._line(c[0])),
            "literal_value": lambda c: Literal(_LITERALS[str(c[0])]),
            "int_lit": lambda c: Literal(_integer(str(c[0]))),
            "float_lit": lambda c: Literal(float(c[0])),
            "string": self._string,
            "template_string": lambda c: Literal(str(c[0])),
            "heredoc_template": self._heredoc,
            "heredoc_template_trim": self._heredoc,
            "tuple": lambda c: Tuple(tuple(self.node(x) for x in _trees(c))),
            "object": self._object,
            "function_call": self._call,
            "conditional": lambda c: Conditional(*(self.node(x) for x in _trees(c))),
            "binary_op": self._binary,
            "unary_op": lambda c: Operation(str(c[0]), (self.node(c[-1]),)),
            "get_attr_expr_term": self._attribute_of,
            "index_expr_term": self._element_of,
        }

    def _line(self, token: Any) -> int:
        return int(token.line or 1) + self._offset

    def _where(self, token: Any) -> str:
        return f"{self._file}:{self._line(token)}:{token.column or 1}"

    def body(self, tree: Any) -> Body:
        """A body; an attribute that is there twice is refused, as Terraform does."""
        body = Body({}, [])
        for child in _trees(tree.children):
            if child.data == "attribute":
                name = child.children[0].children[0]
                if str(name) in body.attributes:
                    raise InputError(self._where(name), f"the argument {name} is there twice", VALIDATE)
                value = self.node(child.children[-1])
                body.attributes[str(name)] = Attribute(str(name), value, self._file, self._line(name))
            else:
                body.blocks.append(self._block(child))
        return body

    def _block(self, tree: Any) -> Block:
        parts = _trees(tree.children)
        head = parts[0].children[0]
        labels = tuple(self._label(p) for p in parts[1:-1])
        return Block(str(head), labels, self.body(parts[-1]), self._file, self._line(head))

    def _label(self, tree: Any) -> str:
        if tree.data != "string":
            return str(tree.children[0])
        node = self.node(tree)
        if not isinstance(node, Literal):
            raise InputError(self._where(tree.children[0]), "a block label with an expression in it", VALIDATE)
        return str(node.value)

    def node(self, tree: Any) -> Node:
        """An expression."""
        rule = self._by_rule.get(tree.data)
        if rule is not None:
            return rule(tree.children)
        return Opaque(tuple(self.node(x) for x in _inner(tree)), _bound(tree))

    def _expr_term(self, children: list[Any]) -> Node:
        return self.node(_trees(children)[0])

    def _string(self, children: list[Any]) -> Node:
        parts: list[str | Node] = []
        for part in children[1:-1]:
            child = part.children[0]
            if hasattr(child, "data"):
                if child.data == "interpolation":
                    parts.append(self.node(_trees(child.children)[0]))
                else:
                    parts.append(Opaque(tuple(self.node(x) for x in _inner(child)), _bound(child)))
                continue
            if "\n" in child or (child.type.startswith("ESCAPED_") and '"' in child):
                raise InputError(
                    self._where(child), "a quoted text over several lines, or a quote inside $${ }", VALIDATE
                )
            text = str(child)
            parts.append(text[1:] if child.type.startswith("ESCAPED_") else unquoted(text))
        return template(parts)

    def _heredoc(self, children: list[Any]) -> Node:
        token = children[0]
        text = heredoc_text(str(token), self._where(token))
        parts: list[str | Node] = []
        for kind, part, line in split_template(text):
            if kind == "text":
                parts.append(part)
                continue
            found = self._expression(part, self._line(token) + line) if kind == "expression" else Opaque(())
            parts.append(found)
        return template(parts)

    def _expression(self, text: str, line: int) -> Node:
        """An expression inside a heredoc."""
        tree = _tree(f"x = ({text}\n)\n", self._file, f"{self._file}:{line}:1")
        inner = _Converter(self._file, line - 1)
        return inner.node(_trees(tree.children[0].children)[0].children[-1])

    def _object(self, children: list[Any]) -> Node:
        items = []
        for child in _trees(children):
            key, value = _trees(child.children)
            items.append((self._key(key.children[0]), self.node(value)))
        return Object(tuple(items))

    def _key(self, tree: Any) -> Node:
        bare = tree
        while bare.data == "expr_term" and len(bare.children) == 1:
            bare = bare.children[0]
        if bare.data in ("identifier", "keyword", "literal_value"):
            return Literal(str(bare.children[0]))
        return self.node(tree)

    def _call(self, children: list[Any]) -> Node:
        parts = _trees(children)
        name = "::".join(str(p.children[0]) for p in parts if p.data == "identifier")
        given = next((p for p in parts if p.data == "arguments"), None)
        arguments = given.children if given is not None else []
        spread = any(getattr(c, "type", "") == "ELLIPSIS" for c in arguments)
        return Call(name, tuple(self.node(x) for x in _trees(arguments)), spread)

    def _binary(self, children: list[Any]) -> Node:
        left, term = _trees(children)[:2]
        operator, right = _trees(term.children)
        # A comment before the operator ends up in its token.
        return Operation(str(operator.children[0]).split()[-1], (self.node(left), self.node(right)))

    def _attribute_of(self, children: list[Any]) -> Node:
        inner, step = self.node(children[0]), children[1]
        if isinstance(inner, Traversal):
            name = str(step.children[-1].children[0])
            return Traversal((*inner.steps, name), inner.line)
        return Opaque((inner,))

    def _element_of(self, children: list[Any]) -> Node:
        inner, index = self.node(children[0]), children[1]
        short = index.data == "short_index"
        key = Literal(int(index.children[-1])) if short else self.node(_trees(index.children)[0])
        literal = isinstance(key, Literal) and isinstance(key.value, int | str) and not isinstance(key.value, bool)
        if isinstance(inner, Traversal) and isinstance(key, Literal) and literal:
            return Traversal((*inner.steps, (key.value,)), inner.line)
        return Opaque((inner, key))


def template(parts: list[str | Node]) -> Node:
    """Text, joined where it can be; a lone expression stands for itself."""
    merged: list[str | Node] = []
    for part in parts:
        text = part.value if isinstance(part, Literal) and isinstance(part.value, str) and len(parts) > 1 else part
        if isinstance(text, str) and merged and isinstance(merged[-1], str):
            merged[-1] += text
        elif text != "":
            merged.append(text)
    if not merged:
        return Literal("")
    if len(merged) == 1:
        return Literal(merged[0]) if isinstance(merged[0], str) else merged[0]
    return Template(tuple(merged))


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= 4000 else float(text)


def _trees(children: list[Any]) -> list[Any]:
    """The trees among children, without line breaks and comments."""
    return [c for c in children if hasattr(c, "data") and c.data not in _NOISE]


_EXPRESSIONS = frozenset(
    {
        *(
            "expr_term",
            "identifier",
            "conditional",
            "binary_op",
            "unary_op",
            "function_call",
            "tuple",
            "object",
            "string",
        ),
        *("int_lit", "float_lit", "literal_value", "index_expr_term", "get_attr_expr_term", "attr_splat_expr_term"),
        *("full_splat_expr_term", "for_tuple_expr", "for_object_expr", "heredoc_template", "heredoc_template_trim"),
        "template_string",
    }
)


def _inner(tree: Any) -> list[Any]:
    """The outermost expressions below a tree; a for's own iterators are left out."""
    found: list[Any] = []
    for child in _trees(tree.children):
        if child.data == "identifier" and tree.data in ("for_intro", "template_for_start", "get_attr"):
            continue
        if child.data in _EXPRESSIONS:
            found.append(child)
        else:
            found.extend(_inner(child))
    return found


def _bound(tree: Any) -> frozenset[str]:
    """The iterators that a for expression defines."""
    intro = [c for c in _trees(tree.children) if c.data == "for_intro"] or (
        [tree] if tree.data == "template_for_start" else []
    )
    return frozenset(str(c.children[0]) for i in intro for c in _trees(i.children) if c.data == "identifier")
