"""Terraform configuration without a plan: one directory, or text at hand. What only a plan can tell is unknown."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfsrm.errors import InputError
from tfsrm.model.world import Input, NotSeen
from tfsrm.sources import hcl_module
from tfsrm.sources.documents import Document
from tfsrm.sources.hcl_front import MAX_SIZE
from tfsrm.sources.hcl_world import Builder

_NEXT = "Give the directory of a root module, or the JSON of a plan."


def read_hcl_text(files: dict[str, str], path: str = "configuration") -> Input:
    """Read configuration from text: file name -> content. Raises InputError."""
    return _read(files, path, {})


def read_directory(path: str) -> Input:
    """Read the ``.tf`` files of one directory (not those below it). Raises InputError."""
    directory = Path(path)
    try:
        entries = sorted(p for p in directory.iterdir() if not p.name.startswith(".") and p.is_file())
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}", _NEXT) from None
    wanted = [p for p in entries if p.suffix == ".tf" or hcl_module.is_tfvars(p.name)]
    if not any(p.suffix == ".tf" for p in wanted):
        raise InputError(path, _without(entries), _NEXT)
    files = {p.name: _text(p) for p in wanted}
    source = _read(files, path, {p.name: str(p) for p in wanted})
    others = tuple(
        NotSeen(
            what=p.name,
            because="configuration in JSON syntax is not read" if p.suffix == ".json" else ".tofu files are not read",
        )
        for p in entries
        if p.name.endswith((".tf.json", ".tofu", ".tofu.json"))
    )
    return _with(source, not_seen=(*source.not_seen, *others))


def read(document: Document) -> Input:
    """Read a single file of configuration. Raises InputError."""
    source = _read({"main.tf": str(document.data, "utf-8")}, document.where, {"main.tf": document.where})
    return _with(
        source,
        digest=document.digest,
        caveats=("One file of configuration: what other files of its directory define is not seen.",),
    )


def _with(source: Input, **changes: object) -> Input:
    import msgspec

    return msgspec.structs.replace(source, **changes)


def _without(entries: list[Path]) -> str:
    if any(p.name.endswith((".tf.json", ".tofu")) for p in entries):
        return "a directory whose configuration is in JSON syntax or for OpenTofu only, which tfsrm does not read"
    return "a directory without .tf files"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_SIZE:
            raise InputError(str(path), f"larger than {MAX_SIZE // 1024**2} MiB, which no configuration file is", _NEXT)
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}", "Make it readable.") from None
    except UnicodeDecodeError as error:
        where = f"{path}:{error.object[: error.start].count(10) + 1}"
        raise InputError(where, "not valid UTF-8 text", "Save the file as UTF-8.") from None


def _read(files: dict[str, str], path: str, labels: dict[str, str]) -> Input:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode("utf-8", "surrogatepass"))
    with _no_garbage():
        try:
            builder = Builder(hcl_module.module(files, labels))
            world = builder.world()
        except RecursionError:
            raise InputError(path, "nested too deeply to be read", "Check it with: terraform validate") from None
    return Input(
        kind="hcl",
        path=path,
        digest=f"sha256:{digest.hexdigest()}",
        not_seen=tuple(builder.not_seen),
        after=world,
    )


@contextmanager
def _no_garbage() -> Iterator[None]:
    """The parser makes many objects and no garbage: pausing the collector saves a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
