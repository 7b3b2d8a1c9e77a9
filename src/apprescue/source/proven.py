"""What worked in the laboratory and must not, as sightings: the tries on one object together, at the rules that let
them through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import BucketPlace, ColumnPlace, FunctionPlace, Place, TablePlace
from apprescue.model.schema import Policy, Schema
from apprescue.source.intent_words import for_whom
from apprescue.source.sql_access import Way, Who, doors
from apprescue.source.sql_rights import policy_place

OBJECTS = "storage.objects"
MOST_NAMED = 6
CIRCLES = {
    Actor.ANON: "anybody, without signing in,",
    Actor.STRANGER: "anyone who is signed in",
    Actor.OWNER: "a user",
    Actor.SUBSCRIBER: "a subscriber",
    Actor.MEMBER: "a member of the team",
}
_READING = (Operation.SELECT, Operation.LIST, Operation.LISTEN)
_ENTRY = {Actor.ANON: Who.EVERYONE, Actor.STRANGER: Who.MEMBERS}


def leaks(
    access: Access, operations: Collection[Operation], kinds: Collection[str] = ("table",), own: bool = False
) -> Iterator[list[Cell]]:
    """The tries of these operations that worked and must not, the widest circle first: those on one object together,
    each operation for itself (reading is one). `own` asks for what people did to their own rows, else for what others
    did."""
    groups: dict[tuple[str, Operation], list[Cell]] = {}
    for cell in access.cells:
        wanted = cell.verdict is Verdict.LEAK and cell.operation in operations and cell.kind in kinds
        if wanted and own == cell.own:
            act = Operation.SELECT if cell.operation in _READING else cell.operation
            groups.setdefault((cell.object, act), []).append(cell)
    for cells in groups.values():
        yield sorted(cells, key=lambda cell: list(Actor).index(cell.actor))


def circle(cells: Collection[Cell]) -> str:
    """The widest circle of those who did it, in words."""
    return CIRCLES.get(next(iter(cells)).actor, "somebody else")


def columns(cells: Iterable[Cell]) -> list[str]:
    """The columns that were reached, each once."""
    return list(dict.fromkeys(cell.column for cell in cells if cell.column))


def named(names: Collection[str]) -> str:
    """Names in a sentence, the first few of many."""
    told = list(names)[:MOST_NAMED]
    return ", ".join(told) + (f" and {len(names) - MOST_NAMED} more" * (len(names) > MOST_NAMED))


def seen(schema: Schema, cells: list[Cell], detail: str, severity: Severity, impact: Impact = Impact.DATA) -> Seen:
    """The sighting: at the rule that let the first of the tries through, with what was run and all that it shows."""
    places = list(dict.fromkeys(place for cell in cells for place in _places(schema, cell)))
    return Seen(
        places[0],
        detail[:1].upper() + detail[1:],
        related=tuple(places[1:]),
        severity=severity,
        impact=impact,
        proof=cells[0].proof,
        claims=tuple(dict.fromkeys(cell.claim for cell in cells)),
    )


def _places(schema: Schema, cell: Cell) -> list[Place]:
    if cell.kind == "function":
        name = cell.name
        function = schema.function(name)
        return [FunctionPlace(name, function.place if function else None)]
    if cell.kind == "bucket":
        bucket = next((b for b in schema.buckets if b.name == cell.object), None)
        rules = [policy_place(p) for p in _opened(schema, OBJECTS, cell, cell.object)]
        whole: Place = BucketPlace(cell.object, bucket.place if bucket else None)
        return [*rules, whole] if rules or bucket is None else [bucket.place, whole]  # its own setting opens it
    return [policy_place(p, cell.column) for p in _opened(schema, cell.object, cell)] or [_whole(schema, cell)]


def _whole(schema: Schema, cell: Cell) -> Place:
    table = schema.table(cell.object)
    view = next((v for v in schema.views if v.name == cell.object), None)
    at = (table.rls_place or table.place) if table else view.place if view else None
    return ColumnPlace(cell.object, cell.column, at) if cell.column else TablePlace(cell.object, at)


def _opened(schema: Schema, table: str, cell: Cell, bucket: str = "") -> list[Policy]:
    """The rules that let such a caller through, those that are widest first; where rules are off there are none.
    Of rules for files only those count that name the bucket, or none."""
    known = schema.table(table)
    if known is not None and known.rls is False:
        return []
    command = "select" if cell.operation in _READING else cell.operation.value
    ways = list(doors(schema, table, command, "check" if command == "insert" else "using"))
    wide = [(policy, way) for policy, way in ways if way.who >= Who.STAFF and _is_about(way, bucket)]
    least = _ENTRY.get(cell.actor, Who.RELATED)
    through = {policy.name: (way.who, policy) for policy, way in wide if way.who >= least}
    linked = [(p, way) for p, way in wide if (cell.own or way.who is not Who.OWNER) and for_whom(p.name) != "staff"]
    through = through or {policy.name: (way.who, policy) for policy, way in linked}
    return [policy for _, policy in sorted(through.values(), key=lambda found: -found[0])]


def _is_about(way: Way, bucket: str) -> bool:
    names = {value for column, value in way.fixed if column == "bucket_id"}
    return not bucket or not names or bucket in names
