"""The files themselves: the line that binds the schema in an editor, their names."""

from __future__ import annotations

import re

from tfsrm.catalog.lint.scope import Scope
from tfsrm.model.condition import Part

SCHEMAS = {
    "model": "schema/model.schema.json",
    "roles": "schema/roles.schema.json",
    "controls": "../schema/controls.schema.json",
    "service": "../schema/service.schema.json",
    "lifecycle": "../schema/lifecycle.schema.json",
    "framework": "../schema/framework.schema.json",
}


def schema_lines(scope: Scope) -> None:
    """The first line of every shipped file binds its schema. A user's folder has no schemas beside it."""
    if not scope.shipped:
        return
    for file in scope.loaded.files:
        if file.kind is None:
            continue
        wanted = f"# yaml-language-server: $schema={SCHEMAS[file.kind.name]}"
        with open(file.path, encoding="utf-8", errors="replace") as handle:
            if handle.readline().rstrip("\n") != wanted:
                scope.problems.append(f"{file.shown}:1: the first line must be {wanted!r}")


def stems(scope: Scope) -> None:
    """File names are kebab-case: they are ids too."""
    for file in scope.loaded.files:
        if not re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", file.stem):
            scope.problems.append(f"{file.shown}:1: the file's name must be kebab-case")
    for life in scope.own.lifecycles:
        _named_like_file(scope, life, life.id)
    for framework in scope.own.frameworks:
        _named_like_file(scope, framework, framework.id)


def _named_like_file(scope: Scope, piece: Part, name: str) -> None:
    stem = scope.places.file(piece).rsplit("/", 1)[-1].removesuffix(".yaml")
    if stem != name:
        scope.wrong(piece, "id", f"the id {name!r} must be the file's name, {stem!r}")
