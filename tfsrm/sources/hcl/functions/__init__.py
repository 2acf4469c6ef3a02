"""Terraform's functions. Imported with the first call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.budget import weight
from tfsrm.sources.hcl.functions import (
    arns,
    collections,
    conversions,
    dates,
    encoding,
    formatting,
    network,
    numeric,
    patterns,
    sets,
    special,
    texts,
)
from tfsrm.sources.hcl.functions.signature import Function
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value, derived

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tfsrm.sources.hcl.evaluate import Evaluator

FUNCTIONS: dict[str, Function] = {
    name: function
    for module in (arns, collections, conversions, dates, encoding, formatting, network, numeric, patterns, sets, texts)
    for name, function in module.FUNCTIONS.items()
}
NOT_KNOWN = {
    "timestamp": "string",
    "plantimestamp": "string",
    "uuid": "string",
    "bcrypt": "string",
    "base64gzip": "string",
    "rsadecrypt": "string",
}
"""Functions whose results cannot be known here, and of what kind they are."""
QUICK = frozenset({"lookup", "element", "length", "one", "slice", "nonsensitive", "tostring", "tonumber", "tobool"})
"""Functions that do not look at everything that they are given."""


def cost(name: str, arguments: list[Value], most: int) -> int:
    """How many steps a call counts, beside what its result weighs."""
    if name in QUICK:
        return 0
    steps = sum(weight(argument, most) for argument in arguments if isinstance(argument, (str, list, dict, Set))) // 4
    return steps + patterns.cost(arguments) if name in patterns.FUNCTIONS else steps


def call(evaluator: Evaluator, node: nodes.Call, bindings: Mapping[str, Value]) -> Value:
    """What a call gives; raises EvaluationError as Terraform would."""
    name = node.name.removeprefix("core::")
    takes_expressions = special.EXPRESSIONS.get(name)
    if takes_expressions is not None:
        return takes_expressions(evaluator, node, bindings)
    function, reads = FUNCTIONS.get(name), special.SCOPED.get(name)
    if function is None and reads is None and name not in NOT_KNOWN and "::" not in name:
        raise EvaluationError(f"there is no function {name}")
    arguments = evaluator.arguments(node, bindings)
    if isinstance(arguments, Unknown):
        return derived(arguments, function.kind if function else "")
    if function is not None:
        evaluator.budget.spend(cost(name, arguments, evaluator.budget.left))
        return function.apply(name, arguments)
    if reads is not None:
        return reads(evaluator, arguments)
    kind = NOT_KNOWN.get(name, "")
    return Unknown(f"function {name}", kind=kind, not_null=bool(kind), not_empty=bool(kind))
