"""Type constraints of variables, and the conversion of values to them."""

from __future__ import annotations

from collections.abc import Callable

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.values import Value

Type = object


def type_of(node: nodes.Node, evaluate: Callable[[nodes.Node], Value]) -> Type:
    """The type that ``type = ...`` names; ``evaluate`` gives the defaults of ``optional(type, default)``.

    Raises EvaluationError where it is none.
    """
    raise NotImplementedError


def convert(value: Value, to: Type) -> Value:
    """The value as a variable of this type has it: converted, defaults filled in; unknown parts stay unknown.

    Raises EvaluationError where Terraform would refuse.
    """
    raise NotImplementedError


def variable_value(given: Value, to: Type, *, nullable: bool, default: Value, has_default: bool) -> Value:
    """What ``var.x`` is: null gives the default where ``nullable = false``. Raises EvaluationError."""
    raise NotImplementedError
