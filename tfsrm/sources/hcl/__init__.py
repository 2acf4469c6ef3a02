"""Terraform configuration without a plan: a root module with the modules that it calls, or text at hand.

What only a plan can tell is unknown, with the reason. The parts that parse and evaluate are imported when there is something
to parse: an earlier run may have read the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tfsrm.model.world import Input
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.earlier import Earlier
from tfsrm.sources.hcl.options import Options
from tfsrm.sources.hcl.store import Store

if TYPE_CHECKING:
    from tfsrm.sources.documents import Document

__all__ = ["Earlier", "Options", "read", "read_directory", "read_hcl_text", "remembered"]


def read_hcl_text(files: dict[str, str], path: str = "configuration") -> Input:
    """Read configuration from text: file name -> content. Raises InputError."""
    from tfsrm.sources.hcl import reading

    return reading.read_hcl_text(files, path)


@contextmanager
def remembered(path: str, options: Options | None = None) -> Iterator[Earlier]:
    """What earlier runs made of this directory."""
    with Store.open() as store:
        yield Earlier(store, path, options or Options())


def read_directory(path: str, options: Options | None = None, earlier: Earlier | None = None) -> Input:
    """Read a root module and the modules that it calls. Raises InputError, UsageError."""
    if earlier is None:
        with remembered(path, options) as own:
            return read_directory(path, options, own)
    found = earlier.input()
    if found is None:
        from tfsrm.sources.hcl import reading

        disk = Disk()
        found = reading.read_directory(path, options or Options(), disk, earlier.store)
        earlier.keep(found, disk)
    return found


def read(document: Document) -> Input:
    """Read a single file of configuration. Raises InputError."""
    from tfsrm.sources.hcl import reading

    return reading.read(document)
