"""Terraform configuration without a plan: a root module with the modules that it calls, or text at hand.

What only a plan can tell is unknown, with the reason. The parts that parse and evaluate are imported when there is something
to parse: an earlier run may have read the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfsrm.model.world import Input
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.earlier import Earlier
from tfsrm.sources.hcl.options import Options
from tfsrm.sources.hcl.store import Store

if TYPE_CHECKING:
    from tfsrm.sources.documents import Document

__all__ = ["Options", "read", "read_directory", "read_hcl_text"]


def read_hcl_text(files: dict[str, str], path: str = "configuration") -> Input:
    """Read configuration from text: file name -> content. Raises InputError."""
    from tfsrm.sources.hcl import reading

    return reading.read_hcl_text(files, path)


def read_directory(path: str, options: Options | None = None) -> Input:
    """Read a root module and the modules that it calls. Raises InputError, UsageError."""
    options = options or Options()
    with Store.open() as store:
        earlier = Earlier(store, path, options)
        found = earlier.found()
        if found is None:
            from tfsrm.sources.hcl import reading

            disk = Disk()
            found = reading.read_directory(path, options, disk, store)
            earlier.keep(found, disk)
        return found


def read(document: Document) -> Input:
    """Read a single file of configuration. Raises InputError."""
    from tfsrm.sources.hcl import reading

    return reading.read(document)
