"""The files of one directory as one module: blocks gathered, overrides merged, variables given their values."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tfsrm.sources.hcl_front import parse
from tfsrm.sources.hcl_nodes import Block, Body, Literal, Node, Object, Tuple
from tfsrm.sources.hcl_values import Scope


class Module(NamedTuple):
    """One module, before evaluation."""

    resources: dict[str, Block]
    """``type.name``, data sources as ``data.type.name``."""
    calls: dict[str, Block]
    variables: dict[str, Block]
    outputs: dict[str, Block]
    providers: list[Block]
    locals: dict[str, Node]
    sources: dict[str, str]
    """Local provider name -> source, from ``required_providers``."""
    given: dict[str, Node]
    """Values of variables from ``terraform.tfvars`` and ``*.auto.tfvars``."""

    def scope(self) -> Scope:
        """What names stand for."""
        values = {
            n: b.body.attributes["default"].value for n, b in self.variables.items() if "default" in b.body.attributes
        }
        hidden = frozenset(n for n, b in self.variables.items() if _is_true(b, "sensitive"))
        return Scope(
            {**values, **{n: v for n, v in self.given.items() if n in self.variables}},
            self.locals,
            self.resources,
            hidden,
        )


def _is_true(block: Block, name: str) -> bool:
    found = block.body.attributes.get(name)
    return found is not None and found.value == Literal(True)


def module(files: dict[str, str], labels: dict[str, str] | None = None) -> Module:
    """Parse the files (name -> text) of a module; ``labels``: the name that messages use. Raises InputError."""
    found = Module({}, {}, {}, {}, [], {}, {}, {})
    names = {name: (labels or {}).get(name, name) for name in files}
    for name in sorted((n for n in files if n.endswith(".tf")), key=lambda n: (_is_override(n), n)):
        for block in parse(files[name], names[name]).blocks:
            _add(found, block, _is_override(name))
    for name in sorted((n for n in files if is_tfvars(n)), key=lambda n: (not n.startswith("terraform."), n)):
        found.given.update(_tfvars(files[name], name, names[name]))
    return found


def is_tfvars(name: str) -> bool:
    """Whether Terraform reads variables from a file of this name by itself."""
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _is_override(name: str) -> bool:
    return name == "override.tf" or name.endswith("_override.tf")


def _tfvars(text: str, name: str, label: str) -> dict[str, Node]:
    if not name.endswith(".json"):
        return {a.name: a.value for a in parse(text, label).attributes.values()}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        from tfsrm.errors import InputError

        raise InputError(label, "malformed JSON", "Check the file with: terraform validate") from None
    return {k: node_of(v) for k, v in values.items()} if isinstance(values, dict) else {}


def node_of(value: Any) -> Node:
    """A value as an expression."""
    if isinstance(value, list):
        return Tuple(tuple(node_of(v) for v in value))
    if isinstance(value, dict):
        return Object(tuple((Literal(k), node_of(v)) for k, v in value.items()))
    return Literal(value)


def _add(found: Module, block: Block, override: bool) -> None:
    table, key = _place(found, block)
    if table is not None:
        table[key] = _overridden(table[key], block) if override and key in table else block
    elif block.type == "provider":
        found.providers.append(block)
    elif block.type == "locals":
        found.locals.update({a.name: a.value for a in block.body.attributes.values()})
    elif block.type == "terraform":
        found.sources.update(_required(block))


def _place(found: Module, block: Block) -> tuple[dict[str, Block] | None, str]:
    match block.type, len(block.labels):
        case "resource", 2:
            return found.resources, ".".join(block.labels)
        case "data", 2:
            return found.resources, ".".join(("data", *block.labels))
        case "module", 1:
            return found.calls, block.labels[0]
        case "variable", 1:
            return found.variables, block.labels[0]
        case "output", 1:
            return found.outputs, block.labels[0]
    return None, ""


def _overridden(base: Block, over: Block) -> Block:
    """An override replaces arguments one by one and nested blocks type by type."""
    replaced = {_kind(b) for b in over.body.blocks}
    kept = [b for b in base.body.blocks if _kind(b) not in replaced]
    return base._replace(body=Body({**base.body.attributes, **over.body.attributes}, [*kept, *over.body.blocks]))


def _kind(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _required(terraform: Block) -> dict[str, str]:
    out = {}
    for required in (b for b in terraform.body.blocks if b.type == "required_providers"):
        for attribute in required.body.attributes.values():
            pairs = attribute.value.items if isinstance(attribute.value, Object) else ()
            for key, value in pairs:
                if key == Literal("source") and isinstance(value, Literal) and isinstance(value.value, str):
                    out[attribute.name] = value.value
    return out
