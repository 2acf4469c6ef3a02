"""Where the shipped mapping files are: in the installed package, or beside it in a working tree.

Plain ``os.path``: this runs at every start, and importlib.resources alone costs more than reading the catalogue.
"""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def mappings_folder() -> str:
    """Absolute path of the shipped ``mappings`` folder."""
    inside = os.path.join(_PACKAGE, "mappings")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), "mappings")


def compiled_folder() -> str:
    """Absolute path of the compiled catalogue."""
    return os.path.join(mappings_folder(), "compiled")


def provider_file() -> str:
    """Absolute path of the compact provider schema."""
    return os.path.join(mappings_folder(), "provider", "aws.json.gz")


def filled_blocks_file() -> str:
    """Absolute path of the list of blocks that the provider fills in."""
    return os.path.join(mappings_folder(), "provider", "filled-blocks.json")


def services_file() -> str:
    """Absolute path of the list of resource prefixes and the AWS services they belong to."""
    return os.path.join(mappings_folder(), "provider", "services.json")
