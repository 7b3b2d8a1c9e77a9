"""People can give themselves rights in a form that takes every field.

What we look at: Django REST framework serializers that store what the request holds, whether a role, a flag of the
staff, a balance or a plan is among the fields that they accept, and who may call the addresses that use them.
Why it matters: the form of your page does not show the field; whoever writes the request himself adds it, signs up as
an admin or fills his own balance.
How to repair: list such fields under `read_only_fields` (or leave them out of `fields`), and set them in code.
When it is fine: addresses that ask for an admin's role first; roles of which none has power over others, or whose
`validate_role` refuses those that have.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Step
from apprescue.source import tree as t
from apprescue.source.routes import head
from apprescue.source.serializers import last_name, rights_taken

_WRITES = frozenset({"POST", "PUT", "PATCH", "ANY"})


@check(
    severity=Severity.CRITICAL,
    impact=Impact.DATA,
    cwe=("CWE-915", "CWE-269"),
    owasp=("A01:2025", "API3:2023"),
)
def rights_left_writable(app: App) -> Iterator[Seen]:
    """One sighting for each serializer, at the first address that takes it."""
    told: set[Code] = set()
    for route in app.routes:
        for step in route.steps if route.method in _WRITES else ():
            made = _serializer(step)
            if made is None or any(g.kind in ("role", "secret", "signature") for g in (*step.guards, *route.guards)):
                continue
            node, place = made
            rights = next(rights_taken(app, node), "")
            if rights and place not in told:
                told.add(place)
                detail = f"{route} lets the caller set “{rights}”: {node.name} accepts it."
                yield Seen(head(route), detail, related=(place,))


def _serializer(step: Step) -> tuple[t.Class, Code] | None:
    """The class of a model's serializer that is made with the data of the request, and where it stands."""
    made = step.result.function if step.result is not None else None
    node, module = getattr(made, "node", None), getattr(made, "module", None)
    if not isinstance(node, t.Class) or not any(last_name(b).endswith("ModelSerializer") for b in node.bases):
        return None
    given = step.keywords.get("data") or (step.args[1] if len(step.args) > 1 else None)
    return (node, Code(module.path, node.line)) if module and given is not None and given.is_input else None
