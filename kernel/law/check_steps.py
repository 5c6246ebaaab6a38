"""Can every procedure be carried out? Steps that exist, no circles, somebody to escalate to."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kernel.law.check import Finding
from kernel.law.plan import SilenceRule, StepKind
from kernel.law.procedure import LicenceType, Procedure, StepRule
from kernel.law.schema import Rules
from kernel.law.source import Where

CONSENT: Final = re.compile(r"""(["'])consent\1\s+in\s+consequences""")


def check_procedures(rules: Rules) -> Iterator[Finding]:
    """Findings in all procedures of all licence types."""
    for n, kind in enumerate(rules.licence_types):
        for name, procedure in kind.procedures.items():
            path: Where = ("licence_types", n, "procedures", name, "steps")
            yield from _check_names(procedure, path)
            yield from _check_circles(procedure, path)
            yield from _check_silence(rules, procedure, path)
            yield from _check_consent(procedure, path)
            yield from _check_money(kind, procedure, path)
        yield from _check_needed(kind, ("licence_types", n))


def _check_names(procedure: Procedure, path: Where) -> Iterator[Finding]:
    ids = [step.id for step in procedure.steps]
    for n, step in enumerate(procedure.steps):
        if step.id in ids[:n]:
            yield Finding((*path, n, "id"), f"{step.id} is defined twice")
        for member, m, other in _named(step):
            if other not in ids:
                yield Finding((*path, n, member, m), f"{other} is no step of this procedure")
            elif other == step.id:
                yield Finding((*path, n, member, m), f"{other} names itself")
    if not any(step.kind is StepKind.DECISION for step in procedure.steps):
        yield Finding(path, "nobody decides: a procedure has a step of kind decision")


def _named(step: StepRule) -> Iterator[tuple[str, int, str]]:
    """Other steps that a step names: in which member, where in it, which one."""
    yield from (("after", m, other) for m, other in enumerate(step.after))
    yield from (("incompatible_with", m, other) for m, other in enumerate(step.incompatible_with))


def _check_circles(procedure: Procedure, path: Where) -> Iterator[Finding]:
    after = {step.id: step.after for step in procedure.steps}
    for n, step in enumerate(procedure.steps):
        circle = _circle(step.id, after)
        if circle and step.id == min(circle[:-1]):
            yield Finding((*path, n, "after"), f"the steps run in a circle: {' < '.join(circle)}")


def _circle(start: str, after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A way from the step back to itself along `after`, or nothing."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for before in after.get(way[-1], ()):
            if before == start and len(way) > 1:
                return [*way, start]
            if before not in seen:
                seen.add(before)
                ways.append([*way, before])
    return []


def _check_silence(rules: Rules, procedure: Procedure, path: Where) -> Iterator[Finding]:
    for n, step in enumerate(procedure.steps):
        silence = step.silence
        if SilenceRule.ESCALATE not in (silence.rule, silence.then) or silence.to_office:
            continue
        alone = [o.id for o in rules.offices if o.agency == step.agency and not o.escalates_to]
        for office in alone:
            where: Where = (*path, n, "silence", "rule")
            yield Finding(where, f"nobody takes over from {office}: it escalates to no office")


def _check_consent(procedure: Procedure, path: Where) -> Iterator[Finding]:
    """Silence is no consent: whatever an article says, a step that asks for it is never deemed."""
    for n, step in enumerate(procedure.steps):
        silence = step.silence
        asks = step.when is not None and CONSENT.search(str(step.when)) is not None
        if asks and SilenceRule.DEEMED_APPROVED in (silence.rule, silence.then):
            yield Finding((*path, n, "silence", "rule"), "consent is never given by silence")


def _check_money(kind: LicenceType, procedure: Procedure, path: Where) -> Iterator[Finding]:
    place = next((s for s in procedure.steps if s.id == kind.conditional_fee), None)
    if kind.conditional_fee is None:
        return
    if place is None or place.kind is not StepKind.FEE:
        yield Finding((path[0], path[1], "conditional_fee"), "it is no fee step of the procedure")
    elif place.after or place.when or place.silence.rule is not SilenceRule.VOID:
        yield _stays_conditional(procedure, place, path)


def _stays_conditional(procedure: Procedure, place: StepRule, path: Where) -> Finding:
    n = procedure.steps.index(place)
    return Finding(
        (*path, n), "the fee of a conditional place is due at once, always, and void when unpaid"
    )


def _check_needed(kind: LicenceType, path: Where) -> Iterator[Finding]:
    ground = kind.ground
    for low, high in (("min_hectares", "max_hectares"), ("min_units", "max_units")):
        least, most = getattr(ground, low), getattr(ground, high)
        if least is not None and most is not None and float(least) > float(most):
            yield Finding((*path, "ground", low), f"{low} is more than {high}")
