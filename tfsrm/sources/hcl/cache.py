"""Parsed files, from an earlier run where it has parsed the same text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import msgspec

from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.nodes import Parsed
from tfsrm.sources.hcl.store import Store, key


def parsed(text: str, parse: Callable[[str], Parsed], store: Store) -> Parsed:
    """What ``parse`` says of this text."""
    try:
        at = key(b"parsed", parse.__name__.encode(), text.encode())
    except UnicodeEncodeError:  # half a character
        at = None
    content = store.read(at)
    if content is not None:
        with suppress(msgspec.MsgspecError, RecursionError), paused():
            return _decoder().decode(content)
    found = parse(text)
    with suppress(RecursionError, OverflowError, ValueError):  # what cannot be written down is parsed again
        store.write(at, msgspec.msgpack.encode(found))
    return found


@lru_cache(maxsize=1)
def _decoder() -> msgspec.msgpack.Decoder[Parsed]:
    return msgspec.msgpack.Decoder(Parsed)
