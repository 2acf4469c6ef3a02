"""The data source ``aws_iam_policy_document``, rendered as the AWS provider renders it (read in version 6 of its source).

The provider keeps blocks of one statement in the order of a hash; here they stay in the order of the file. It shows only where
two ``principals`` blocks have one type, or two ``condition`` blocks one test and variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tfsrm.sources.hcl.conversion import to_string
from tfsrm.sources.hcl.json_text import decoded, encoded
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value, first_unknown, same

_OLD_VERSION = "2008-10-17"
_LISTS = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
_ORDER = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")

Statement = dict[str, Value]


def render(config: dict[str, Value]) -> dict[str, Value]:
    """The computed attributes ``json`` and ``minified_json``; EvaluationError where the provider refuses.

    ``config``: evaluated arguments; blocks (``statement``, in it ``principals``, ``not_principals``, ``condition``) are lists
    of dicts, an Unknown in the list where a dynamic block cannot be expanded. With an unknown leaf the text is an Unknown
    whose ``partial`` is the document, unknowns inside; an Unknown among its statements stands for any number of them.
    """
    document = _merged(config)
    unknown = first_unknown(document)
    if unknown is None:
        return {"json": _indented(document, ""), "minified_json": _minified(document)}
    text = Unknown(unknown.reason, kind="string", not_null=True, not_empty=True, partial=document, prefix="{")
    return {"json": text, "minified_json": text}


def _merged(config: dict[str, Value]) -> dict[str, Value]:
    merged = _Document()
    seen: set[str] = set()
    for source in _texts(config.get("source_policy_documents")):
        document = _read(source)
        for statement in document.statements:
            sid = statement.get("Sid") if isinstance(statement, dict) else None
            if isinstance(sid, str) and sid in seen:
                raise EvaluationError(f"two source documents have a statement {sid}")
            if isinstance(sid, str):
                seen.add(sid)
        merged.merge(document)
    merged.merge(_own(config))
    for override in _texts(config.get("override_policy_documents")):
        merged.merge(_read(override))
    return merged.as_object()


class _Document:
    """A policy document while it is put together."""

    def __init__(self) -> None:
        self.version: Value = ""
        self.id: Value = ""
        self.statements: list[Statement | Unknown] = []

    def merge(self, other: _Document) -> None:
        """Takes over another one: its statements replace those of the same Sid, in their place. What is not known about the
        other may replace any statement that has a Sid."""
        if isinstance(other.id, Unknown) or other.id:
            self.id = other.id
        if isinstance(other.version, Unknown) or isinstance(self.version, Unknown):
            self.version = other.version if isinstance(other.version, Unknown) else self.version
        elif str(other.version) > str(self.version):
            self.version = other.version
        for statement in other.statements:
            sid = statement if isinstance(statement, Unknown) else statement.get("Sid")
            if isinstance(sid, Unknown):
                self._blur(sid)
                self.statements.append(statement)
            else:
                self._put(statement, sid)

    def _blur(self, unknown: Unknown) -> None:
        for position, statement in enumerate(self.statements):
            if isinstance(statement, dict) and "Sid" in statement:
                self.statements[position] = Unknown(unknown.reason)

    def _put(self, statement: Statement | Unknown, sid: Value) -> None:
        for position, existing in enumerate(self.statements):
            if sid and isinstance(existing, dict) and existing.get("Sid") == sid:
                self.statements[position] = statement
                return
        self.statements.append(statement)

    def as_object(self) -> dict[str, Value]:
        """The document, its keys in the order of the text; what is empty is left out."""
        out: dict[str, Value] = {}
        if isinstance(self.version, Unknown) or self.version:
            out["Version"] = self.version
        if isinstance(self.id, Unknown) or self.id:
            out["Id"] = self.id
        if self.statements:
            out["Statement"] = [
                each if isinstance(each, Unknown) else {key: each[key] for key in _ORDER if key in each}
                for each in self.statements
            ]
        return out


# --- the statements of the configuration ---------------------------------------------------------------------------


def _own(config: dict[str, Value]) -> _Document:
    document = _Document()
    document.version = _text(config.get("version")) or "2012-10-17"
    document.id = _text(config.get("policy_id"))
    seen: set[str] = set()
    for block in _blocks(config.get("statement")):
        if isinstance(block, Unknown):
            document.statements.append(block)
            continue
        statement = _statement(block, document.version)
        sid = statement.get("Sid")
        if isinstance(sid, str):
            if sid in seen:
                raise EvaluationError(f"two statements have the Sid {sid}")
            seen.add(sid)
        document.statements.append(statement)
    return document


def _statement(block: dict[str, Value], version: Value) -> Statement:
    out: Statement = {"Effect": _text(block.get("effect")) or "Allow"}
    sid = _text(block.get("sid"))
    if sid:
        out["Sid"] = sid
    for argument, key in _LISTS.items():
        value = _strings(block.get(argument))
        if value is not None:
            out[key] = _replaced(value, version) if key.endswith("Resource") else value
    for argument, key in _PRINCIPALS.items():
        blocks = _distinct(block.get(argument))
        if blocks:
            out[key] = _principals(blocks, version)
    conditions = _distinct(block.get("condition"))
    if conditions:
        out["Condition"] = _conditions(conditions, version)
    return out


def _strings(value: Value) -> Value:
    """The set of texts: one alone, or all in falling order; None where it is empty."""
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, (list, Set)):
        raise EvaluationError("a list is required")
    items = [item for item in map(_text, value) if item is not None]
    known = sorted({item for item in items if isinstance(item, str)}, reverse=True)
    out: list[Value] = [*known, *(item for item in items if isinstance(item, Unknown))]
    return None if not out else out[0] if len(out) == 1 else out


def _replaced(value: Value, version: Value) -> Value:
    """``&{x}`` becomes ``${x}``, the variables of policies of 2012."""
    if isinstance(value, list):
        return [_replaced(item, version) for item in value]
    if isinstance(value, str) and "&{" in value:
        if version == _OLD_VERSION:
            raise EvaluationError(f"variables are not supported in version {_OLD_VERSION}")
        return value.replace("&{", "${")
    return value


def _principals(blocks: list[dict[str, Value] | Unknown], version: Value) -> Value:
    pairs: list[tuple[str, Value]] = []
    for block in blocks:
        kind = block if isinstance(block, Unknown) else _text(block.get("type"))
        if isinstance(block, Unknown) or isinstance(kind, Unknown):
            return Unknown(kind.reason) if isinstance(kind, Unknown) else Unknown("a principal")
        pairs.append((str(kind or ""), _replaced(_strings(block.get("identifiers")), version)))
    return _principal_object(pairs)


def _principal_object(pairs: list[tuple[str, Value]]) -> Value:
    if len(pairs) == 1 and pairs[0][0] == "*" and pairs[0][1] in ("*", ["*"]):
        return "*"
    out: dict[str, Value] = {}
    for kind, given in pairs:
        identifiers = [] if given is None else given
        before = out.get(kind)
        if before is None:
            out[kind] = identifiers
        else:
            out[kind] = [*_as_list(before), *_as_list(identifiers)]
    return {kind: out[kind] for kind in sorted(out)}


def _as_list(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list) else [value]


def _conditions(blocks: list[dict[str, Value] | Unknown], version: Value) -> Value:
    triples: list[tuple[str, str, Value]] = []
    for block in blocks:
        if isinstance(block, Unknown):
            return Unknown(block.reason)
        test, variable = _text(block.get("test")), _text(block.get("variable"))
        if isinstance(test, Unknown) or isinstance(variable, Unknown):
            return Unknown(cast("Unknown", test if isinstance(test, Unknown) else variable).reason)
        values = block.get("values")
        if isinstance(values, (list, Set)):
            values = _replaced([item for item in map(_text, values) if item is not None], version)
        triples.append((str(test or ""), str(variable or ""), values))
    return _condition_object(triples)


def _condition_object(triples: list[tuple[str, str, Value]]) -> Value:
    out: dict[str, dict[str, list[Value]]] = {}
    for test, variable, values in triples:
        out.setdefault(test, {}).setdefault(variable, []).extend(_as_list([] if values is None else values))
    return {
        test: {name: items[0] if len(items) == 1 else items for name, items in sorted(variables.items())}
        for test, variables in sorted(out.items())
    }


# --- other documents -----------------------------------------------------------------------------------------------


def _texts(value: Value) -> list[Value]:
    """The documents to merge; an Unknown where even their number is not known."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, Set)) else [value]


def _read(text: Value) -> _Document:
    """A document from its text, or from what is known of it."""
    document = _Document()
    if text is None or text == "":
        return document
    if isinstance(text, Unknown) and not isinstance(text.partial, dict):
        document.statements.append(Unknown(text.reason, of=text.of))
        return document
    value = text.partial if isinstance(text, Unknown) else decoded(str(to_string(text)))
    if not isinstance(value, dict):
        raise EvaluationError("a policy document is an object")
    fields = {key.lower(): item for key, item in value.items()}
    document.version, document.id = _text(fields.get("version")) or "", _text(fields.get("id")) or ""
    statements = fields.get("statement")
    if isinstance(statements, Unknown):
        document.statements.append(statements)
    elif isinstance(statements, list):
        document.statements += map(_read_statement, statements)
    elif statements is not None:
        raise EvaluationError("the statements of a source document must be a list")
    return document


def _read_statement(value: Value) -> Statement | Unknown:
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise EvaluationError("a statement is an object")
    fields = {key.lower(): item for key, item in value.items()}
    out: Statement = {}
    for key in _ORDER:
        item = fields.get(key.lower())
        if item is None or item == "":
            continue
        read = _READERS.get(key)
        out[key] = read(item) if read is not None and not isinstance(item, Unknown) else item
    return out


def _read_principals(value: Value) -> Value:
    if isinstance(value, str):
        return "*"
    if not isinstance(value, dict):
        raise EvaluationError("principals are an object")
    pairs: list[tuple[str, Value]] = []
    for kind, identifiers in value.items():
        if isinstance(identifiers, list):
            known = sorted((item for item in identifiers if isinstance(item, str)), reverse=True)
            pairs.append((kind, [*known, *(item for item in identifiers if isinstance(item, Unknown))]))
        else:
            pairs.append((kind, identifiers))
    return _principal_object(pairs)


def _read_conditions(value: Value) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError("conditions are an object")
    triples: list[tuple[str, str, Value]] = []
    for test, variables in value.items():
        if isinstance(variables, Unknown):
            return variables
        if not isinstance(variables, dict):
            raise EvaluationError("a condition is an object")
        for name, values in variables.items():
            if isinstance(values, bool):
                triples.append((test, name, "true" if values else "false"))
            elif isinstance(values, (str, list, Unknown)):
                triples.append((test, name, values))
    return _condition_object(triples)


_READERS: dict[str, Callable[[Value], Value]] = {
    "Principal": _read_principals,
    "NotPrincipal": _read_principals,
    "Condition": _read_conditions,
}


def _text(value: Value) -> str | Unknown | None:
    return None if value is None else to_string(value)


def _blocks(value: Value) -> list[dict[str, Value] | Unknown]:
    if value is None:
        return []
    out: list[dict[str, Value] | Unknown] = []
    for block in value if isinstance(value, (list, Set)) else [value]:
        if not isinstance(block, (dict, Unknown)):
            raise EvaluationError("a block is required")
        out.append(block)
    return out


def _distinct(value: Value) -> list[dict[str, Value] | Unknown]:
    """Blocks that make a set: those that say the same count once."""
    out: list[dict[str, Value] | Unknown] = []
    for block in _blocks(value):
        if not any(same(block, other) for other in out):
            out.append(block)
    return out


# --- texts ---------------------------------------------------------------------------------------------------------


def _minified(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{encoded(key)}:{_minified(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_minified, value)) + "]"
    return encoded(value)


def _indented(value: Value, margin: str) -> str:
    inner = margin + "  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{encoded(key)}: {_indented(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{margin}" + "}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _indented(item, inner) for item in value) + f"\n{margin}]"
    return _minified(value)
