"""Expressions to values, as Terraform computes them, as far as they can be known before a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.values import Value

Lookup = Callable[[nodes.Traversal], tuple[Value, int]]
"""Resolves a traversal whose root is not bound (var, local, module, data, a resource type, path, terraform, ...): the value,
and how many steps are consumed by it (names only; the evaluator takes the rest, indexes too). A resource, data source or
module is an Entity (with count a list of them, with for_each a dict of them) or an Unknown with its identity. Raises
EvaluationError for what does not exist."""


class Budget:
    """What evaluation may cost; one for a run. Over it a value is unknown, with the reason."""

    def __init__(
        self,
        *,
        steps: int = 20_000_000,
        steps_each: int = 500_000,
        elements: int = 100_000,
        text: int = 5_000_000,
        depth: int = 150,
    ) -> None:
        self.steps = steps
        self.steps_each = steps_each
        self.elements = elements
        self.text = text
        self.depth = depth


class Evaluator:
    """Evaluates expressions in one scope. ``marked`` becomes True when a value passed through ``sensitive``: who asks
    sets it back before."""

    def __init__(self, lookup: Lookup, files: Files, budget: Budget) -> None:
        self.lookup = lookup
        self.files = files
        self.budget = budget
        self.marked = False

    def evaluate(self, node: nodes.Node, bindings: Mapping[str, Value]) -> Value:
        """The value; Unknown with the reason where Terraform would refuse (``error``) or a limit is reached. Never raises.

        ``bindings``: names of for expressions, iterators of dynamic blocks; ``each`` and ``count`` too
        (``{"each": {"key": ..., "value": ...}}``). They win over the lookup.
        """
        raise NotImplementedError
