"""What a request reads, placed among the relations of a database: each embedded one by its relationship."""

from __future__ import annotations

from dataclasses import dataclass, field

from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import ident_of
from apprescue.source.statements.query_string import Read
from apprescue.source.statements.relationships import Relationship, relationships
from apprescue.source.statements.told import UntoldError


@dataclass
class Node:
    """What is read of one relation, placed: `source` is written after FROM, `alias` its name there, `joined` the name
    of its lateral join. `relation` is None for the answer of a function that is no table."""

    read: Read
    relation: Relation | None
    source: str
    alias: str = ""
    joined: str = ""
    way: Relationship | None = None
    parent: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def here(self) -> str:
        """What its columns are qualified with."""
        return ident_of(self.alias) if self.alias else self.source

    @property
    def inner(self) -> bool:
        """Whether rows without it fall away."""
        return self.read.join == "inner"

    @property
    def plain(self) -> bool:
        """Whether nothing is asked of it, so that it only filters (`rel!inner()`)."""
        return not self.read.columns and all(child.plain for child in self.children)


def qualified(name: str) -> str:
    """`schema.name` as SQL, whatever signs the name has."""
    schema, _, bare = name.partition(".")
    return f"{ident_of(schema)}.{ident_of(bare)}"


def relation_of(catalog: Catalog, schema: str, name: str) -> Relation:
    """A table or view by its name. UntoldError where there is none."""
    found = next((r for r in catalog.relations if r.name == f"{schema}.{name}"), None)
    if found is None:
        raise UntoldError(f"the database that the app's files make has no `{name}`")
    return found


def placed(read: Read, relation: Relation | None, source: str, alias: str, catalog: Catalog) -> Node:
    """What is read with the relations that are embedded, each by its relationship. Raises UntoldError."""
    root = Node(read, relation, source, alias)
    _embed(root, relation.name if relation else "", catalog, 1)
    return root


def _embed(node: Node, origin: str, catalog: Catalog, depth: int) -> None:
    for inner in node.read.embeds:
        if not origin:
            raise UntoldError(f"`{inner.name}` is embedded into what is no table")
        way = relationships(catalog).find(origin, inner.name, inner.hint)
        relation = catalog.relation(way.to)
        bare = way.to.rpartition(".")[2]
        source = qualified(way.to)
        if way.kind == "computed":
            source = (
                f"{qualified(way.function)}({ident_of(node.alias or origin.rpartition('.')[2])}::{qualified(origin)})"
            )
        child = Node(
            inner,
            relation,
            source,
            "" if way.kind == "m2m" else f"{bare}_{depth}",
            f"{origin.rpartition('.')[2]}_{inner.key}_{depth}",
            way,
            node.here,
        )
        _embed(child, way.to, catalog, depth + 1)
        node.children.append(child)
