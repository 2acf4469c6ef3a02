"""Which variant of a resource type a resource is, and so where its line runs."""

from __future__ import annotations

import msgspec

from tfsrm.assess.conditions import Answer, Context, Place, evaluate
from tfsrm.assess.knowledge import Knowledge, Known
from tfsrm.assess.worlds import Subject
from tfsrm.model.catalog import Variant, joint_owner
from tfsrm.model.condition import Owner


class Choice(msgspec.Struct, frozen=True):
    """The variant of a resource; several candidates where it cannot be decided."""

    candidates: tuple[Variant, ...]
    """Empty: the type has no variants."""
    because: str

    @property
    def decided(self) -> bool:
        return len(self.candidates) <= 1

    @property
    def title(self) -> str | None:
        """The variant's title, or all candidates' titles."""
        return " or ".join(v.title for v in self.candidates) or None


def choose(known: Known, subject: Subject, ctx: Context) -> Choice:
    """The first variant that surely holds after all earlier ones are surely no."""
    candidates: list[Variant] = []
    doubts: list[Answer] = []
    for variant in known.type.variants:
        if variant.when is None:
            candidates.append(variant)
            return Choice(tuple(candidates), _because(doubts, "nothing says otherwise"))
        answer = evaluate(variant.when, Place(subject, subject.root), ctx)
        if answer.value is True:
            candidates.append(variant)
            return Choice(tuple(candidates), _because(doubts, answer.because))
        if answer.value is None:
            candidates.append(variant)
            doubts.append(answer)
    return Choice(tuple(candidates), _because(doubts, ""))


def _because(doubts: list[Answer], otherwise: str) -> str:
    return f"not decided: {doubts[0].because}" if doubts else otherwise


def line_of(known: Known, choice: Choice, knowledge: Knowledge) -> dict[str, Owner]:
    """part -> owner; where the variant is not decided, a part on which the candidates differ is shared."""
    lines = [knowledge.line(known, v) for v in choice.candidates or (None,)]
    return {part: joint_owner([line[part] for line in lines]) for part in lines[0]}
