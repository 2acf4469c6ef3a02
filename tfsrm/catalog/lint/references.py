"""Names that refer to something: is it there, and of the right kind?"""

from __future__ import annotations

from tfsrm.catalog.lint.scope import DutyAt, Scope
from tfsrm.model.catalog import Control, LineOverride, ResourceType, Settles, Variant
from tfsrm.model.condition import ControlClass, Part


def controls(scope: Scope) -> None:
    """Duties name a control that fits: not AWS's alone, of the right scope and occasion."""
    for at in scope.duties():
        if scope.refers(at.duty, "control", at.duty.control, scope.controls, "control"):
            _fits(scope, at)
    for _, found in scope.own_types():
        for without in found.without:
            if scope.refers(without, "control", without.control, scope.controls, "control"):
                _brought(scope, found, without.control, without)
    for control in scope.own.controls:
        if scope.refers(control, "layer", control.layer, scope.layers, "layer") and control.part is not None:
            scope.refers(control, "part", control.part, scope.layers[control.layer], f"part of layer {control.layer}:")


def _fits(scope: Scope, at: DutyAt) -> None:
    duty, control = at.duty, scope.controls[at.duty.control]
    if control.control_class == "inherited":
        scope.wrong(duty, "control", f"{control.id} is inherited: AWS's alone, nobody's duty here")
    _scoped(scope, at, control)
    occasion = "decommission" if at.decommission else "standing"
    if control.occasion != occasion:
        place = "duties" if control.occasion == "standing" else "on_delete"
        scope.wrong(duty, "control", f"{control.id} is {control.occasion}: it belongs in `{place}`")
    if duty.severity is not None and not duty.because:
        scope.wrong(duty, "severity", "a severity that differs from the control's needs `because`")


def _scoped(scope: Scope, at: DutyAt, control: Control) -> None:
    wanted = "resource" if at.kind in ("type", "role") else at.kind
    if control.scope != wanted:
        often = {"resource": "for every resource", "service": "per service", "account": "per account"}[wanted]
        text = f"{control.id} has scope {control.scope}: as a duty of a {at.kind} it is there once {often}"
        scope.doubt(at.duty, "control", text)


def _brought(scope: Scope, found: ResourceType, control: str, piece: Part) -> None:
    role = scope.roles.get(found.role)
    brought = {d.control for d in (*role.duties, *role.on_delete)} if role else set()
    if scope.shipped and role is not None and control not in brought:
        scope.wrong(piece, "control", f"the role {found.role} does not bring {control}")


def models(scope: Scope) -> None:
    """Roles, service models, parts of lines, inherited controls."""
    for service in scope.own.services.values():
        scope.refers(service, "model", service.model, scope.models, "service model")
        _parts(scope, service.line)
        for name in service.inherited:
            _inherited(scope, service, name)
    for _, found in scope.own_types():
        scope.refers(found, "role", found.role, scope.roles, "role")
        scope.refers(found, "type", found.type, scope.schema.types(), "resource type of the provider")
        if found.model is not None:
            scope.refers(found, "model", found.model, scope.models, "service model")
        _parts(scope, found.line)
    for model in scope.own.model.models if scope.own.model else []:
        for name in model.inherited:
            _inherited(scope, model, name)


def _inherited(scope: Scope, piece: Part, name: str) -> None:
    wanted: ControlClass = "inherited"
    if (
        scope.refers(piece, "inherited", name, scope.controls, "control")
        and scope.controls[name].control_class != wanted
    ):
        scope.wrong(piece, "inherited", f"{name} is not of class inherited")


def _parts(scope: Scope, overrides: list[LineOverride]) -> None:
    for override in overrides:
        scope.refers(override, "part", override.part, scope.parts, "part")


def variants(scope: Scope) -> None:
    """Each has a name and a condition; one `otherwise`, the last; duties name variants that there are."""
    for _, found in scope.own_types():
        for position, variant in enumerate(found.variants, start=1):
            _variant(scope, variant, last=position == len(found.variants))
        _, merged = scope.types.get(found.type, (None, found))
        titles = [v.title for v in merged.variants]
        for duty in (*found.duties, *found.on_delete):
            for name in duty.variants:
                scope.refers(duty, "variants", name, titles, "variant")
    for at in scope.duties():
        if at.type is None and at.duty.variants:
            scope.wrong(at.duty, "variants", "only a duty of a type has variants")


def _variant(scope: Scope, variant: Variant, last: bool) -> None:
    if last and (variant.otherwise is None or variant.name is not None or variant.when is not None):
        scope.wrong(variant, None, "the last variant must be `otherwise: ...`, without `name` and `when`")
    elif not last and variant.otherwise is not None:
        scope.wrong(variant, "otherwise", "`otherwise` must be the last variant, and the only one")
    elif not last and (variant.name is None or variant.when is None):
        scope.wrong(variant, None, "a variant needs `name` and `when`")
    if variant.model is not None:
        scope.refers(variant, "model", variant.model, scope.models, "service model")
    _parts(scope, variant.line)


def settles(scope: Scope) -> None:
    """What a companion settles is there: host, duty, facet, and a way to find the host."""
    for _, found in scope.own_types():
        for settled in found.settles:
            hosts = [settled.of] if isinstance(settled.of, str) else settled.of
            for host in hosts:
                _settled(scope, settled, host)
            _linked(scope, settled, hosts)
        if found.no_duty and (found.duties or found.on_delete):
            scope.wrong(found, "no_duty", "`no_duty` excludes duties")


def _settled(scope: Scope, settled: Settles, host: str) -> None:
    if host.startswith("role:"):
        if not scope.refers(settled, "of", host.removeprefix("role:"), scope.roles, "role"):
            return
    elif host != "account" and not scope.refers(settled, "of", host, scope.types, "resource type of the catalogue"):
        return
    if not scope.refers(settled, "control", settled.control, scope.controls, "control"):
        return
    facets = scope.host_facets(host, settled.control)
    if facets is None:
        known = host != "account" or scope.all.model is not None
        if known and settled.control not in scope.loaded.dropped:
            scope.wrong(settled, "control", f"{host} has no duty {settled.control}")
        return
    scope.refers(settled, "facet", settled.facet, [f.id for f in facets], f"facet of {settled.control} of {host}:")


def _linked(scope: Scope, settled: Settles, hosts: list[str]) -> None:
    ways = [settled.by is not None, settled.by_tag is not None, settled.account_wide]
    if "account" in hosts:
        if any(ways):
            scope.wrong(settled, "of", "`of: account` needs no `by`, `by_tag` or `account_wide`")
    elif sum(ways) != 1:
        scope.wrong(settled, None, "`settles` needs exactly one of `by`, `by_tag`, `account_wide: true`")


def frameworks(scope: Scope) -> None:
    """Requirements name controls and types that there are."""
    for framework in scope.own.frameworks:
        for requirement in framework.requirements:
            for name in requirement.controls:
                scope.refers(requirement, "controls", name, scope.controls, "control")
            for name in requirement.types:
                scope.refers(requirement, "types", name, scope.schema.types(), "resource type of the provider")


def unused(scope: Scope) -> None:
    """Warnings: a role without types, a control that nothing uses."""
    if not scope.shipped:
        return
    used = {at.duty.control for at in scope.duties()}
    used |= {name for service in scope.own.services.values() for name in service.inherited}
    used |= {name for model in scope.models.values() for name in model.inherited}
    for control in scope.own.controls:
        if control.id not in used:
            scope.doubt(control, "id", f"no duty uses the control {control.id}")
    for role in scope.own.roles:
        if not scope.types_of_role(role.id):
            scope.doubt(role, "id", f"no resource type has the role {role.id}")
