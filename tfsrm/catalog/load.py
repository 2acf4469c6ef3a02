"""The catalogue from its YAML files: with its examples, and with a user's own folders laid over it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime

from tfsrm import __version__
from tfsrm.catalog.build import build
from tfsrm.catalog.compile import digest
from tfsrm.catalog.folder import load_folder, load_shipped
from tfsrm.catalog.lint import ESSENTIAL, examine
from tfsrm.catalog.merge import merge
from tfsrm.catalog.provider_schema import provider_schema
from tfsrm.errors import MappingError
from tfsrm.model.catalog import Catalog


def load(extra: Iterable[str | os.PathLike[str]] = ()) -> Catalog:
    """The shipped mapping files, every ``extra`` folder laid over them in turn. Raises MappingError with all problems."""
    shipped, folders = load_shipped(), [os.fspath(folder) for folder in extra]
    pieces, digests, problems = shipped.pieces, [digest(shipped)], list[str]()
    today = datetime.now(tz=UTC).date()
    for folder in folders:
        over = load_folder(folder, folder.rstrip("/") or folder)
        problems += examine(over, pieces, provider_schema(), today, ESSENTIAL).problems
        pieces = merge(pieces, over.pieces)
        digests.append(digest(over))
    if problems:
        raise MappingError(problems)
    joined = digests[0] if not folders else f"sha256:{hashlib.sha256(' '.join(digests).encode()).hexdigest()}"
    catalog = build(pieces, provider_schema(), __version__, joined)
    catalog.mappings = folders
    return catalog
