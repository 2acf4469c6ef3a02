"""The hidden name of a task box: which duties it stands for, and in which state they were when it was drawn.

    <!-- d:FINGERPRINT:STATE,FINGERPRINT:STATE -->     up to MEMBERS duties
    <!-- d:*SET:STATES -->                             more than that: digests over all of them

A later report of the same duties in the same state has the same name, whatever else moved: so a reviewer's tick can be carried
over (publish/ticks.py). Plan text never stands in it.
"""

from __future__ import annotations

from tfsrm.model.digest import sha256
from tfsrm.report.view import Row

MEMBERS = 12
"""Duties that a name lists one by one."""


def box_name(row: Row) -> str:
    """The HTML comment behind a row."""
    duties = sorted((d.fingerprint, d.state_digest) for d in row.duties)
    if len(duties) <= MEMBERS:
        return f"<!-- d:{','.join(f'{fingerprint}:{state}' for fingerprint, state in duties)} -->"
    first = row.first
    who = _digest("\n".join((first.control, first.change, first.occasion, str(first.verdict), first.scope, first.role)))
    return f"<!-- d:*{who}:{_digest(chr(10).join(':'.join(pair) for pair in duties))} -->"


def _digest(text: str) -> str:
    return sha256(text.encode())[:16]
