"""What data sources answer, as ``--set-data`` gives it: for one of them, for all of a name, or for all of a type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tfsrm.errors import UsageError
from tfsrm.sources import addresses
from tfsrm.sources.hcl.values import Value
from tfsrm.sources.hcl.variables import written

if TYPE_CHECKING:
    from tfsrm.sources.hcl.objects import Instance

_NAME = r'(?s)((?:[^="\[]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])+)=(.*)'
"""An equals sign inside of an instance key does not end the name."""
_EXPRESSION = ("[", "{", '"')
"""What a value begins with that is an expression; any other is a text."""


class Answers:
    """Values of attributes by the name that they were given under."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        """``given``: ``ADDRESS.ATTRIBUTE=VALUE`` each. Raises UsageError."""
        self._given = dict(map(_read, given))

    def of(self, instance: Instance, name: str) -> Value:
        """What was given for the attribute of the data source; None where nothing was. The closest name holds."""
        if not self._given:
            return None
        kind, label = instance.definition.labels
        own, anywhere = instance.scope.prefix, "".join(f"module.{call}." for call in instance.scope.path)
        names = (
            f"{own}data.{kind}.{label}",
            f"{anywhere}data.{kind}.{label}",
            f"data.{kind}.{label}",
            f"data.{kind}.*",
        )
        found = (f"{address}.{name}" for address in (instance.address, *names))
        return next((self._given[each] for each in found if each in self._given), None)


def _read(text: str) -> tuple[str, Value]:
    """The full name and the value."""
    match = re.fullmatch(_NAME, text)
    name, value = match.groups() if match else (text, "")
    address, _, attribute = name.strip().rpartition(".")
    found = addresses.parse(address)
    if not match or found is None or not re.fullmatch(r"[\w-]+", attribute) or addresses.join(*found) != address:
        raise UsageError(
            "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE\n  Write it as --set-data aws_region.current.name=eu-west-1,"
            " for one module with the whole address: module.net.data.aws_region.current.name=eu-west-1."
        )
    full = f"{addresses.join(*found._replace(mode='data'))}.{attribute}"
    return full, written(value, f"--set-data {name.strip()}") if value.startswith(_EXPRESSION) else value
