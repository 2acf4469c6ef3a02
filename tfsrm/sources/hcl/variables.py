"""Values of root variables: from files beside the configuration, and from what the user gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from tfsrm.errors import InputError, UsageError
from tfsrm.sources import addresses
from tfsrm.sources.hcl import front, nodes
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.evaluate import Evaluator
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.module import Definition, plain
from tfsrm.sources.hcl.values import EvaluationError, Unknown, Value

_SIMPLE = frozenset(("string", "number", "bool", "any"))


def is_tfvars(name: str) -> bool:
    """Whether Terraform reads variables from a file of this name by itself."""
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def tfvars_order(name: str) -> tuple[bool, bool, str]:
    """``terraform.tfvars``, ``terraform.tfvars.json``, then the others by name."""
    return (not name.startswith("terraform.tfvars"), name == "terraform.tfvars.json", name)


def tfvars(data: bytes, name: str, label: str) -> dict[str, Value]:
    """The values of a file of variables. Raises InputError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(label, "not valid UTF-8 text", "Save the file as UTF-8.") from None
    if name.endswith(".json"):
        return _json(text, label)
    parsed = front.parse(text)
    if parsed.diagnostics:
        found = parsed.diagnostics[0]
        where = f"{label}:{found.line}:{found.column}" if found.line else label
        raise InputError(where, found.message, "Write each variable as: name = value")
    return {a.name: _alone(a.value) for a in parsed.body.attributes}


def _json(text: str, label: str) -> dict[str, Value]:
    try:
        values = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise InputError(label, "malformed JSON", "Check the file with: terraform validate") from None
    return values if isinstance(values, dict) else {}


def _alone(node: nodes.Node) -> Value:
    """The value of an expression that refers to nothing."""
    nowhere = Files(Path("/nonexistent"), Path("/nonexistent"), _no_template)
    return Evaluator(_nothing, nowhere, Budget()).evaluate(node, {})


def _no_template(_: str) -> nodes.Node:
    raise ValueError


def _nothing(traversal: nodes.Traversal) -> tuple[Value, int]:
    raise EvaluationError(f"{traversal.root} does not exist here")


def from_environment(environment: Mapping[str, str], declared: Mapping[str, Definition]) -> Iterator[tuple[str, Value]]:
    """``TF_VAR_NAME`` of the variables that are declared."""
    for key in sorted(environment):
        name = key.removeprefix("TF_VAR_")
        if name != key and name in declared:
            yield name, _typed(environment[key], declared[name], key)


def from_command(given: tuple[str, ...], declared: Mapping[str, Definition]) -> Iterator[tuple[str, Value]]:
    """``--var NAME=VALUE``. Raises UsageError."""
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UsageError("--var: not NAME=VALUE\n  Write it as --var region=eu-west-1.")
        if name not in declared:
            raise UsageError(f"--var {name}: the root module declares no such variable\n  {_near(name, declared)}")
        yield name, _typed(value, declared[name], f"--var {name}")


def _near(name: str, declared: Mapping[str, Definition]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, declared, n=3)
    return f"Did you mean {', '.join(near)}?" if near else "Its variables are in its variable blocks."


def _typed(text: str, definition: Definition, label: str) -> Value:
    """A value from the command line: text as it is for a simple type, else an expression."""
    given = definition.attributes.get("type")
    node = plain(given.value) if given else None
    simple = node is None or (isinstance(node, nodes.Traversal) and node.root in _SIMPLE and not node.steps)
    if simple or (isinstance(node, nodes.Literal) and node.value in _SIMPLE):
        return text
    return _written(text, label)


def data_values(given: tuple[str, ...]) -> dict[str, Value]:
    """``--set-data ADDRESS.ATTRIBUTE=VALUE``, by the address in full. Raises UsageError."""
    out: dict[str, Value] = {}
    for text in given:
        match = re.fullmatch(_ANSWER, text)
        name, value = match.groups() if match else (text, "")
        address, _, attribute = name.strip().rpartition(".")
        found = addresses.parse(address)
        if not match or found is None or not re.fullmatch(r"[\w-]+", attribute) or addresses.join(*found) != address:
            raise UsageError(
                "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE\n  Write it as --set-data aws_region.current.name=eu-west-1,"
                " for one module with the whole address: module.net.data.aws_region.current.name=eu-west-1."
            )
        full = f"{addresses.join(*found._replace(mode='data'))}.{attribute}"
        out[full] = _written(value, f"--set-data {name.strip()}") if value.startswith(_EXPRESSION) else value
    return out


_ANSWER = r'(?s)((?:[^="\[]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])+)=(.*)'
"""An equals sign inside of an instance key does not end the name."""
_EXPRESSION = ("[", "{", '"')
"""What a value begins with that is an expression; any other is a text."""


def _written(text: str, label: str) -> Value:
    """The value of an expression on the command line. Raises UsageError."""
    parsed = front.parse_expression(text)
    problem = parsed.message if isinstance(parsed, nodes.Diagnostic) else ""
    value = None if isinstance(parsed, nodes.Diagnostic) else _alone(parsed)
    if isinstance(value, Unknown):
        problem = value.reason
    if problem:
        raise UsageError(f'{label}: {problem}\n  It takes an expression, such as \'["a", "b"]\'.')
    return value
