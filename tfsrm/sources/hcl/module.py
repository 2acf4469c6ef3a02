"""The files of one directory as one module: blocks gathered, overrides merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.references import references


class Definition(NamedTuple):
    """A block at the top of a module, overrides merged; names are unique in it."""

    type: str
    labels: tuple[str, ...]
    file: str
    line: int
    attributes: dict[str, nodes.Attribute]
    blocks: dict[str, list[nodes.Block]]
    """Nested blocks by the type that they make (a dynamic block under its label)."""
    elsewhere: dict[str, str]
    """Attributes and block types that an override file gives -> that file."""

    def file_of(self, name: str) -> str:
        return self.elsewhere.get(name, self.file)

    def literal(self, name: str) -> str | bool | None:
        """The value of an attribute that is written as plain text, true or false; else None."""
        found = self.attributes.get(name)
        value = plain(found.value) if found else None
        return value.value if isinstance(value, nodes.Literal) else None


class Local(NamedTuple):
    """One of the ``locals``."""

    value: nodes.Node
    file: str
    line: int


class File(NamedTuple):
    """A file of a module, parsed."""

    name: str
    label: str
    """The name that messages and positions use."""
    parsed: nodes.Parsed


class Module(NamedTuple):
    """One module, before evaluation."""

    resources: dict[str, Definition]
    """``type.name``, data sources as ``data.type.name``."""
    calls: dict[str, Definition]
    variables: dict[str, Definition]
    outputs: dict[str, Definition]
    providers: dict[str, Definition]
    """Local name, or local name and alias: ``aws``, ``aws.west``."""
    locals: dict[str, Local]
    sources: dict[str, str]
    """Local provider name -> source, from ``required_providers``."""
    twice: list[tuple[str, str]]
    """(place, name) of what is defined a second time; the first one counts."""


def plain(node: nodes.Node) -> nodes.Node:
    """``"${x}"`` as ``x``."""
    while isinstance(node, nodes.Wrap):
        node = node.of
    return node


def waits(definition: Definition) -> bool:
    """Whether a block depends on a resource or a module by ``depends_on``."""
    given = definition.attributes.get("depends_on")
    heads = {r.split(".", 1)[0] for r in references(given.value)} if given else set()
    return bool(heads - {"var", "local", "data", "path", "terraform"})


def is_override(name: str) -> bool:
    """Whether a file is merged over the others."""
    stem = name.split(".", 1)[0] if name.startswith("override.") else name.rsplit(".tf", 1)[0].rsplit(".tofu", 1)[0]
    return stem == "override" or stem.endswith("_override")


def gather(files: Iterable[File]) -> Module:
    """The module of these files, in Terraform's order: by name, overrides last."""
    found = Module({}, {}, {}, {}, {}, {}, {}, [])
    for file in sorted(files, key=lambda f: (is_override(f.name), f.name)):
        for block in file.parsed.body.blocks:
            _add(found, block, file.label, is_override(file.name))
    return found


def _add(found: Module, block: nodes.Block, file: str, override: bool) -> None:
    table, key = _place(found, block)
    if table is not None:
        if key not in table:
            table[key] = _definition(block, file)
        elif override:
            table[key] = _overridden(table[key], block, file)
        else:
            found.twice.append((f"{file}:{block.line}", key))
    elif block.type == "locals":
        for attribute in block.body.attributes:
            if attribute.name in found.locals and not override:
                found.twice.append((f"{file}:{attribute.line}", f"local.{attribute.name}"))
                continue
            found.locals[attribute.name] = Local(attribute.value, file, attribute.line)
    elif block.type == "terraform":
        found.sources.update(_required(block))


def _place(found: Module, block: nodes.Block) -> tuple[dict[str, Definition] | None, str]:
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
        case "provider", 1:
            alias = next((plain(a.value) for a in block.body.attributes if a.name == "alias"), None)
            name = alias.value if isinstance(alias, nodes.Literal) else None
            return found.providers, f"{block.labels[0]}.{name}" if name else block.labels[0]
    return None, ""


def _definition(block: nodes.Block, file: str) -> Definition:
    body = with_dynamic_blocks(block.body) if file.endswith(".json") else block.body
    attributes: dict[str, nodes.Attribute] = {}
    for attribute in body.attributes:
        attributes.setdefault(attribute.name, attribute)
    return Definition(block.type, block.labels, file, block.line, attributes, by_type(body), {})


def with_dynamic_blocks(body: nodes.Body) -> nodes.Body:
    """A body in JSON syntax with its ``dynamic`` as blocks; all else stays arguments, which the schema tells apart."""
    if not any(_holds_dynamic(a.value) for a in body.attributes) and all(a.name != "dynamic" for a in body.attributes):
        return body
    attributes, blocks = [], list(body.blocks)
    for attribute in body.attributes:
        if attribute.name == "dynamic":
            for label, value in _members(attribute.value):
                blocks += [_dynamic(label, each, attribute) for each in _objects(value)]
        elif _holds_dynamic(attribute.value):
            blocks += [_static(attribute, each) for each in _objects(attribute.value)]
        else:
            attributes.append(attribute)
    return nodes.Body(tuple(attributes), tuple(blocks))


def _holds_dynamic(node: nodes.Node) -> bool:
    return any(name == "dynamic" for each in _objects(node) for name, _ in _members(each))


def _objects(node: nodes.Node) -> list[nodes.Object]:
    items = node.items if isinstance(node, nodes.Tuple) else (node,)
    return [item for item in items if isinstance(item, nodes.Object)]


def _members(node: nodes.Node) -> list[tuple[str, nodes.Node]]:
    pairs = [pair for each in _objects(node) for pair in each.items]
    return [(key.value, value) for key, value in pairs if isinstance(key, nodes.Literal) and isinstance(key.value, str)]


def _dynamic(label: str, node: nodes.Object, at: nodes.Attribute) -> nodes.Block:
    members = dict(_members(node))
    content = nodes.Block("content", (), _body(members.pop("content", nodes.Object(())), at), at.line, at.column)
    attributes = tuple(nodes.Attribute(name, value, at.line, at.column) for name, value in members.items())
    return nodes.Block("dynamic", (label,), nodes.Body(attributes, (content,)), at.line, at.column)


def _static(at: nodes.Attribute, node: nodes.Object) -> nodes.Block:
    return nodes.Block(at.name, (), _body(node, at), at.line, at.column)


def _body(node: nodes.Node, at: nodes.Attribute) -> nodes.Body:
    made = tuple(nodes.Attribute(name, value, at.line, at.column) for name, value in _members(node))
    return with_dynamic_blocks(nodes.Body(made, ()))


def by_type(body: nodes.Body) -> dict[str, list[nodes.Block]]:
    """Nested blocks by the type that they make."""
    found: dict[str, list[nodes.Block]] = {}
    for block in body.blocks:
        name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        found.setdefault(name, []).append(block)
    return found


def _overridden(base: Definition, block: nodes.Block, file: str) -> Definition:
    """An override replaces arguments one by one and nested blocks type by type."""
    over = _definition(block, file)
    elsewhere = {**base.elsewhere, **dict.fromkeys((*over.attributes, *over.blocks), file)}
    return base._replace(
        attributes={**base.attributes, **over.attributes},
        blocks={**base.blocks, **over.blocks},
        elsewhere=elsewhere,
    )


def _required(terraform: nodes.Block) -> dict[str, str]:
    found = [a for b in terraform.body.blocks if b.type == "required_providers" for a in b.body.attributes]
    for attribute in terraform.body.attributes:  # JSON syntax
        if attribute.name == "required_providers":
            found += _body(attribute.value, attribute).attributes
    out = {}
    for attribute in found:
        source = plain(dict(_members(plain(attribute.value))).get("source", nodes.Literal(None)))
        if isinstance(source, nodes.Literal) and isinstance(source.value, str):
            out[attribute.name] = source.value
    return out
