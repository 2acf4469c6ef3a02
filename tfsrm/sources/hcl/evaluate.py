"""Expressions to values, as Terraform computes them, as far as they can be known before a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfsrm.sources.hcl import nodes, numbers, operators
from tfsrm.sources.hcl.access import attribute, index, no_order, pairs
from tfsrm.sources.hcl.branches import either, told_by, unified
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import text, to_bool, to_string, wrong
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.values import (
    Entity,
    EvaluationError,
    LimitError,
    List,
    NotComputedError,
    Set,
    Unknown,
    Value,
    derived,
    is_known,
    part_of,
)

Lookup = Callable[[nodes.Traversal], tuple[Value, int]]
"""Resolves a traversal whose root is not bound (var, local, module, data, a resource type, path, terraform, ...): the value,
and how many steps are consumed by it (names only; the evaluator takes the rest, indexes too). A resource, data source or
module is an Entity (with count a list of them, with for_each a dict of them) or an Unknown with its identity. Raises
EvaluationError for what does not exist."""

Bindings = Mapping[str, Value]
_SINGLE = frozenset({"string", "number", "bool", "map", "object"})
"""Kinds that a splat takes for one element."""
_FINAL = frozenset({"", "string"})
"""Kinds of unknowns that stay what they are whatever the other branch of a conditional is."""


class Evaluator:
    """Evaluates expressions in one scope.

    ``marked`` becomes True when a value passes through ``sensitive``; who wants to know sets it back before asking.
    """

    def __init__(self, lookup: Lookup, files: Files, budget: Budget) -> None:
        self.lookup = lookup
        self.files = files
        self.budget = budget
        self.marked = False
        self.in_template_file = False
        self._doubt = False
        self._attempts = 0

    def evaluate(self, node: nodes.Node, bindings: Bindings) -> Value:
        """The value; Unknown with the reason where Terraform would refuse (``error``) or a limit is reached. Never raises.

        ``bindings``: names of for expressions, iterators of dynamic blocks; ``each`` and ``count`` too
        (``{"each": {"key": ..., "value": ...}}``). They win over the lookup.
        """
        budget = self.budget
        before, level = budget.left, budget.level
        budget.left = min(budget.steps_each, budget.steps_left)
        given = budget.left
        try:
            return self.value(node, bindings)
        except EvaluationError as error:
            return Unknown(str(error), error=True)
        except LimitError as limit:
            return Unknown(f"over the limit: {limit}")
        except NotComputedError as why:
            return Unknown(str(why))
        except RecursionError:
            return Unknown("over the limit: nested too deeply")
        finally:
            budget.steps_left -= given - max(budget.left, 0)
            budget.left, budget.level = before, level

    def value(self, node: nodes.Node, bindings: Bindings) -> Value:
        """As ``evaluate``, but raises EvaluationError and LimitError: for functions that take expressions."""
        budget = self.budget
        budget.level += 1
        if budget.level > budget.depth:
            raise LimitError("nested too deeply")
        budget.left -= 1
        if budget.left < 0:
            raise LimitError("the expression takes too many steps")
        result: Value = _EVALUATE[type(node)](self, node, bindings)
        budget.level -= 1
        return result

    def attempt(self, node: nodes.Node, bindings: Bindings) -> tuple[Value, bool]:
        """The value for ``try`` and ``can``, and whether what is not known in it might still turn out to be an error."""
        level, doubt = self.budget.level, self._doubt
        self._doubt = False
        self._attempts += 1
        try:
            value = self.value(node, bindings)
            return value, self._doubt and not is_known(value)
        finally:
            self.budget.level = level
            self._attempts -= 1
            self._doubt = self._doubt or doubt

    def doubted(self, value: Value) -> Value:
        """Notes, for ``attempt``, that an operation met an unknown, so that it might fail once that is known."""
        if self._attempts and not self._doubt and not is_known(value):
            self._doubt = True
        return value

    # --- leaves -----------------------------------------------------------------------------------------------------

    def _literal(self, node: nodes.Literal, _: Bindings) -> Value:
        return text(node.value) if isinstance(node.value, str) else node.value

    def _number(self, node: nodes.Number, _: Bindings) -> Value:
        return int(node.text) if node.text.isdigit() and len(node.text) < 100 else numbers.parse(node.text)

    # --- texts ------------------------------------------------------------------------------------------------------

    def _wrap(self, node: nodes.Wrap, bindings: Bindings) -> Value:
        return self.value(node.of, bindings)

    def _template(self, node: nodes.Template, bindings: Bindings) -> Value:
        out: list[str] = []
        length = 0
        unknown: Unknown | None = None
        prefix = ""
        for part in node.parts:
            value = to_string(self.value(part, bindings))
            if isinstance(value, Unknown):
                if unknown is None:
                    prefix = "".join(out) + value.prefix
                unknown = unknown or value
                length += value.not_empty
            else:
                out.append(value)
                length += len(value)
                self.budget.characters(length)
        if unknown is not None:
            self._doubt = True
            return derived(unknown, "string", not_null=True, not_empty=length > 0, prefix=prefix[:256])
        return self.budget.sized(text("".join(out)))

    def _template_if(self, node: nodes.TemplateIf, bindings: Bindings) -> Value:
        return self._conditional(nodes.Conditional(node.condition, node.if_true, node.if_false), bindings)

    def _template_for(self, node: nodes.TemplateFor, bindings: Bindings) -> Value:
        collection = self.value(node.collection, bindings)
        items = no_order(collection) or pairs(collection)
        if isinstance(items, Unknown):
            self._doubt = True
            return derived(items, "string", not_null=True)
        out: list[str] = []
        length = 0
        for key, value in items:
            bound = {**bindings, node.value: value, **({node.key: key} if node.key else {})}
            one = to_string(self.value(node.body, bound))
            if isinstance(one, Unknown):
                return derived(one, "string", not_null=True, prefix="".join(out)[:256])
            out.append(one)
            length += len(one)
            self.budget.characters(length)
        return self.budget.sized("".join(out))

    # --- names and what is taken from them ------------------------------------------------------------------------

    def _traversal(self, node: nodes.Traversal, bindings: Bindings) -> Value:
        if node.root in bindings:
            return self._steps(bindings[node.root], node.steps, bindings)
        value, consumed = self.lookup(node)
        return self._steps(value, node.steps[consumed:], bindings)

    def _relative(self, node: nodes.Relative, bindings: Bindings) -> Value:
        return self._steps(self.value(node.of, bindings), node.steps, bindings)

    def _steps(self, value: Value, steps: Sequence[nodes.Step], bindings: Bindings) -> Value:
        for number, step in enumerate(steps, 1):
            if isinstance(value, Unknown):
                self._doubt = True
            if isinstance(step, str):
                value = attribute(value, step)
                continue
            if isinstance(step, nodes.Every):
                return self._each(value, steps[number:], bindings)
            key = self.value(step, bindings)
            if isinstance(key, Unknown):
                self._doubt = True
            value = index(value, key)
        return value

    def _splat(self, node: nodes.Splat, bindings: Bindings) -> Value:
        return self._each(self.value(node.of, bindings), node.steps, bindings)

    def _each(self, value: Value, steps: Sequence[nodes.Step], bindings: Bindings) -> Value:
        """The steps taken from each element."""
        if value is None:
            return []
        if isinstance(value, Unknown) and not (value.not_null and value.kind in _SINGLE):
            return self._splat_of_unknown(value, steps)
        unordered = no_order(value)
        if unordered is not None:
            return derived(self._noted(unordered), "list", not_null=True, not_empty=True)
        budget = self.budget
        budget.level += 1
        if budget.level > budget.depth:
            raise LimitError("nested too deeply")
        made = [self._steps(item, steps, bindings) for item in (value if isinstance(value, (list, Set)) else [value])]
        budget.level -= 1
        return budget.sized(List(made) if isinstance(value, (List, Set)) else made)

    def _splat_of_unknown(self, value: Unknown, steps: Sequence[nodes.Step]) -> Value:
        """A list where the unknown surely is one, else it may be one element or none."""
        self._doubt = True
        if value.kind in ("list", "set", "tuple"):
            names = "".join(
                f".{s}" if isinstance(s, str) else "[*]" if isinstance(s, nodes.Every) else "[?]" for s in steps
            )
            of = part_of(value, f"[*]{names}").of
            return Unknown(
                value.reason,
                of=of,
                kind="tuple" if value.kind == "tuple" else "list",
                not_null=True,
                not_empty=value.not_empty,
                length=value.length,
            )
        return part_of(value, "[*]")

    # --- collections ------------------------------------------------------------------------------------------------

    def _tuple(self, node: nodes.Tuple, bindings: Bindings) -> Value:
        return self.budget.sized([self.value(item, bindings) for item in node.items])

    def _object(self, node: nodes.Object, bindings: Bindings) -> Value:
        out: dict[str, Value] = {}
        unknown: Unknown | None = None
        for key, item in node.items:
            name = to_string(self.value(key, bindings))
            value = self.value(item, bindings)
            if isinstance(name, Unknown):
                unknown = unknown or name
            else:
                out[name] = value
        if unknown is not None:
            return derived(self._noted(unknown), "object", not_null=True, not_empty=True)
        return self.budget.sized(out)

    def _for_tuple(self, node: nodes.ForTuple, bindings: Bindings) -> Value:
        collection = self.value(node.collection, bindings)
        items = no_order(collection) or pairs(collection)
        if isinstance(items, Unknown):
            return derived(self._noted(items))
        out: list[Value] = []
        unknown: Unknown | None = None
        for key, value in items:
            bound = {**bindings, node.value: value, **({node.key: key} if node.key else {})}
            chosen = True if node.condition is None else self._condition(node.condition, bound)
            if isinstance(chosen, Unknown):
                unknown = unknown or chosen
            elif chosen:
                out.append(self.value(node.result, bound))
        if unknown is not None:
            return derived(self._noted(unknown), "tuple", not_null=True, not_empty=bool(out))
        return self.budget.sized(out)

    def _for_object(self, node: nodes.ForObject, bindings: Bindings) -> Value:
        collection = self.value(node.collection, bindings)
        items = (no_order(collection) if node.grouped else None) or pairs(collection)
        if isinstance(items, Unknown):
            return derived(self._noted(items))
        out: dict[str, Value] = {}
        unknown: Unknown | None = None
        for key, value in items:
            bound = {**bindings, node.value: value, **({node.key: key} if node.key else {})}
            chosen = True if node.condition is None else self._condition(node.condition, bound)
            name = to_string(self.value(node.result_key, bound)) if chosen is True else chosen
            if isinstance(name, Unknown):
                unknown = unknown or name
            elif isinstance(name, str):
                self._into(out, name, self.value(node.result_value, bound), grouped=node.grouped)
        if unknown is not None:
            return derived(self._noted(unknown), "object", not_null=True, not_empty=bool(out))
        return self.budget.sized(out)

    @staticmethod
    def _into(out: dict[str, Value], name: str, value: Value, *, grouped: bool) -> None:
        if grouped:
            group = out.setdefault(name, [])
            if isinstance(group, list):
                group.append(value)
        elif name in out:
            raise EvaluationError("two elements have the same key")
        else:
            out[name] = value

    # --- choices and operators --------------------------------------------------------------------------------------

    def _condition(self, node: nodes.Node, bindings: Bindings) -> bool | Unknown:
        return to_bool(self.value(node, bindings))

    def _conditional(self, node: nodes.Conditional, bindings: Bindings) -> Value:
        condition = self._condition(node.condition, bindings)
        if isinstance(condition, Unknown):
            self._doubt = True
            a, b = self._branch(node.if_true, bindings), self._branch(node.if_false, bindings)
            self.budget.walk(a, b)
            return either(condition, a, b)
        chosen, other = (node.if_true, node.if_false) if condition else (node.if_false, node.if_true)
        value = self.value(chosen, bindings)
        if value is None or isinstance(value, (str, Entity)) or (isinstance(value, Unknown) and value.kind in _FINAL):
            return value  # no type that the other branch could change
        passed_over = told_by(other, self._branch(other, bindings))
        self.budget.walk(value, passed_over)
        return unified(value, passed_over)

    def _branch(self, node: nodes.Node, bindings: Bindings) -> Value:
        """A branch that is not (surely) taken: its errors do not count."""
        level, doubt = self.budget.level, self._doubt
        try:
            return self.value(node, bindings)
        except EvaluationError as error:
            self.budget.level = level
            return Unknown(str(error), error=True)
        finally:
            self._doubt = doubt

    def _unary(self, node: nodes.Unary, bindings: Bindings) -> Value:
        operand = self.doubted(self.value(node.operand, bindings))
        return operators.not_(operand) if node.operator == "!" else operators.negative(operand)

    def _binary(self, node: nodes.Binary, bindings: Bindings) -> Value:
        """A long chain of operators leans to the left: it is walked, not recursed into."""
        chain = [node]
        while isinstance(chain[-1].left, nodes.Binary):
            chain.append(chain[-1].left)
        value = self.value(chain[-1].left, bindings)
        for one in reversed(chain):
            self.budget.spend(1)
            if one.operator in ("&&", "||"):
                value = self._logical(value, one, bindings)
            else:
                right = self.value(one.right, bindings)
                self.budget.walk(value, right)
                value = operators.binary(one.operator, self.doubted(value), self.doubted(right))
        return value

    def _logical(self, left: Value, node: nodes.Binary, bindings: Bindings) -> Value:
        """What decides alone is False for ``&&`` and True for ``||``; then the other side does not count."""
        decides = node.operator == "||"
        first = to_bool(left)
        if first is decides:
            return decides
        second = to_bool(self.value(node.right, bindings))
        if second is decides:
            return decides
        unknown = first if isinstance(first, Unknown) else second
        return derived(self._noted(unknown), "bool", not_null=True) if isinstance(unknown, Unknown) else not decides

    def _noted(self, unknown: Unknown) -> Unknown:
        self._doubt = True
        return unknown

    # --- functions --------------------------------------------------------------------------------------------------

    def _call(self, node: nodes.Call, bindings: Bindings) -> Value:
        from tfsrm.sources.hcl.functions import call

        return self.budget.sized(self.doubted(call(self, node, bindings)))

    def arguments(self, node: nodes.Call, bindings: Bindings) -> list[Value] | Unknown:
        """The arguments of a call, a last one with ``...`` spread out; an Unknown where it is not known."""
        values = [self.value(argument, bindings) for argument in node.arguments]
        if not node.spread or not values:
            return values
        last = values.pop()
        if isinstance(last, Set):
            last = List(last) if is_known(last) else Unknown("a set with unknown elements", kind="set")
        if isinstance(last, Unknown):
            return last
        if not isinstance(last, list):
            raise wrong(last, "a list")
        return values + last


_EVALUATE: dict[type, Callable[[Any, Any, Any], Value]] = {
    nodes.Literal: Evaluator._literal,  # noqa: SLF001
    nodes.Number: Evaluator._number,  # noqa: SLF001
    nodes.Template: Evaluator._template,  # noqa: SLF001
    nodes.TemplateIf: Evaluator._template_if,  # noqa: SLF001
    nodes.TemplateFor: Evaluator._template_for,  # noqa: SLF001
    nodes.Wrap: Evaluator._wrap,  # noqa: SLF001
    nodes.Traversal: Evaluator._traversal,  # noqa: SLF001
    nodes.Relative: Evaluator._relative,  # noqa: SLF001
    nodes.Splat: Evaluator._splat,  # noqa: SLF001
    nodes.Tuple: Evaluator._tuple,  # noqa: SLF001
    nodes.Object: Evaluator._object,  # noqa: SLF001
    nodes.Call: Evaluator._call,  # noqa: SLF001
    nodes.Conditional: Evaluator._conditional,  # noqa: SLF001
    nodes.Unary: Evaluator._unary,  # noqa: SLF001
    nodes.Binary: Evaluator._binary,  # noqa: SLF001
    nodes.ForTuple: Evaluator._for_tuple,  # noqa: SLF001
    nodes.ForObject: Evaluator._for_object,  # noqa: SLF001
}
