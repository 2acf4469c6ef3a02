"""``count`` and ``for_each``: the instances of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tfsrm.sources.addresses import shown
from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.conversion import to_number, to_string
from tfsrm.sources.hcl.module import Definition, plain
from tfsrm.sources.hcl.references import references
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value

MAX_INSTANCES = 2000
"""Of one block."""

Key = int | str | None
Bindings = Mapping[str, Value]
Evaluate = Callable[[nodes.Node], Value]
ALONE: Bindings = {}


class Expansion(NamedTuple):
    """The instances of a block: key and bindings of each."""

    instances: list[tuple[Key, Bindings]]
    known: bool = True
    """False: one instance stands for those that only a plan can count; there may be none."""
    because: str = ""
    """Why it is not known."""

    @property
    def symbol(self) -> str:
        """What stands in the address for the key of an instance that stands for others."""
        return "" if self.known or self.instances[0][0] is not None else "[*]"


def expand(definition: Definition, evaluate: Evaluate) -> Expansion:
    """The instances of a block."""
    count, for_each = definition.attributes.get("count"), definition.attributes.get("for_each")
    if count is not None:
        return _counted(count.value, evaluate)
    if for_each is not None:
        return _each(for_each.value, evaluate)
    return Expansion([(None, ALONE)])


def _counted(node: nodes.Node, evaluate: Evaluate) -> Expansion:
    value = evaluate(node)
    try:
        number = to_number(value)
    except EvaluationError as error:
        number = Unknown(f"count: {error}", error=True)
    if isinstance(number, Unknown):
        at_most_one = _at_most_one(node, evaluate)
        index: Value = 0 if at_most_one else Unknown(number.reason, kind="number", not_null=True)
        return Expansion(
            [(0 if at_most_one else None, {"count": {"index": index}})], False, _why("count", node, number)
        )
    if not isinstance(number, int) or not 0 <= number <= MAX_INSTANCES:
        because = f"count is {'more than ' + str(MAX_INSTANCES) if number > 0 else 'no number of instances'}"
        unknown = Unknown(because, kind="number", not_null=True)
        return Expansion([(None, {"count": {"index": unknown}})], False, f"{because}; it is looked at as one")
    return Expansion([(i, {"count": {"index": i}}) for i in range(number)])


def _at_most_one(node: nodes.Node, evaluate: Evaluate) -> bool:
    """Whether a count that is not known is surely 0 or 1: the usual ``condition ? 1 : 0``."""
    inner = plain(node)
    if not isinstance(inner, nodes.Conditional):
        return False
    return all(_small(branch, evaluate) for branch in (inner.if_true, inner.if_false))


def _small(node: nodes.Node, evaluate: Evaluate) -> bool:
    value = evaluate(node)
    return value in (0, 1) if isinstance(value, (int, str)) else _at_most_one(node, evaluate)


def _each(node: nodes.Node, evaluate: Evaluate) -> Expansion:
    pairs = pairs_of(evaluate(node))
    if isinstance(pairs, Unknown):
        unknown = Unknown(pairs.reason)
        key = Unknown(pairs.reason, kind="string", not_null=True)
        return Expansion([(None, {"each": {"key": key, "value": unknown}})], False, _why("for_each", node, pairs))
    if len(pairs) > MAX_INSTANCES:
        because = f"for_each runs over more than {MAX_INSTANCES}"
        unknown = Unknown(because)
        each: Value = {"key": unknown, "value": unknown}
        return Expansion([(None, {"each": each})], False, f"{because}; it is looked at as one")
    return Expansion([(key, {"each": {"key": key, "value": value}}) for key, value in pairs])


def pairs_of(collection: Value) -> list[tuple[str, Value]] | Unknown:
    """Key and value of every element that ``for_each`` of a block runs over: a map, an object or a set of texts."""
    if isinstance(collection, dict):
        return [(key, collection[key]) for key in sorted(collection)]
    if isinstance(collection, Set):
        items: list[tuple[str, Value]] = []
        for item in collection:
            if isinstance(item, Unknown):
                return item
            if not isinstance(item, (str, int, Decimal)):
                return Unknown("for_each runs over a set of something else than texts", error=True)
            # Terraform refuses any other set: a number is one whose type comes from a null or unknown branch.
            text = str(to_string(item))
            items.append((text, text))
        return items
    if isinstance(collection, Unknown):
        return collection
    return Unknown("for_each runs over something else than a map or a set of texts", error=True)


def _why(which: str, node: nodes.Node, unknown: Unknown) -> str:
    named = references(node)
    if unknown.error:
        return f"{which} cannot be evaluated ({shown(unknown.reason)}); it is looked at as one"
    of = f" (it depends on {', '.join(map(shown, named[:3]))})" if named else ""
    return f"how many there are is known in a plan only{of}; it is looked at as one"
