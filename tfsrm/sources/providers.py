"""Provider names of all the forms that Terraform and OpenTofu have written, as ``namespace/type``."""

from __future__ import annotations

import re
from functools import lru_cache

_IN_STATE = r'(?s)(?:module\..*\.)?provider\["([^"]*)"\](?:\.(.+))?$'
_IN_OLD_STATE = r"(?s)(?:module\..*\.)?provider\.([^.]+)(?:\.(.+))?$"


@lru_cache(maxsize=256)
def provider(name: str) -> str:
    """``registry.opentofu.org/hashicorp/aws``, ``registry.terraform.io/-/aws``, ``aws.west`` -> ``hashicorp/aws``.

    A mirror keeps the namespace, so the host says nothing.
    """
    return provider_and_config(name)[0]


@lru_cache(maxsize=256)
def provider_and_config(name: str) -> tuple[str, str]:
    """The provider, and the ``provider_config_key`` where the name carries an alias (as in a state file)."""
    alias = ""
    if "provider" not in name:
        pass  # a plan's own form
    elif match := re.compile(_IN_STATE).match(name) or re.compile(_IN_OLD_STATE).match(name):
        name, alias = match.group(1), match.group(2) or ""
    parts = [part for part in name.split("/") if part]
    if len(parts) < 2:
        kind, _, own = name.partition(".")
        kind, alias = kind.lower(), alias or own
        return f"hashicorp/{kind}", _config(kind, alias)
    namespace, kind = parts[-2].lower(), parts[-1].lower()
    if namespace == "-":
        namespace = "hashicorp"
    return f"{namespace}/{kind}", _config(kind, alias)


def _config(kind: str, alias: str) -> str:
    return f"{kind}.{alias}" if alias else kind
