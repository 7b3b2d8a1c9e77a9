"""An index as a value: what it is made of, and the SQL that makes it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apprescue.model.database import ident, ident_of


@dataclass(frozen=True, slots=True)
class Key:
    """A column or expression of an index. `expression` is SQL: a quoted name, or `(lower(name))`. `nulls_first` is
    None for the direction's own place of nulls."""

    expression: str
    descending: bool = False
    nulls_first: bool | None = None
    opclass: str = ""

    def __str__(self) -> str:
        words = [self.expression, self.opclass, "desc" if self.descending else ""]
        if self.nulls_first is not None and self.nulls_first != self.descending:
            words.append("nulls first" if self.nulls_first else "nulls last")
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a relation (`schema.name`). `where` is the condition of a partial one, `include` the columns that it
    only carries (quoted), `method` btree, gin, gist, hash or brin."""

    relation: str
    keys: tuple[Key, ...]
    include: tuple[str, ...] = ()
    where: str = ""
    method: str = "btree"
    unique: bool = False

    @property
    def definition(self) -> str:
        """What stands behind `create index name on`."""
        using = f" using {self.method}" if self.method != "btree" else ""
        parts = [f"{ident(self.relation)}{using} ({', '.join(map(str, self.keys))})"]
        parts += [f"include ({', '.join(self.include)})"] if self.include else []
        parts += [f"where {self.where}"] if self.where else []
        return " ".join(parts)

    @property
    def name(self) -> str:
        """A name that says what it is on, at most 63 characters, the same for the same index."""
        table = self.relation.partition(".")[2] or self.relation
        plain = ["".join(c if c.isalnum() else "_" for c in key.expression).strip("_") for key in self.keys]
        mark = hashlib.sha256(self.definition.encode()).hexdigest()[:6]
        return f"{'_'.join([table, *plain])[:52].rstrip('_')}_{mark}_idx".lower()

    def create(self, *, concurrently: bool = False, name: str = "") -> str:
        """The statement that makes it."""
        kind = "unique index" if self.unique else "index"
        return f"create {kind}{' concurrently' * concurrently} {ident_of(name or self.name)} on {self.definition}"
