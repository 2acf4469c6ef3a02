"""IAM policy documents, as a plan shows them.

A document comes as JSON text in an attribute, or from an ``aws_iam_policy_document`` that the attribute refers to (a plan
often knows its statements although the rendered text is known after apply). Unknown parts stay unknown.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tfsrm.assess.paths import ABSENT, KNOWN, LEFT, Node, nodes
from tfsrm.assess.references import Target, expression_at
from tfsrm.assess.worlds import Subject

UNKNOWN: Any = object()
"""An element that is known after apply."""

MAX_DOCUMENTS = 16
"""Depth to which documents that include others are followed."""


class Statement(msgspec.Struct, frozen=True):
    """One statement; every list may hold ``UNKNOWN``."""

    effect: Any
    principals: list[tuple[str, Any]]
    """(type, identifier); ``("AWS", "*")`` for everybody."""
    not_principals: bool
    actions: list[Any]
    not_actions: bool
    resources: list[Any]
    conditions: list[tuple[str, str, list[Any]]]
    """(operator, key in lower case, values)."""


class Document(msgspec.Struct, frozen=True):
    """What is known of a document."""

    statements: list[Statement]
    complete: bool
    """False: there may be statements that the plan does not show."""
    absent: bool = False


def document_at(subject: Subject, path: str, node: Node | None = None) -> Document:
    """The policy document at an attribute (below ``node`` where the path is relative to it)."""
    root = node or subject.root
    statements: list[Statement] = []
    complete, seen = True, False
    for reading, place in [(_state(n, subject), n) for n in nodes(root, path)]:
        if reading in (ABSENT, LEFT) or place.value == "":
            continue
        seen = True
        found = parse(place.value) if reading == KNOWN else _from_data(subject, place.path, 0)
        statements += found.statements
        complete = complete and found.complete
    return Document(statements, complete, absent=not seen)


def _state(node: Node, subject: Subject) -> str:
    found = subject.read(node.path) if node.path else []
    if found:
        return found[0].state
    return KNOWN if node.value is not None else ABSENT


def parse(text: Any) -> Document:
    """A document from JSON text (or an object already decoded); anything else is a document of which nothing is known."""
    if isinstance(text, str):
        try:
            text = msgspec.json.decode(text.encode())
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return Document([], complete=False)
    if not isinstance(text, dict):
        return Document([], complete=False)
    raw = text.get("Statement", [])
    return Document([_from_json(s) for s in (raw if isinstance(raw, list) else [raw]) if isinstance(s, dict)], True)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _from_json(raw: dict[str, Any]) -> Statement:
    who = raw.get("Principal")
    principals = [("AWS", "*")] if who == "*" else []
    if isinstance(who, dict):
        principals = [(kind, name) for kind, names in who.items() for name in _many(names)]
    conditions = [
        (operator, str(key).lower(), _many(values))
        for operator, keys in (raw.get("Condition") or {}).items()
        if isinstance(keys, dict)
        for key, values in keys.items()
    ]
    return Statement(
        raw.get("Effect"),
        principals,
        "NotPrincipal" in raw,
        _many(raw.get("Action")) or (["*"] if "NotAction" in raw else []),
        "NotAction" in raw,
        _many(raw.get("Resource")) or (["*"] if "NotResource" in raw else []),
        conditions,
    )


def _from_data(subject: Subject, path: str, depth: int) -> Document:
    """The statements of the ``aws_iam_policy_document`` data sources that the attribute refers to."""
    expressions = subject.world.expressions(subject.config_path, subject.config_name)
    if expressions is None or depth > MAX_DOCUMENTS:
        return Document([], complete=False)
    expression = expression_at(expressions, tuple(path.replace("]", "").replace("[", ".").split(".")))
    targets = subject.world.direct.targets(expression, subject.place)
    statements: list[Statement] = []
    complete = bool(targets)
    for target in targets:
        found = _documents(subject, target)
        complete = complete and bool(found)
        for document in found:
            inner = statements_of_data(document, depth + 1)
            statements += inner.statements
            complete = complete and inner.complete
    return Document(statements, complete and bool(statements))


def _documents(subject: Subject, target: Any) -> list[Subject]:
    if not isinstance(target, Target) or not target.name.startswith("data.aws_iam_policy_document."):
        return []
    found = subject.world.by_block.get((target.module, target.name), [])
    same = [s for s in found if s.resource.module == subject.resource.module] or found
    if target.key is not None:
        same = [s for s in same if s.resource.key == target.key] or same
    elif len(same) > 1 and subject.resource.key is not None:
        same = [s for s in same if s.resource.key == subject.resource.key] or same
    return same


def statements_of_data(document: Subject, depth: int) -> Document:
    """The statements of one ``aws_iam_policy_document``, those of the documents that it includes too."""
    rendered = document.read("json")
    if rendered[0].state == KNOWN:
        return parse(rendered[0].value)
    statements = [_from_block(n) for n in document.nodes("statement[*]") if n.mask is not True]
    complete = all(n.mask is not True for n in document.nodes("statement[*]"))
    for name in ("source_policy_documents", "override_policy_documents"):
        for node in document.nodes(f"{name}[*]"):
            if isinstance(node.value, str):
                found = parse(node.value)
            elif node.mask is True and depth < MAX_DOCUMENTS:
                found = _from_data(document, name, depth)
            else:
                continue
            statements += found.statements
            complete = complete and found.complete
            if node.path.endswith("[*]"):
                break
    return Document(statements, complete)


def _texts(node: Node, name: str) -> list[Any]:
    out: list[Any] = []
    for child in nodes(node, f"{name}[*]"):
        out.append(UNKNOWN if child.mask is True else child.value)
    return [v for v in out if v is not None]


def _one(node: Node, name: str, default: Any) -> Any:
    child = nodes(node, name)[0]
    if child.mask is True:
        return UNKNOWN
    return default if child.value is None else child.value


def _from_block(node: Node) -> Statement:
    principals = [
        (str(_one(p, "type", "")), name) for p in nodes(node, "principals[*]") for name in _texts(p, "identifiers")
    ]
    conditions = [
        (str(_one(c, "test", "")), str(_one(c, "variable", "")).lower(), _texts(c, "values"))
        for c in nodes(node, "condition[*]")
    ]
    not_actions, not_resources = _texts(node, "not_actions"), _texts(node, "not_resources")
    return Statement(
        _one(node, "effect", "Allow"),
        [("AWS", "*") if kind == "*" else (kind, name) for kind, name in principals],
        any(True for n in nodes(node, "not_principals[*]") if n.value is not None),
        _texts(node, "actions") or (["*"] if not_actions else []),
        bool(not_actions),
        _texts(node, "resources") or (["*"] if not_resources else []),
        conditions,
    )
