"""Serializers of Django REST framework: which fields of people's own rows they take, and which of them give rights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.source import meaning
from apprescue.source import tree as t

_POWER = re.compile(r"(?i)admin|staff|super|moderat|owner|root|manager")
_PEOPLE = re.compile(r"(?i)user|profile|account|member|wallet|creator|employee|staff|customer|subscri")
_LISTED = re.compile(
    r"class (?P<kind>\w*(?:Role|Type)\w*)\([^)]*Choices\):(?P<rows>(?:\n[ \t]+.*)+)"
    r"|(?P<name>\b\w*(?:ROLE|TYPE)\w*)\s*=\s*[\[(](?P<items>(?:.|\n)*?)\n\s*[\])]"
)
_VALUE = re.compile(r"""(?:=|\()\s*(["'])(?P<value>[^"'\n]+)\1""")
_OF_KIND = re.compile(r"(?i)role|type")


def rights_taken(app: App, node: t.Class) -> Iterator[str]:
    """The fields by which a serializer lets the caller give himself power or money."""
    return (name for name in _accepted(app, node) if _gives(app, name))


def powers_of(app: App, field: str) -> list[str]:
    """The values of a role, as the app lists them, that have power over others."""
    rows = "\n".join(_listed(app, field)) if _OF_KIND.search(field) else ""
    return list(dict.fromkeys(found["value"] for found in _VALUE.finditer(rows) if _POWER.search(found["value"])))


def settings_of(node: t.Class | None) -> dict[str, t.Node]:
    """What a class's body sets, by name."""
    return {
        m.target.id: m.value
        for m in (node.body if node is not None else ())
        if isinstance(m, t.Assign) and isinstance(m.target, t.Name) and m.value is not None
    }


def meta_of(node: t.Class) -> t.Class | None:
    """The class that tells a serializer's model and fields."""
    return next((m for m in node.body if isinstance(m, t.Class) and m.name == "Meta"), None)


def last_name(node: t.Node) -> str:
    """The last part of a name."""
    return node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""


def _accepted(app: App, node: t.Class) -> list[str]:
    """The fields of people's own rows that a serializer takes from the request."""
    given = settings_of(meta_of(node))
    model = given.get("model")
    if model is None or not _PEOPLE.search(last_name(model)):
        return []
    read_only = (name for name, value in settings_of(node).items() if _reads_only(value))
    closed = {*_texts(given.get("read_only_fields")), *read_only, *_refused(node)}
    fields = given.get("fields")
    named = _texts(fields)
    if isinstance(fields, t.Literal) and fields.value == "__all__":
        named = [c.name for table in app.schema.tables if _is_of(table.name, last_name(model)) for c in table.columns]
    return [name for name in named if name not in closed]


def _refused(node: t.Class) -> Iterator[str]:
    """The fields of which a method of the serializer refuses values: `validate_role`."""
    for one in node.body:
        if isinstance(one, t.Function) and any(isinstance(n, t.Throw) for n in one.walk()):
            yield one.name.removeprefix("validate_")


def _reads_only(value: t.Node | None) -> bool:
    if not isinstance(value, t.Call):
        return False
    asked = value.keywords.get("read_only")
    always = re.search(r"SerializerMethodField|ReadOnlyField|HiddenField", last_name(value.callee))
    return bool(always) or (isinstance(asked, t.Literal) and asked.value is True)


def _is_of(table: str, model: str) -> bool:
    return table.replace("_", "").lower().endswith(model.replace("_", "").lower())


def _texts(node: t.Node | None) -> list[str]:
    items = node.items if isinstance(node, t.Array) else []
    return [i.value for i in items if isinstance(i, t.Literal) and isinstance(i.value, str)]


def _gives(app: App, field: str) -> bool:
    """Whether a field gives power or money; a role of which no value has power over others does not."""
    if not meaning.RIGHTS.match(field):
        return False
    if not _OF_KIND.search(field):
        return True
    listed = _listed(app, field)
    return not listed or any(map(_POWER.search, listed))


def _listed(app: App, field: str) -> list[str]:
    """What a role can be, as the app lists it: under the field's own name, or else under that of any role."""
    found = [m for path, text in app.files.items() if path.endswith(".py") for m in _LISTED.finditer(text)]
    own = [m for m in found if _plain(m["kind"] or m["name"]).startswith(_plain(field))]
    any_role = [m for m in found if "role" in _plain(m["kind"] or m["name"]) or m["kind"]]
    return [m["rows"] or m["items"] for m in own or any_role]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
