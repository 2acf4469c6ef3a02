"""What evaluation may cost. Over a limit a value is unknown, with the reason."""

from __future__ import annotations

from decimal import Decimal

from tfsrm.sources.hcl.values import Entity, LimitError, Set, Unknown, Value

_TEXT_PER_STEP = 100
"""So many characters count like one value."""


class Budget:
    """Limits and what is left of them; one object for a whole run.

    ``steps``: nodes evaluated and values made, in all; ``steps_each``: in one expression, what it looks up not counted.
    ``elements``: of one collection. ``text``: characters of one text. ``depth``: nesting of evaluation, lookups included.
    """

    def __init__(
        self,
        *,
        steps: int = 10_000_000,
        steps_each: int = 500_000,
        elements: int = 100_000,
        text: int = 5_000_000,
        depth: int = 150,
    ) -> None:
        self.steps_left = steps
        self.steps_each = steps_each
        self.left = steps_each
        self.elements = elements
        self.text = text
        self.depth = depth
        self.level = 0

    def spend(self, steps: int) -> None:
        """Counts steps of the expression at hand."""
        self.left -= steps
        if self.left < 0:
            raise LimitError("the expression takes too many steps")

    def length(self, elements: int) -> None:
        """Checks how many elements a collection is going to have."""
        if elements > self.elements:
            raise LimitError(f"a collection has more than {self.elements} elements")

    def characters(self, count: int) -> None:
        """Checks how long a text is going to be."""
        if count > self.text:
            raise LimitError(f"a text is longer than {self.text} characters")

    def sized(self, value: Value) -> Value:
        """The value, if it is not too large; what it holds is counted, shared parts as often as they occur."""
        if isinstance(value, str):
            self.characters(len(value))
            self.spend(len(value) // _TEXT_PER_STEP)
        elif isinstance(value, (list, Set, dict)):
            self.length(len(value))
            self.spend(weight(value, self.left))
        return value

    def walk(self, *values: Value) -> None:
        """Counts what it costs to look at everything in these values."""
        for value in values:
            if isinstance(value, (str, list, dict, Set)):
                self.spend(weight(value, self.left) // 4)


def weight(value: Value, most: int) -> int:
    """How many values this one holds, long texts counting more; stops counting beyond ``most``."""
    count = 0
    stack: list[Value] = [value]
    while stack and count <= most:
        count += 1
        one = stack.pop()
        if isinstance(one, str):
            count += len(one) // _TEXT_PER_STEP
        elif one is None or isinstance(one, (bool, int, Decimal, Entity, Unknown)):
            continue
        else:
            stack.extend(one.values() if isinstance(one, dict) else one)
    return count
