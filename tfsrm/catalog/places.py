"""Which file and line a piece of the catalogue was written on."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from tfsrm.catalog.yaml_tree import Map
from tfsrm.model.condition import Part

P = TypeVar("P", bound=Part)


class Spot(NamedTuple):
    """A file as it is shown, and the mapping in it."""

    file: str
    tree: Map


class Places:
    """piece -> spot, by identity: equal pieces stand in different places."""

    def __init__(self) -> None:
        self._spots: dict[int, tuple[Part, Spot]] = {}

    def put(self, piece: Part, spot: Spot) -> None:
        # The piece is kept, so that its id stays its own.
        self._spots[id(piece)] = (piece, spot)

    def same(self, old: Part, new: Part) -> None:
        """``new`` stands where ``old`` was written."""
        found = self._spots.get(id(old))
        if found is not None:
            self.put(new, found[1])

    def moved(self, old: P, new: P) -> P:
        """``new``, which stands where ``old`` was written."""
        self.same(old, new)
        return new

    def where(self, piece: Part, field: str | None = None) -> str:
        """``file:line`` of a piece, or of one of its fields; empty where it was not read from a file here."""
        found = self._spots.get(id(piece))
        return f"{found[1].file}:{found[1].tree.line_of(field)}" if found else ""

    def file(self, piece: Part) -> str:
        found = self._spots.get(id(piece))
        return found[1].file if found else ""

    def record(self, value: Any, tree: Any, file: str) -> None:
        """Register a Struct and everything below it against the tree it was made from."""
        if isinstance(value, Part) and isinstance(tree, Map):
            self.put(value, Spot(file, tree))
            for name, written in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
                self.record(getattr(value, name), tree.get(written), file)
        elif isinstance(value, list) and isinstance(tree, list):
            for child, child_tree in zip(value, tree, strict=True):
                self.record(child, child_tree, file)
