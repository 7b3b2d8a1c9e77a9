"""What a Prisma schema file says of its models: fields, the columns behind them, and relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_MODEL = re.compile(r"^\s*(?:model|view)\s+(\w+)\s*\{(.*?)^\s*\}", re.S | re.M)
_FIELD = re.compile(r"^\s*(\w+)\s+(\w+)(\[\])?(\?)?\s*(.*)$")
_MAP = re.compile(r"@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_MAP_MODEL = re.compile(r"@@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_SCHEMA = re.compile(r"@@schema\(\s*\"([^\"]+)\"")
_KEYS = re.compile(r"@@(?:unique|id)\(\s*(?:fields:\s*)?\[([^\]]*)\](?:[^)]*?name:\s*\"(\w+)\")?")
_RELATION = re.compile(r"@relation\(\s*(?:name:\s*)?\"([^\"]+)\"")
_LIST = r"\b%s:\s*\[([^\]]*)\]"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model. `kind` is its type or the model that it relates to; `own` and `other` are the fields that a
    relation compares, empty on the side that has no key."""

    name: str
    kind: str
    many: bool
    column: str
    own: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    relation: str = ""
    unique: bool = False
    updated: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model, the table `schema.name` behind it, its fields, and the fields of its keys by the name of each key."""

    name: str
    table: str
    fields: dict[str, Field]
    keys: dict[str, tuple[str, ...]]
    identity: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A relation, seen from one model: `own` fields equal the `other` ones of `model`. `through` is the table between
    two models that have many of each other, its column on this side and that on the other."""

    model: Model
    many: bool
    own: tuple[str, ...]
    other: tuple[str, ...]
    through: tuple[str, str, str] = ("", "", "")


@dataclass
class Models:
    """The models of an app, by name."""

    models: dict[str, Model] = field(default_factory=dict)

    def named(self, accessor: str) -> Model | None:
        """The model that the client calls `accessor`."""
        return next((m for n, m in self.models.items() if n[:1].lower() + n[1:] == accessor or n == accessor), None)

    def link(self, model: Model, name: str) -> Link | None:
        """The relation of that name; None for a field that is none."""
        here = model.fields.get(name)
        there = self.models.get(here.kind) if here else None
        if here is None or there is None:
            return None
        if here.own:
            return Link(there, here.many, here.own, here.other)
        back = [f for f in there.fields.values() if f.kind == model.name and f.relation == here.relation and f != here]
        keyed = next((f for f in back if f.own), None)
        if keyed is not None:
            return Link(there, here.many, keyed.other, keyed.own)
        return _between(model, there, here) if here.many else None


def _between(model: Model, there: Model, here: Field) -> Link | None:
    if len(model.identity) != 1 or len(there.identity) != 1:
        return None
    first, second = sorted((model.name, there.name))
    table = f"{model.table.partition('.')[0]}._{here.relation or f'{first}To{second}'}"
    sides = ("A", "B") if model.name == first else ("B", "A")
    return Link(there, True, model.identity, there.identity, (table, *sides))


def models(files: Mapping[str, str]) -> Models:
    """The models of every `.prisma` file."""
    texts = [text for path, text in files.items() if path.endswith(".prisma")]
    found = [block for text in texts for block in _MODEL.findall(text)]
    names = {name for name, _ in found}
    return Models({name: _model(name, body, names) for name, body in found})


def _model(name: str, body: str, names: set[str]) -> Model:
    lines = [line.partition("//")[0] for line in body.split("\n")]
    text = "\n".join(lines)
    fields = {f.name: f for line in lines if (f := _field(line, names)) is not None}
    keys = {tuple_name: parts for parts, tuple_name in _keys(text)}
    single = next((line.split()[0] for line in lines if re.search(r"(?<!@)@id\b", line)), "")
    whole = re.search(r"@@id\(\s*(?:fields:\s*)?\[([^\]]*)\]", text)
    identity = (single,) if single else _names(whole[1]) if whole else ()
    mapped, schema = _MAP_MODEL.search(text), _SCHEMA.search(text)
    table = f"{schema[1] if schema else 'public'}.{mapped[1] if mapped else name}"
    identity = identity or tuple(f.name for f in fields.values() if f.unique)[:1]
    return Model(name, table, fields, keys, identity)


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for listed, given in _KEYS.findall(text):
        parts = _names(listed)
        yield parts, given or "_".join(parts)


def _field(line: str, names: set[str]) -> Field | None:
    found = _FIELD.match(line)
    if found is None or line.strip().startswith("@"):
        return None
    name, kind, many, _, rest = found.groups()
    mapped, relation = re.search(r"(?<!@)" + _MAP.pattern, rest), _RELATION.search(rest)
    own, other = (re.search(_LIST % word, rest) for word in ("fields", "references"))
    related = kind in names
    return Field(
        name,
        kind,
        bool(many),
        mapped[1] if mapped else name,
        _names(own[1]) if own and related else (),
        _names(other[1]) if other and related else (),
        relation[1] if relation and related else "",
        bool(re.search(r"(?<!@)@(?:id|unique)\b", rest)),
        "@updatedAt" in rest,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := re.sub(r"\(.*", "", part).strip()))
