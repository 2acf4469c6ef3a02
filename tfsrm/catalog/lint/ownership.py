"""No duty lies where the customer has nothing to do."""

from __future__ import annotations

from tfsrm.catalog.lint.scope import Scope
from tfsrm.model.catalog import Control, ResourceType, Service, TypeDuty, Variant
from tfsrm.model.condition import Owner


def lines_complete(scope: Scope) -> None:
    """Every service model says whose each part is, and no part that there is not."""
    for model in scope.own.model.models if scope.own.model else []:
        for part in sorted(scope.parts - set(model.line)):
            scope.wrong(model, "line", f"model {model.id}: no owner for part {part}")
        for part in model.line:
            scope.refers(model, "line", part, scope.parts, "part")


def duties_lie_with_customer(scope: Scope) -> None:
    """For every variant to which a duty applies, its part (or layer) must be the customer's or shared."""
    for at in scope.duties():
        if at.kind == "service" and at.service is not None:
            _judge(scope, at.duty, at.service, None, None)
    for _, found in scope.own_types():
        home, merged = scope.types[found.type]
        for duty in (*found.duties, *found.on_delete):
            _in_variants(scope, duty, home, merged)
        for decommission in (False, True):
            _of_role(scope, found, decommission)


def _of_role(scope: Scope, found: ResourceType, decommission: bool) -> None:
    """Duties that the role brings: reported at the type, which can say `without`."""
    own = {id(d) for d in (found.on_delete if decommission else found.duties)}
    if found.no_duty:
        return
    home, merged = scope.types[found.type]
    for duty in scope.effective(merged, decommission):
        if id(duty) in own or duty in merged.duties or duty in merged.on_delete:
            continue
        for text in _misplaced(scope, duty, home, merged):
            where = scope.places.where(found, "role")
            scope.problems.append(f"{where}: {found.type}: role {found.role} brings {duty.control}, but {text}")


def _in_variants(scope: Scope, duty: TypeDuty, service: Service, found: ResourceType) -> None:
    for text in _misplaced(scope, duty, service, found):
        scope.wrong(duty, "control", f"{duty.control}: {text}")


def _misplaced(scope: Scope, duty: TypeDuty, service: Service, found: ResourceType) -> list[str]:
    variants: list[Variant | None] = [v for v in found.variants if not duty.variants or v.title in duty.variants]
    out = []
    for variant in variants if found.variants else [None]:
        text = _owner_problem(scope, duty, service, found, variant)
        if text:
            out.append(text)
    return out


def _judge(scope: Scope, duty: TypeDuty, service: Service, found: ResourceType | None, variant: Variant | None) -> None:
    text = _owner_problem(scope, duty, service, found, variant)
    if text:
        scope.wrong(duty, "control", f"{duty.control}: {text}")


def _owner_problem(
    scope: Scope, duty: TypeDuty, service: Service, found: ResourceType | None, variant: Variant | None
) -> str | None:
    control = scope.controls.get(duty.control)
    line = scope.line(service, found, variant)
    if control is None or line is None or control.layer not in scope.layers:
        return None
    owner = owner_of(control, line, scope.layers[control.layer])
    if owner not in ("aws", "none"):
        return None
    model = (variant.model if variant else None) or (found.model if found else None) or service.model
    where = f"in variant {variant.title!r} ({model})" if variant else f"in {model}"
    what = f"part {control.part}" if control.part else f"layer {control.layer}"
    whose = "is AWS's" if owner == "aws" else "does not exist"
    return f"{what} {whose} {where}; limit it to `variants`, or override the `line` with a reason"


def owner_of(control: Control, line: dict[str, Owner], parts: list[str]) -> Owner:
    """The owner of the control's part; of its layer where it names none: parts that are not there do not count."""
    if control.part is not None:
        return line.get(control.part, "none")
    there = {line.get(part, "none") for part in parts} - {"none"}
    if not there:
        return "none"
    return there.pop() if len(there) == 1 else "shared"
