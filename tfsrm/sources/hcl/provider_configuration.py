"""Provider configurations: what they give to every resource, and how module calls pass them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.module import Definition, plain
from tfsrm.sources.hcl.references import references
from tfsrm.sources.hcl.values import Unknown, Value

if TYPE_CHECKING:
    from tfsrm.sources.hcl.scope import Scope


class Provider:
    """A provider configuration; ``definition`` is None where none is written."""

    __slots__ = ("_region", "_tags", "_tags_known", "definition", "key", "scope", "source")

    def __init__(self, source: str, key: str, scope: Scope, definition: Definition | None) -> None:
        self.source = source
        self.key = key
        self.scope = scope
        self.definition = definition
        self._region: str | None = None
        self._tags: dict[str, Value] | Unknown | None = None
        self._tags_known = False

    @property
    def default_tags(self) -> dict[str, Value] | Unknown | None:
        """The tags that it gives to every resource; None: none."""
        if not self._tags_known:
            self._tags_known = True
            self._tags = self._default_tags()
        return self._tags

    def _default_tags(self) -> dict[str, Value] | Unknown | None:
        if self.definition is None:
            return None
        bodies = self.definition.blocks.get("default_tags", [])
        given = next((a.value for b in bodies for a in b.body.attributes if a.name == "tags"), None)
        whole = self.definition.attributes.get("default_tags")  # JSON syntax
        if given is not None:
            value, marked = self.scope.evaluate(given)
        elif whole is not None:
            value, marked = self.scope.evaluate(whole.value)
            value = value[0] if isinstance(value, list) and value else value
            value = value.get("tags") if isinstance(value, dict) else value
        else:
            return None
        if marked:
            return Unknown("sensitive")
        return value if isinstance(value, (dict, Unknown)) else None

    @property
    def region(self) -> str:
        """Its Region, where it is written down; else empty."""
        if self._region is None:
            self._region = ""  # while it is evaluated, too
            given = self.definition.attributes.get("region") if self.definition else None
            value, marked = self.scope.evaluate(given.value) if given else ("", False)
            self._region = value if isinstance(value, str) and not marked else ""
        return self._region


def passed_as(call: Definition, local: str) -> str:
    """The provider configuration of the caller that a module call passes under a name; empty: none."""
    given = call.attributes.get("providers")
    pairs = given.value.items if given and isinstance(given.value, nodes.Object) else ()
    for key, value in pairs:
        if _provider_name(key) == local:
            return _provider_name(value)
    return ""


def _provider_name(node: nodes.Node) -> str:
    node = plain(node)
    if isinstance(node, nodes.Literal) and isinstance(node.value, str):
        return node.value
    named = references(node)
    return named[0] if named else ""
