"""Values that satisfy a table's CHECK conditions and domains: candidates are proposed, the server itself judges them.

Columns that stand in one condition are solved together; the answers come back in the order of plausibility.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apprescue.methods.conditions import Asked, asked_of
from apprescue.methods.filling.values import candidates, castable
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import Database, DatabaseError, ident_of, literal

MOST_TRIED = 4000
MOST_KEPT = 60
SALTS = 14
Solution = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Solved:
    """What a group of columns of one table may hold together. `links` are those of the columns that are filled from
    other rows: a solution only says whether they are null. Without any solution the conditions were not understood.
    `closed` are the columns for which the conditions name every value that may stand there; `conditions` their texts.
    """

    columns: tuple[str, ...]
    links: frozenset[str]
    solutions: tuple[Solution, ...]
    closed: Mapping[str, tuple[str, ...]]
    conditions: tuple[str, ...] = ()

    def fitting(self, wanted: Mapping[str, str | None]) -> list[Solution]:
        """The solutions in which the wanted values stand, where they concern these columns."""
        mine = {name: text for name, text in wanted.items() if name in self.columns and name not in self.links}
        return [one for one in self.solutions if all(one[name] == text for name, text in mine.items())]


def solve(
    database: Database, catalog: Catalog, table: Relation, links: frozenset[str], asked: Mapping[str, Asked]
) -> tuple[Solved, ...]:
    """What each group of columns bound by the table's conditions may hold; `links` are filled from elsewhere."""
    conditions = [(condition, columns) for condition, columns in _conditions(catalog, table) if columns]
    groups = _joined([columns for _, columns in conditions])
    return tuple(
        _group(database, catalog, table, names, [c for c, columns in conditions if columns <= names], links, asked)
        for names in groups
    )


def _conditions(catalog: Catalog, table: Relation) -> list[tuple[str, frozenset[str]]]:
    """Each condition of the table and of its columns' domains, with the columns that it looks at."""
    names = frozenset(column.name for column in table.columns if not column.generated)
    texts = [re.sub(r"^CHECK (\(.*\))(?: NO INHERIT)?(?: NOT VALID)?(?: NOT ENFORCED)?$", r"\1", text, flags=re.DOTALL)
             for _, text in table.checks]  # fmt: skip
    found = [(text, _mentioned(text, names)) for text in texts]
    for column in table.columns:
        domain = column.type
        while domain in catalog.domains and not column.generated:
            domain, checks = catalog.domains[domain]
            for check in checks:
                condition = re.sub(r"\bVALUE\b", ident_of(column.name).replace("\\", r"\\"), check[6:])
                found.append((condition, frozenset({column.name})))
    return found


def _mentioned(text: str, names: frozenset[str]) -> frozenset[str]:
    bare = re.sub(r"'(?:[^']|'')*'", "''", text)
    return frozenset(word.strip('"') for word in re.findall(r'"[^"]+"|[A-Za-z_]\w*', bare)) & names


def _joined(groups: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The groups, those with a common member made one."""
    found: list[frozenset[str]] = []
    for group in groups:
        touching = [other for other in found if other & group]
        found = [other for other in found if not other & group] + [group.union(*touching)]
    return found


def _group(
    database: Database,
    catalog: Catalog,
    table: Relation,
    names: frozenset[str],
    conditions: Sequence[str],
    links: frozenset[str],
    asked: Mapping[str, Asked],
) -> Solved:
    columns = [column for column in table.columns if column.name in names]
    heard = _heard(table, conditions, names, asked)
    distinct = {name for index in table.distinct for name in index.columns}
    most = max(4, int(MOST_TRIED ** (1 / len(columns))))
    offered = {}
    for column in columns:
        if column.name in links:
            offered[column.name] = _stand_in(column, catalog)
        else:
            salts = range(SALTS if column.name in distinct else 1)
            lists = [candidates(column, catalog, heard[column.name], f"v{salt}", salt) for salt in salts]
            known = (
                [text for text in asked[column.name].equal if castable(column, text)] if column.name in asked else []
            )
            offered[column.name] = list(dict.fromkeys([*_woven(lists)[:-1], *known, *_woven(lists)[-1:]]))
        if len(offered[column.name]) > most:
            offered[column.name] = [*offered[column.name][: most - 1], offered[column.name][-1]]
    found = _asked_of_server(database, catalog, columns, offered, conditions)
    closed = {name: _named(found, name, heard[name].equal) for name in names - links}
    return Solved(
        columns=tuple(c.name for c in columns),
        links=names & links,
        solutions=tuple(found),
        closed={name: some for name, some in closed.items() if some},
        conditions=tuple(conditions),
    )


def _named(found: Sequence[Solution], name: str, constants: Sequence[str]) -> tuple[str, ...]:
    """The values that may stand in a column, if each of them is one that the conditions name."""
    some = {one[name] for one in found} - {None}
    return tuple(dict.fromkeys(text for text in constants if text in some)) if some <= set(constants) else ()


def _woven(lists: Sequence[Sequence[str | None]]) -> list[str | None]:
    """The first of each list, then the second of each, and so on."""
    return [one[place] for place in range(max(map(len, lists), default=0)) for one in lists if place < len(one)]


def _heard(
    table: Relation, conditions: Sequence[str], names: frozenset[str], asked: Mapping[str, Asked]
) -> dict[str, Asked]:
    """What the conditions ask of each column, what they ask of those it is compared with, and what policies ask."""
    here: dict[str, Asked] = {name: Asked() for name in names}
    for condition in conditions:
        for name, heard in asked_of(condition, table.name, names).items():
            mine = here[name]
            mine.equal += heard.equal
            mine.numbers += heard.numbers
            mine.patterns += heard.patterns
            mine.lengths += heard.lengths
            mine.kinds += heard.kinds
            mine.joined += heard.joined
    for mine in here.values():
        mine.numbers += [text for _, other in mine.joined if other in here for text in here[other].numbers]
    return here


def _stand_in(column: Attribute, catalog: Catalog) -> list[str | None]:
    """Any value for a column that another row will fill, and null where that may stand."""
    values = [text for text in candidates(column, catalog, Asked(), column.name, 1) if text is not None][:1]
    return [*values, None] if not column.required else [*values]


def _asked_of_server(
    database: Database,
    catalog: Catalog,
    columns: Sequence[Attribute],
    offered: Mapping[str, list[str | None]],
    conditions: Sequence[str],
) -> list[Solution]:
    for readable in (True, False):
        sources = " cross join ".join(
            _offer(catalog, column, offered[column.name], place, readable) for place, column in enumerate(columns)
        )
        shown = ", ".join(f"v{place}" for place in range(len(columns)))
        rank = " + ".join(f"i{place}" for place in range(len(columns)))
        for chosen in (list(conditions), *([one] for one in conditions)):
            judged = " and ".join(f"(({condition}) is not false)" for condition in chosen)
            sql = f"select {shown} from {sources} where {judged} order by {rank}, {shown} limit {MOST_KEPT}"
            try:
                with database.undone():
                    found = database.query(sql)
            except DatabaseError:
                continue
            return [dict(zip((column.name for column in columns), row, strict=True)) for row in found]
    return []


def _offer(catalog: Catalog, column: Attribute, offered: Sequence[str | None], place: int, readable: bool) -> str:
    """The proposed values of a column as a table of its own; `readable` leaves out those that its type cannot read,
    which servers before 16 cannot tell."""
    values = ", ".join("null" if text is None else literal(text) for text in offered)
    written = _castable(catalog, column)
    judged = f"where v is null or pg_input_is_valid(v, {literal(written)})" if readable else ""
    return (
        f"(select v::{written} as {ident_of(column.name)}, v as v{place}, i as i{place} "
        f"from unnest(array[{values}]::text[]) with ordinality u(v, i) {judged} offset 0) t{place}"
    )


def _castable(catalog: Catalog, column: Attribute) -> str:
    """The type to cast to: under a domain the cast itself would refuse what is only proposed."""
    written = column.type
    while written in catalog.domains:
        written = catalog.domains[written][0]
    return f"{column.base}[]" if column.is_array and written.removesuffix("[]") in catalog.domains else written
