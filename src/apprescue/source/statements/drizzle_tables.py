"""Drizzle's tables as code hands them about: their columns, and the relations declared between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident_of
from apprescue.model.trace import Value
from apprescue.source.chains import text
from apprescue.source.rows import MAKES_TABLE
from apprescue.source.statements.told import UntoldError

_TABLE = re.compile(r"(?:const|let|var)\s+(\w+)\s*(?::[^=]+)?=\s*(?:\w*[tT]able\w*|\w+\.table)\(\s*[\"'`](\w+)[\"'`]")
_COLUMN = re.compile(r"(?:^|[,{\n])\s*(\w+)\s*:\s*\w+\s*\(\s*[\"'`](\w+)[\"'`]")
_RELATIONS = re.compile(r"\brelations\(\s*(\w+)\s*,\s*\(\s*\{[^}]*\}\s*\)\s*=>\s*\(\s*\{(.*?)\n\}\s*\)\s*\)", re.S)
_RELATION = re.compile(r"(\w+)\s*:\s*(one|many)\(\s*(\w+)\s*(?:,\s*\{(.*?)\})?\s*,?\s*\)", re.S)
_LIST = r"\b%s\s*:\s*\[([^\]]*)\]"
_NAME = re.compile(r"relationName\s*:\s*[\"'`]([^\"'`]+)")


@dataclass(frozen=True)
class Table:
    """A table under the name that it has in a statement; `columns` gives a property's column name."""

    relation: Relation
    alias: str
    columns: Mapping[str, str]

    def attribute(self, name: str) -> Attribute:
        """The column of a property. UntoldError where there is none."""
        found = self.relation.column(self.columns.get(name, name))
        if found is None:
            bare = self.relation.name.removeprefix("public.")
            raise UntoldError(f"`{bare}` has no column `{name}` in the database that the app's files make")
        return found

    def sql(self, attribute: Attribute) -> str:
        """A column of it as SQL."""
        return f"{ident_of(self.alias)}.{ident_of(attribute.name)}"

    @property
    def all(self) -> list[Attribute]:
        """The columns that the code knows, as far as the database has them."""
        names = self.columns.values() or [c.name for c in self.relation.columns]
        return [c for name in names if (c := self.relation.column(name)) is not None]

    @property
    def source(self) -> str:
        """What stands in a FROM."""
        schema, _, bare = self.relation.name.partition(".")
        whole = ident_of(bare) if schema == "public" else f"{ident_of(schema)}.{ident_of(bare)}"
        return whole if self.alias == bare else f"{whole} {ident_of(self.alias)}"


@dataclass(frozen=True)
class Declared:
    """A relation: its table's variable, whether it is to many, and the properties that are compared."""

    to: str
    many: bool
    own: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    name: str = ""


class Tables:
    """The tables of an app, by the variables that hold them."""

    def __init__(self, files: Mapping[str, str], catalog: Catalog) -> None:
        self._catalog = catalog
        texts = [t for p, t in files.items() if p.endswith((".ts", ".js", ".mts", ".mjs")) and "drizzle-orm" in t]
        self.names: dict[str, str] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self.declared: dict[str, dict[str, Declared]] = {}
        for one in texts:
            for found in _TABLE.finditer(one):
                self.names.setdefault(found[1], found[2])
                end = _TABLE.search(one, found.end())
                body = one[found.end() : end.start() if end else len(one)]
                self._columns.setdefault(found[2], dict(_COLUMN.findall(body)))
            for found in _RELATIONS.finditer(one):
                self.declared.setdefault(found[1], {}).update(_declared(found[2]))

    def named(self, name: str, alias: str = "", columns: Mapping[str, str] | None = None) -> Table:
        """A table by its name in the database. UntoldError where there is none."""
        relation = self._catalog.relation(name)
        if relation is None:
            relation = next((r for r in self._catalog.relations if r.name.rpartition(".")[2] == name), None)
        if relation is None:
            raise UntoldError(f"the database that the app's files make has no `{name}`")
        return Table(relation, alias or name, columns or self._columns.get(name) or {})

    def of(self, value: Value) -> Table | None:
        """The table that a value is."""
        made = value.step
        if made is not None and value.op != "of":
            if made.method in ("alias", "aliasedTable") and len(made.args) > 1 and (inner := self.of(made.args[0])):
                return Table(inner.relation, text(made.args[1]), inner.columns)
            if made.method in MAKES_TABLE and made.args and text(made.args[0]):
                listed = made.args[1].fields if len(made.args) > 1 else None
                given = dict(_columns(listed)) if listed else None
                return self.named(text(made.args[0]), columns=given)
        bare = value.name.removesuffix("()").rpartition(".")[2]
        return self.named(self.names[bare]) if bare in self.names and value.op != "of" else None

    def variable(self, variable: str, alias: str = "") -> Table:
        """The table that a variable holds. UntoldError where none does."""
        return self.named(self.names.get(variable, variable), alias)

    def link(self, variable: str, name: str) -> Declared:
        """A relation with the properties that it compares, those of its other side where it says none itself."""
        known = self.declared.get(variable, {}).get(name)
        if known is None:
            raise UntoldError(f"the relation `{name}` is not declared where it can be read")
        if known.own:
            return known
        back = [d for d in self.declared.get(known.to, {}).values() if d.to == variable and d.own]
        same = [d for d in back if d.name == known.name] or back
        if not same:
            raise UntoldError(f"nothing tells by which columns `{name}` is related")
        return Declared(known.to, known.many, same[0].other, same[0].own, known.name)


def _columns(listed: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for name, value in listed.items():
        if not name.startswith("..."):
            begun = next((x for x in value.step.chain if x.args and text(x.args[0])), None) if value.step else None
            yield name, text(begun.args[0]) if begun is not None and begun.receiver is None else name


def _declared(body: str) -> Iterator[tuple[str, Declared]]:
    for name, kind, to, options in _RELATION.findall(body):
        own, other = (re.search(_LIST % word, options) for word in ("fields", "references"))
        named = _NAME.search(options)
        yield name, Declared(to, kind == "many", _props(own), _props(other), named[1] if named else "")


def _props(found: re.Match[str] | None) -> tuple[str, ...]:
    return tuple(p.strip().rpartition(".")[2] for p in found[1].split(",") if p.strip()) if found else ()
