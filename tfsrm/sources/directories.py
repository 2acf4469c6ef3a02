"""A directory of plans: what ``terragrunt --json-out-dir`` or the pipeline of a monorepo leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")
_PLANS = (".json", ".json.gz")
_OTHERS = frozenset(("node_modules",))


def plans_below(path: str) -> list[str]:
    """The JSON files of a directory and of those below it, sorted; none where the directory itself holds configuration.

    Hidden files and folders (``.terraform``, ``.terragrunt-cache``) are not looked at.
    """
    try:
        with os.scandir(path) as entries:
            if any(entry.name.endswith(_CONFIGURATION) and entry.is_file() for entry in entries):
                return []
    except OSError:
        return []
    found: list[str] = []
    for folder, below, files in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".") and name not in _OTHERS]
        found += [Path(folder, name).as_posix() for name in files if name.endswith(_PLANS) and not name.startswith(".")]
    return sorted(found)
