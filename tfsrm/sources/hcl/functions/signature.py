"""How a function takes its arguments: each is converted, and what is not known is dealt with before its body runs."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tfsrm.sources.hcl import conversion
from tfsrm.sources.hcl.access import no_order
from tfsrm.sources.hcl.conversion import wrong
from tfsrm.sources.hcl.types import alike as alike_values
from tfsrm.sources.hcl.values import (
    Entity,
    EvaluationError,
    Set,
    Unknown,
    Value,
    derived,
    first_unknown,
    part_of,
)

Take = Callable[[Value], Value]
EXPANDED = 1_000
"""An unknown list of known length becomes a list of unknowns up to this length."""


class Function(msgspec.Struct, frozen=True):
    """``body`` gets the converted arguments. ``lenient``: "" where the body is called only if everything in them is known;
    "parts" where what they hold may be unknown; "all" where they themselves may be. ``kind``: of the result, where that is
    not known. ``optional``: so many parameters at the end may be missing; ``rest``: what follows the parameters."""

    body: Callable[..., Value]
    parameters: tuple[Take, ...]
    rest: Take | None = None
    optional: int = 0
    kind: str = ""
    lenient: str = ""

    def apply(self, name: str, arguments: list[Value]) -> Value:
        """The result; raises EvaluationError as Terraform would."""
        most, least = len(self.parameters), len(self.parameters) - self.optional
        if len(arguments) < least or (self.rest is None and len(arguments) > most):
            raise EvaluationError(f"{name}: {len(arguments)} arguments are not what it takes")
        takes = [*self.parameters[: len(arguments)], *[self.rest] * (len(arguments) - most)]
        try:
            taken = [take(argument) if take else argument for take, argument in zip(takes, arguments, strict=True)]
            unknown = self._unknown(taken)
            return self.body(*taken) if unknown is None else derived(unknown, self.kind, not_null=True)
        except EvaluationError as error:
            raise EvaluationError(f"{name}: {error}") from None

    def _unknown(self, taken: list[Value]) -> Unknown | None:
        if self.lenient == "all":
            return None
        if self.lenient == "parts":
            return next((each for each in taken if isinstance(each, Unknown)), None)
        return first_unknown(*taken)


class Table(dict[str, Function]):
    """The functions of a module; ``table.add`` is a decorator."""

    def add(
        self,
        name: str,
        *parameters: Take,
        rest: Take | None = None,
        optional: int = 0,
        kind: str = "",
        lenient: str = "",
    ) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
        """Registers the decorated body under a name; see ``Function``."""

        def register(body: Callable[..., Value]) -> Callable[..., Value]:
            self[name] = Function(body, parameters, rest, optional, kind, lenient)
            return body

        return register


def string(value: Value) -> Value:
    """A text, or what converts to one."""
    return conversion.to_string(value)


def number(value: Value) -> Value:
    """A number, or a text that names one."""
    return conversion.to_number(value)


def whole(value: Value) -> Value:
    """A whole number."""
    taken = conversion.to_number(value)
    return taken if isinstance(taken, Unknown) else conversion.whole(taken)


def boolean(value: Value) -> Value:
    """A truth value, or a text that names one."""
    return conversion.to_bool(value)


def anything(value: Value) -> Value:
    """Anything but null."""
    if value is None:
        raise EvaluationError("null is not allowed")
    return value


def nullable(value: Value) -> Value:
    """Anything."""
    return value


def listing(value: Value) -> Value:
    """A list or tuple; an unknown one of known length becomes a list of unknowns."""
    if isinstance(value, list):
        return value
    if isinstance(value, Unknown) and value.kind in ("list", "tuple", ""):
        return _expanded(value)
    raise wrong(value, "a list")


def sequence(value: Value) -> Value:
    """A list, tuple or set; of a set with unknown elements the order is not known."""
    if isinstance(value, Set):
        unordered = no_order(value)
        return list(value) if unordered is None else derived(unordered, "set", not_null=True, not_empty=True)
    if isinstance(value, Unknown) and value.kind == "set":
        return value
    return listing(value)


def alike(value: Value) -> Value:
    """A list, tuple or set whose elements are converted to the one type that they have in common."""
    items = sequence(value)
    if not isinstance(items, list):
        return items
    return alike_values(items)


def strings(value: Value) -> Value:
    """A list, tuple or set of texts; null may be among them."""
    items = sequence(value)
    if not isinstance(items, list):
        return items
    return [None if item is None else conversion.to_string(item) for item in items]


def mapping(value: Value) -> Value:
    """A map or object."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Entity):
        names = value.names()
        if names is None:
            return Unknown("known after apply", of=value.address, kind="object", not_null=True)
        return {name: value.attribute(name) for name in names}
    if isinstance(value, Unknown) and value.kind in ("map", "object", ""):
        return value
    raise wrong(value, "a map")


def _expanded(value: Unknown) -> Value:
    if value.length is None or value.length > EXPANDED or not value.not_null:
        return value
    return [part_of(value, f"[{position}]") for position in range(value.length)]
