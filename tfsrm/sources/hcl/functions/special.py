"""Functions that take expressions, mark values or read files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.conversion import to_string
from tfsrm.sources.hcl.functions.encoding import digest
from tfsrm.sources.hcl.functions.signature import mapping
from tfsrm.sources.hcl.values import KNOWN_AFTER_APPLY, EvaluationError, Set, Unknown, Value, derived

if TYPE_CHECKING:
    from tfsrm.sources.hcl.evaluate import Evaluator

Bindings = Mapping[str, Value]
FILE_STEPS = 1_000
"""What reading a file counts."""


# --- try and can --------------------------------------------------------------------------------------------------


def _try(evaluator: Evaluator, node: nodes.Call, bindings: Bindings) -> Value:
    """The first argument that is no error. Where something unknown in it might still turn out to be one, nothing but its
    identity is sure."""
    error: EvaluationError | None = None
    for argument in node.arguments:
        try:
            value, doubtful = evaluator.attempt(argument, bindings)
        except EvaluationError as failure:
            error = failure
            continue
        return _weakened(value) if doubtful else _whole(value)
    raise error or EvaluationError("try takes at least one argument")


def _whole(value: Value) -> Value:
    """Terraform's ``try`` tells nothing, not even the type, of a value of which a part is known after apply."""
    if isinstance(value, Unknown):
        return _weakened(value) if _is_late(value) else value
    return Unknown(KNOWN_AFTER_APPLY) if isinstance(value, (list, dict, Set)) and _is_late(value) else value


def _is_late(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.reason == KNOWN_AFTER_APPLY
    if isinstance(value, (list, Set)):
        return any(map(_is_late, value))
    return isinstance(value, dict) and any(map(_is_late, value.values()))


def _weakened(value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return Unknown(value.reason, of=value.of)
    return Unknown("an attempt that may succeed or not")


def _can(evaluator: Evaluator, node: nodes.Call, bindings: Bindings) -> Value:
    if len(node.arguments) != 1:
        raise EvaluationError("can takes one argument")
    try:
        value, doubtful = evaluator.attempt(node.arguments[0], bindings)
    except EvaluationError:
        return False
    if not doubtful:
        return True
    reason = value.reason if isinstance(value, Unknown) else "an attempt that may succeed or not"
    return Unknown(reason, kind="bool", not_null=True)


EXPRESSIONS: dict[str, Callable[[Evaluator, nodes.Call, Bindings], Value]] = {"try": _try, "can": _can}


# --- marks and files ----------------------------------------------------------------------------------------------


def _sensitive(evaluator: Evaluator, arguments: list[Value]) -> Value:
    if len(arguments) != 1:
        raise EvaluationError("sensitive takes one argument")
    evaluator.marked = True
    return arguments[0]


def _path(arguments: list[Value], count: int = 1) -> str | Unknown:
    if len(arguments) != count:
        raise EvaluationError(f"{count} arguments are required")
    return to_string(arguments[0])


def _reading(read: Callable[[Evaluator, str], Value], kind: str) -> Callable[[Evaluator, list[Value]], Value]:
    def function(evaluator: Evaluator, arguments: list[Value]) -> Value:
        path = _path(arguments)
        evaluator.budget.spend(FILE_STEPS)
        return derived(path, kind, not_null=True) if isinstance(path, Unknown) else read(evaluator, path)

    return function


def _file(evaluator: Evaluator, path: str) -> Value:
    return evaluator.files.text(path)


def _fileexists(evaluator: Evaluator, path: str) -> Value:
    return evaluator.files.exists(path)


def _filebase64(evaluator: Evaluator, path: str) -> Value:
    data = evaluator.files.data(path)
    return data if isinstance(data, Unknown) else base64.b64encode(data).decode()


def _digest(algorithm: str, *, as_base64: bool = False) -> Callable[[Evaluator, list[Value]], Value]:
    def read(evaluator: Evaluator, path: str) -> Value:
        data = evaluator.files.data(path)
        if isinstance(data, Unknown):
            return data
        made = digest(algorithm, data)
        return base64.b64encode(made).decode() if as_base64 else made.hex()

    return _reading(read, "string")


def _fileset(evaluator: Evaluator, arguments: list[Value]) -> Value:
    evaluator.budget.spend(FILE_STEPS)
    path = _path(arguments, 2)
    pattern = to_string(arguments[1])
    unknown = path if isinstance(path, Unknown) else pattern
    if isinstance(unknown, Unknown):
        return derived(unknown, "set", not_null=True)
    found = evaluator.files.matching(str(path), str(pattern))
    return found if isinstance(found, Unknown) else Set(found)


def _templatefile(evaluator: Evaluator, arguments: list[Value]) -> Value:
    path = _path(arguments, 2)
    variables = mapping(arguments[1])
    if isinstance(path, Unknown):
        return derived(path, not_null=True)
    if evaluator.in_template_file:
        raise EvaluationError("a template cannot read another template")
    template = evaluator.files.template(path)
    if isinstance(template, Unknown):
        return template
    if isinstance(variables, Unknown):
        return derived(variables)
    return _rendered(evaluator, template, variables if isinstance(variables, dict) else {})


def _rendered(evaluator: Evaluator, template: nodes.Node, variables: dict[str, Value]) -> Value:
    """The template sees its variables and nothing else."""
    lookup = evaluator.lookup
    evaluator.lookup, evaluator.in_template_file = _no_names, True
    try:
        return evaluator.value(template, variables)
    finally:
        evaluator.lookup, evaluator.in_template_file = lookup, False


def _no_names(traversal: nodes.Traversal) -> tuple[Value, int]:
    raise EvaluationError(f"the template is given no variable {traversal.root}")


def _templatestring(evaluator: Evaluator, arguments: list[Value]) -> Value:
    text = _path(arguments, 2)
    variables = mapping(arguments[1])
    unknown = text if isinstance(text, Unknown) else variables
    if isinstance(unknown, Unknown):
        return derived(unknown)
    return _rendered(evaluator, evaluator.files.parsed(str(text)), variables if isinstance(variables, dict) else {})


SCOPED: dict[str, Callable[[Evaluator, list[Value]], Value]] = {
    "sensitive": _sensitive,
    "file": _reading(_file, "string"),
    "fileexists": _reading(_fileexists, "bool"),
    "filebase64": _reading(_filebase64, "string"),
    "fileset": _fileset,
    "templatefile": _templatefile,
    "templatestring": _templatestring,
    "filemd5": _digest("md5"),
    "filesha1": _digest("sha1"),
    "filesha256": _digest("sha256"),
    "filesha512": _digest("sha512"),
    "filebase64sha256": _digest("sha256", as_base64=True),
    "filebase64sha512": _digest("sha512", as_base64=True),
}
