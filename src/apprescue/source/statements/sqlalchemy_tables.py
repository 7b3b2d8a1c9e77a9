"""SQLAlchemy's and SQLModel's classes as tables: their columns, and the relationships between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident_of
from apprescue.source.statements.told import UntoldError

_CLASS = re.compile(r"^class\s+(\w+)\s*\(([^)]*)\)\s*:(.*?)(?=^\S|\Z)", re.S | re.M)
_NAMED = re.compile(r"__tablename__\s*(?::[^=\n]+)?=\s*[\"'](\w+)[\"']")
_COLUMN = re.compile(r"^\s+(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:Column|mapped_column)\(\s*[\"'](\w+)[\"']", re.M)
_RELATED = re.compile(
    r"^\s+(\w+)\s*(?::\s*([^=\n]+?))?\s*=\s*(?:\w+\.)?[rR]elationship\(\s*(?:[\"'](?:[\w.]*\.)?(\w+)[\"']|(\w+)(?!\s*=))?([^\n]*)",
    re.M,
)
_INNER = re.compile(r"[\"']?(\w+)[\"']?\]*\s*$")


@dataclass(frozen=True)
class Mapped:
    """A class's table under the name that it has in a statement."""

    relation: Relation
    name: str
    alias: str
    columns: Mapping[str, str]

    def attribute(self, name: str) -> Attribute | None:
        """The column of an attribute."""
        return self.relation.column(self.columns.get(name, name))

    def column(self, name: str) -> Attribute:
        """The same; UntoldError where there is none."""
        found = self.attribute(name)
        if found is None:
            bare = self.relation.name.removeprefix("public.")
            raise UntoldError(f"`{bare}` has no column `{name}` in the database that the app's files make")
        return found

    def sql(self, column: Attribute) -> str:
        """A column of it as SQL."""
        return f"{ident_of(self.alias)}.{ident_of(column.name)}"

    @property
    def source(self) -> str:
        """What stands in a FROM."""
        schema, _, bare = self.relation.name.partition(".")
        whole = ident_of(bare) if schema == "public" else f"{ident_of(schema)}.{ident_of(bare)}"
        return whole if self.alias == bare else f"{whole} AS {ident_of(self.alias)}"

    @property
    def all(self) -> str:
        """All its columns, named as the library names them."""
        return ", ".join(f"{self.sql(c)} AS {ident_of(f'{self.alias}_{c.name}')}" for c in self.relation.columns)


class Classes:
    """The classes of an app that are tables."""

    def __init__(self, files: Mapping[str, str], catalog: Catalog) -> None:
        self._catalog = catalog
        self._tables: dict[str, str] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self._related: dict[str, dict[str, tuple[str, str]]] = {}
        for path, text in files.items():
            if path.endswith(".py") and ("sqlalchemy" in text or "sqlmodel" in text or "db.Model" in text):
                for name, _, body in _CLASS.findall(text):
                    self._read(name, body)

    def _read(self, name: str, body: str) -> None:
        named = _NAMED.search(body)
        if named is not None:
            self._tables[name] = named[1]
        self._columns.setdefault(name, dict(_COLUMN.findall(body)))
        related = self._related.setdefault(name, {})
        for attribute, hint, quoted, bare, rest in _RELATED.findall(body):
            inner = _INNER.search(hint) if hint else None
            related[attribute] = (quoted or bare or (inner[1] if inner else ""), rest)

    def named(self, name: str, alias: str = "") -> Mapped | None:
        """The table of a class, or of that name."""
        snake = re.sub(r"(?<=[a-z\d])([A-Z])|(?<=.)([A-Z])(?=[a-z])", r"_\1\2", name).lower()
        for bare in (self._tables.get(name, ""), name, snake, name.lower()):
            relation = self._catalog.relation(bare) if bare else None
            if relation is not None:
                return Mapped(relation, name, alias or relation.name.rpartition(".")[2], self._columns.get(name, {}))
        return None

    def table(self, name: str, alias: str = "") -> Mapped:
        """The same; UntoldError where there is none."""
        found = self.named(name, alias)
        if found is None:
            raise UntoldError(f"the database that the app's files make has no `{self._tables.get(name, name)}`")
        return found

    def is_class(self, name: str) -> bool:
        """Whether a class of the app has that name."""
        return name in self._columns

    def related(self, mapped: Mapped, attribute: str) -> str:
        """The class that a relationship leads to; empty for no relationship."""
        return self._related.get(mapped.name, {}).get(attribute, ("", ""))[0]

    def way(self, here: Mapped, there: Mapped, attribute: str = "") -> tuple[list[tuple[str, str]], bool]:
        """The pairs of columns by which two tables are related, and whether there are many over there."""
        said = self._related.get(here.name, {}).get(attribute, ("", ""))[1]
        for one, other, many in ((here, there, False), (there, here, True)):
            keys = [k for k in one.relation.references if k.to == other.relation.name]
            chosen = next((k for k in keys if all(re.search(rf"\b{c}\b", said) for c in k.columns)), None)
            key = chosen or next(iter(keys), None)
            if key is not None:
                pairs = list(zip(key.columns, key.to_columns, strict=True))
                return [(b, a) for a, b in pairs] if many else pairs, many
        raise UntoldError(f"nothing tells how `{here.alias}` and `{there.alias}` are related")
