"""JSON Schemas of the mapping files, generated from the Structs of ``tfsrm/model/catalog.py``; editors use them.

Draft 7, which the YAML language server understands. The text under a field of a Struct is its description.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
from functools import cache
from typing import Any

import msgspec

from tfsrm.catalog.folder import KINDS
from tfsrm.catalog.lint.files import SCHEMAS
from tfsrm.catalog.location import mappings_folder
from tfsrm.model import catalog as model

DRAFT = "http://json-schema.org/draft-07/schema#"
_WRITTEN_BY_LOADER = "rule"


def schemas() -> dict[str, dict[str, Any]]:
    """File name (``service.schema.json``) -> JSON Schema."""
    return {os.path.basename(SCHEMAS[kind.name]): schema_of(kind.struct) for kind in KINDS}


def schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of files that hold ``struct``."""
    (top,), definitions = msgspec.json.schema_components([struct], ref_template="#/definitions/{name}")
    texts = field_texts()
    for name, definition in definitions.items():
        properties = definition.get("properties", {})
        properties.pop(_WRITTEN_BY_LOADER, None)
        for field, said in properties.items():
            _describe(properties, field, said, texts.get(f"{name}.{field}"))
        definition.pop("title", None)
        if "description" in definition:
            definition["description"] = inspect.cleandoc(definition["description"]).replace("``", "`")
    body = definitions.pop(top["$ref"].rsplit("/", 1)[-1])
    return {"$schema": DRAFT, "title": struct.__name__, **body, "definitions": dict(sorted(definitions.items()))}


def _describe(properties: dict[str, Any], field: str, said: dict[str, Any], text: str | None) -> None:
    if text is None:
        return
    # Draft 7 ignores whatever stands beside $ref.
    properties[field] = {"description": text, "allOf": [said]} if "$ref" in said else {**said, "description": text}


@cache
def field_texts() -> dict[str, str]:
    """``Struct.field`` (as written in YAML) -> the text under it in the source."""
    out: dict[str, str] = {}
    for node in ast.parse(inspect.getsource(model)).body:
        if isinstance(node, ast.ClassDef):
            for field, text in zip(node.body, node.body[1:], strict=False):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and isinstance(text, ast.Expr)
                ):
                    out[f"{node.name}.{_written(node.name, field.target.id)}"] = inspect.cleandoc(_constant(text))
    return out


def _written(struct: str, field: str) -> str:
    found = {f.name: f.encode_name for f in msgspec.structs.fields(getattr(model, struct))}
    return found.get(field, field)


def _constant(text: ast.Expr) -> str:
    return str(ast.literal_eval(text.value)).replace("``", "`")


def write_schemas(folder: str | None = None) -> list[str]:
    """Write every schema below ``folder`` (else the shipped ``mappings/schema``); the paths written."""
    folder = folder or os.path.join(mappings_folder(), "schema")
    os.makedirs(folder, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as handle:
            handle.write(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        written.append(path)
    return written
