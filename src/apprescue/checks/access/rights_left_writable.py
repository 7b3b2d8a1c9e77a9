"""People can give themselves rights in a form that takes every field.

What we look at: Django REST framework serializers that store what the request holds, whether a role, a flag of the
staff, a balance or a plan is among the fields that they accept, and who may call the addresses that use them.
Why it matters: the form of your page does not show the field; whoever writes the request himself adds it, signs up as
an admin or fills his own balance.
How to repair: list such fields under `read_only_fields` (or leave them out of `fields`), and set them in code.
When it is fine: addresses that ask for an admin's role first; roles of which none has power over others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Step
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.routes import head

_POWER = re.compile(r"(?i)admin|staff|super|moderat|owner|root|manager")
_PEOPLE = re.compile(r"(?i)user|profile|account|member|wallet|creator|employee|staff|customer|subscri")
_LISTED = re.compile(
    r"class \w*(?:Role|Type)\w*\([^)]*Choices\):((?:\n[ \t]+.*)+)|ROLE\w*\s*=\s*[\[(]((?:.|\n)*?)\n\s*[\])]"
)
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
            rights = next((f for f in _accepted(app, node) if _gives(app, f)), "")
            if rights and place not in told:
                told.add(place)
                detail = f"{route} lets the caller set “{rights}”: {node.name} accepts it."
                yield Seen(head(route), detail, related=(place,))


def _serializer(step: Step) -> tuple[t.Class, Code] | None:
    """The class of a model's serializer that is made with the data of the request, and where it stands."""
    made = step.result.function if step.result is not None else None
    node, module = getattr(made, "node", None), getattr(made, "module", None)
    if not isinstance(node, t.Class) or not any(_last(b).endswith("ModelSerializer") for b in node.bases):
        return None
    given = step.keywords.get("data") or (step.args[1] if len(step.args) > 1 else None)
    return (node, Code(module.path, node.line)) if module and given is not None and given.is_input else None


def _accepted(app: App, node: t.Class) -> list[str]:
    """The fields of people's own rows that a serializer takes from the request."""
    meta = next((m for m in node.body if isinstance(m, t.Class) and m.name == "Meta"), None)
    given = _settings(meta)
    model = given.get("model")
    if model is None or not _PEOPLE.search(_last(model)):
        return []
    read_only = (name for name, value in _settings(node).items() if _reads_only(value))
    closed = {*_texts(given.get("read_only_fields")), *read_only}
    fields = given.get("fields")
    named = _texts(fields)
    if isinstance(fields, t.Literal) and fields.value == "__all__":
        named = [c.name for table in app.schema.tables if _is_of(table.name, _last(model)) for c in table.columns]
    return [name for name in named if name not in closed]


def _settings(node: t.Class | None) -> dict[str, t.Node]:
    """What a class's body sets, by name."""
    return {
        m.target.id: m.value
        for m in (node.body if node is not None else ())
        if isinstance(m, t.Assign) and isinstance(m.target, t.Name) and m.value is not None
    }


def _reads_only(value: t.Node | None) -> bool:
    if not isinstance(value, t.Call):
        return False
    asked = value.keywords.get("read_only")
    always = re.search(r"SerializerMethodField|ReadOnlyField|HiddenField", _last(value.callee))
    return bool(always) or (isinstance(asked, t.Literal) and asked.value is True)


def _is_of(table: str, model: str) -> bool:
    return table.replace("_", "").lower().endswith(model.replace("_", "").lower())


def _texts(node: t.Node | None) -> list[str]:
    items = node.items if isinstance(node, t.Array) else []
    return [i.value for i in items if isinstance(i, t.Literal) and isinstance(i.value, str)]


def _last(node: t.Node) -> str:
    return node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""


def _gives(app: App, field: str) -> bool:
    """Whether a field gives power or money; a role of which no value has power over others does not."""
    if not meaning.RIGHTS.match(field):
        return False
    if not re.search(r"(?i)role|type", field):
        return True
    listed = [m[1] or m[2] for path, text in app.files.items() if path.endswith(".py") for m in _LISTED.finditer(text)]
    return not listed or any(map(_POWER.search, listed))
