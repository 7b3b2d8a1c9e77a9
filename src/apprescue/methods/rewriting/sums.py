"""The figures of one screen, each a request of its own, come in one row of one function.

Counts and sums of the same person, asked by the same screen: those over one table that share conditions take one pass
over it. The function asks with the caller's rights, so the rules stay what they are. The app's code has to call it in
place of its requests, which is a repair of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apprescue.methods.expressions import Text, Tree, each, kind_of, split_at_and, statements, words
from apprescue.model.catalog import Catalog
from apprescue.model.database import ident_of
from apprescue.model.tuning import Rewrite
from apprescue.model.workload import HOLE, Draw, Drawn, Parameter, Source, Statement

KIND = "sums"
COUNTED = "pgrst_source_count"
FIGURES = frozenset({"count", "sum", "avg"})
KNOWN = (Source.ME, Source.FIXED, Source.MOMENT)
MORE = "groupClause havingClause limitCount limitOffset withClause distinctClause larg sortClause".split()


@dataclass(frozen=True, slots=True)
class Figures:
    """The function that gives several figures: how it is made, the statements whose place it takes, and the one that
    asks it. Its row has `widths` columns of each of them in turn. `places` tell for each argument where its value comes
    from: which of the parts, and which of that one's parameters."""

    rewrite: Rewrite
    parts: tuple[Statement, ...]
    widths: tuple[int, ...]
    asked: Statement
    places: tuple[tuple[int, int], ...]

    def drawn(self, parts: Iterable[Drawn]) -> Drawn:
        """The statement that asks the function, with the values that its parts were drawn with. Only what was drawn
        for the same person is taken."""
        whole = list(parts)
        draws = []
        for row in zip(*(one.draws for one in whole), strict=False):
            if len({draw.who for draw in row}) == 1:
                values = tuple(row[part].values[parameter] for part, parameter in self.places)
                draws.append(Draw(row[0].standing, row[0].who, values))
        return Drawn(self.asked, tuple(draws))


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a statement tells: expressions over one table, under conditions that all must hold."""

    told: tuple[str, ...]
    source: str
    table: str
    conditions: tuple[str, ...]


def rewrites(catalog: Catalog, asked: Iterable[Statement]) -> Iterator[Rewrite]:
    """One for each screen that asks for several figures."""
    return (one.rewrite for one in figures(catalog, asked))


def figures(catalog: Catalog, asked: Iterable[Statement]) -> Iterator[Figures]:
    """The figures that can be asked together, by screen and role."""
    together: defaultdict[tuple[str, str, object], dict[str, tuple[Statement, _Figure]]] = defaultdict(dict)
    for statement in asked:
        known = all(parameter.source in KNOWN and not parameter.many for parameter in statement.parameters)
        figure = _figure(statement) if known and not statement.writes and statement.repeats == 1 else None
        if figure:
            screen = statement.screen or statement.place.path
            together[(screen, statement.role, statement.settings)].setdefault(statement.sql, (statement, figure))
    taken = {routine.name for routine in catalog.routines}
    for (screen, *_), found in together.items():
        if len(found) > 1:
            name = _name(screen, taken)
            taken.add(f"public.{name}")
            yield _together(screen, name, list(found.values()))


def _together(screen: str, name: str, found: list[tuple[Statement, _Figure]]) -> Figures:
    arguments = list(dict.fromkeys(one for statement, _ in found for one in statement.parameters))
    kinds = ", ".join(one.type or "text" for one in arguments)
    full = f"public.{ident_of(name)}"
    rewrite = Rewrite(
        KIND,
        f"function public.{name}({kinds})",
        found[0][1].table,
        _made(full, arguments, found),
        f"drop function {full}({kinds});",
        f"{len(found)} figures of {screen} come with one request instead of {len(found)}.",
    )
    call = f"select * from {full}({', '.join(f'${n + 1}' for n in range(len(arguments)))})"
    places = [
        next(
            (part, list(one.parameters).index(wanted))
            for part, (one, _) in enumerate(found)
            if wanted in one.parameters
        )
        for wanted in arguments
    ]
    return Figures(
        rewrite,
        tuple(statement for statement, _ in found),
        tuple(len(one.told) for _, one in found),
        replace(found[0][0], sql=call, parameters=tuple(arguments)),
        tuple(places),
    )


def _made(name: str, arguments: list[Parameter], found: list[tuple[Statement, _Figure]]) -> str:
    """The statement that makes the function."""
    columns = list(_column_names([figure for _, figure in found]))
    passes: defaultdict[str, list[tuple[int, _Figure]]] = defaultdict(list)
    for part, (statement, figure) in enumerate(found):
        numbers = [arguments.index(parameter) + 1 for parameter in statement.parameters]
        passes[figure.source].append((part, _numbered(figure, numbers)))
    queries = [_one_pass(source, some, columns) for source, group in passes.items() for some in _sharing(group)]
    told = [text for _, figure in found for text in figure.told]
    order = [column for names in columns for column in names]
    taken = ", ".join(f"{_argument(arguments, n)} {one.type or 'text'}" for n, one in enumerate(arguments))
    given = ", ".join(f"{ident_of(column)} {_type(text)}" for column, text in zip(order, told, strict=True))
    return (
        f"create function {name}({taken}) returns table ({given}) language sql stable security invoker "
        f"set search_path to '' as $figures$ select {', '.join(map(ident_of, order))} "
        f"from {', '.join(queries)} $figures$;"
    )


def _one_pass(source: str, group: list[tuple[int, _Figure]], columns: list[list[str]]) -> str:
    """The query of figures that one pass over a table gives, named by its first column."""
    common = [text for text in group[0][1].conditions if all(text in figure.conditions for _, figure in group)]
    selected = []
    for part, figure in group:
        own = [text for text in figure.conditions if text not in common]
        held = f" filter (where {' and '.join(own)})" if own else ""
        cast = [f"({text}{held})::{_type(text)}" for text in figure.told]
        selected += [f"{text} as {ident_of(name)}" for text, name in zip(cast, columns[part], strict=True)]
    where = f" where {' and '.join(common)}" if common else ""
    return f"(select {', '.join(selected)} from {source}{where}) as {ident_of('of_' + columns[group[0][0]][0])}"


def _sharing(group: list[tuple[int, _Figure]]) -> Iterator[list[tuple[int, _Figure]]]:
    """The figures of a table, those together that share a condition or have none to share."""
    left = list(group)
    while left:
        first = set(left[0][1].conditions)
        same = [one for one in left if first & set(one[1].conditions) or one[1].conditions == left[0][1].conditions]
        common = set.intersection(*(set(figure.conditions) for _, figure in same))
        same = same if common or not first else left[:1]
        yield same
        left = [one for one in left if one not in same]


def _figure(statement: Statement) -> _Figure | None:
    """What figures a statement asks for; None where it asks for more."""
    read = statements(statement.sql)
    if read is None or len(read.tree) != 1:
        return None
    select = read.tree[0].get("SelectStmt", {})
    if "''::text AS body" in statement.sql:
        for query in each(select.get("withClause"), "CommonTableExpr"):
            if query.get("ctename") == COUNTED:
                end = read.closing(int(query["location"]))
                return _of_query(read, query.get("ctequery", {}).get("SelectStmt", {}), ("count(*)",), end)
        return None
    told = tuple(_aggregate(read, target.get("ResTarget", {})) for target in select.get("targetList", ()))
    return _of_query(read, select, told, len(read.source)) if told and all(told) else None


def _aggregate(read: Text, target: Tree) -> str:
    """A count or sum as it is written; empty for all else."""
    kind, call = kind_of(target.get("val"))
    name = words(call.get("funcname"))
    plain = kind == "FuncCall" and name[-1:] and name[-1] in FIGURES and name[:-1] in ((), ("pg_catalog",))
    return read.told({"FuncCall": call}) if plain and "agg_filter" not in call and "over" not in call else ""


def _of_query(read: Text, select: Tree, told: tuple[str, ...], end: int) -> _Figure | None:
    tables = select.get("fromClause", ())
    kind, table = kind_of(tables[0]) if len(tables) == 1 else ("", {})
    if kind != "RangeVar" or any(select.get(part) for part in MORE):
        return None
    conditions = _conditions(read, select, end)
    schema, name = table.get("schemaname", "public"), table.get("relname", "")
    alias = table.get("alias", {}).get("aliasname")
    source = f"{ident_of(schema)}.{ident_of(name)}" + (f" as {ident_of(alias)}" if alias else "")
    return _Figure(told, source, f"{schema}.{name}", conditions)


def _conditions(read: Text, select: Tree, end: int) -> tuple[str, ...]:
    """What must hold, one by one where the text can be cut so."""
    where = select.get("whereClause")
    if not where:
        return ()
    begin = int(select["fromClause"][0]["RangeVar"]["location"])
    text = re.split(r"\bwhere\b", read.source[begin:end].decode(), maxsplit=1, flags=re.IGNORECASE)[1].strip(" ;\n")
    kind, fields = kind_of(where)
    parts = split_at_and(text) if kind == "BoolExpr" and fields.get("boolop") == "AND_EXPR" else [text]
    whole = kind == "BoolExpr" and len(parts) != len(fields["args"])
    return (f"({text})",) if whole else tuple(parts)


def _numbered(figure: _Figure, numbers: list[int]) -> _Figure:
    """A figure with the function's arguments in place of the statement's parameters."""

    def numbered(text: str) -> str:
        return HOLE.sub(lambda hole: f"${numbers[int(hole[1]) - 1]}", text)

    return replace(figure, told=tuple(map(numbered, figure.told)), conditions=tuple(map(numbered, figure.conditions)))


def _column_names(found: list[_Figure]) -> Iterator[list[str]]:
    """A name for each figure: of its table, and numbered where it comes again."""
    seen: defaultdict[str, int] = defaultdict(int)
    for figure in found:
        names = []
        for text in figure.told:
            wished = f"{figure.table.rpartition('.')[2]}_{_function(text)}"[:58]
            seen[wished] += 1
            names.append(wished if seen[wished] == 1 else f"{wished}_{seen[wished]}")
        yield names


def _function(text: str) -> str:
    return text.partition("(")[0].rpartition(".")[2].strip().lower()


def _type(text: str) -> str:
    return "bigint" if _function(text) == "count" else "numeric"


def _argument(arguments: list[Parameter], number: int) -> str:
    return "me" if arguments[number].source is Source.ME else f"given_{number + 1}"


def _name(screen: str, taken: set[str]) -> str:
    """A name for the function of a screen that no function has."""
    last = next((word for word in reversed(re.findall(r"[A-Za-z]\w+", re.sub(r"\.\w+$", "", screen)))), "screen")
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()[:48]
    wished, number = f"{plain}_figures", 2
    while f"public.{wished}" in taken:
        wished, number = f"{plain}_figures_{number}", number + 1
    return wished
