"""What stands in a new row: whose it is, what it hangs on, what the conditions allow, plausible values for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from apprescue.methods.conditions import Asked
from apprescue.methods.filling.kinship import CREW, TEAM, Kin, Side, must
from apprescue.methods.filling.marks import POWERFUL, standing
from apprescue.methods.filling.solving import Solution, Solved
from apprescue.methods.filling.values import MOMENTS, TEXTS, UNDONE, constant, identifier, natural
from apprescue.methods.filling.variations import only_shown
from apprescue.model.access import Actor
from apprescue.model.catalog import Attribute, Catalog, Reference, Relation
from apprescue.model.rows import Person, Row

PARTNERS = {
    Actor.OWNER: (Actor.SUBSCRIBER, Actor.MEMBER, Actor.ADMIN),
    Actor.SUBSCRIBER: (Actor.OWNER, Actor.MEMBER, Actor.ADMIN),
    Actor.MEMBER: (Actor.ADMIN, Actor.SUBSCRIBER, Actor.OWNER),
    Actor.STRANGER: (Actor.ADMIN, Actor.MEMBER),
    Actor.ADMIN: (Actor.MEMBER, Actor.STRANGER),
}
Values = dict[str, str | None]


class LackingError(Exception):
    """A row that this one must hang on is not there. The message says which."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a table before rows are made: its kin, what its conditions allow, the choices of values, and the
    values for which there is a part of the table."""

    kin: Kin
    solved: tuple[Solved, ...]
    asked: Mapping[str, Asked]
    choices: Mapping[str, list[str]]
    placed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """A row that is wanted: for whom, with whom, the how manieth, with what in some columns; `lean` leaves out all that
    may be left out, `shift` takes another of the allowed answers, `alone` puts the person in every place, `apart` hangs
    the row on the person's own rows in any case."""

    person: Person
    number: int = 1
    partner: int = 0
    shift: int = 0
    lean: bool = False
    alone: bool = False
    apart: bool = False
    given: Values = field(default_factory=dict)
    variation: Values = field(default_factory=dict)


class Composer:
    """Composes rows from what stands in the tables by now."""

    def __init__(
        self, catalog: Catalog, people: Mapping[Actor, Person], rows: Mapping[str, list[Row]], seed: int
    ) -> None:
        self._catalog, self._people, self._rows, self._seed = catalog, people, rows, seed
        self._seen: dict[str, list[dict[str, str | None]]] = {}

    def partner(self, wish: Wish, kin: Kin) -> Actor:
        """The other party of a row between two."""
        actor = wish.person.actor
        if wish.alone:
            return actor
        partners: Sequence[Actor] = PARTNERS[actor]
        if actor is Actor.MEMBER and CREW.search(kin.table.name):
            partners = (Actor.OWNER, *partners)
        return partners[wish.partner % len(partners)]

    def row(self, plan: Plan, wish: Wish) -> tuple[Values, dict[str, Actor]]:
        """The values of a new row, and who stands in which column. Raises LackingError."""
        kin, actor = plan.kin, wish.person.actor
        values: Values = {}
        parties: dict[str, Actor] = {}
        standing_for = {Side.SELF: actor, Side.OTHER: self.partner(wish, kin), Side.STAFF: Actor.ADMIN}
        for name, side in kin.people.items():
            column = kin.table.column(name)
            assert column is not None
            if side is Side.STAFF and not column.required:
                values[name] = None
            else:
                values[name] = self._people[standing_for[side]].id
                parties[name] = standing_for[side]
        values |= {k: v for k, v in wish.given.items() if k in kin.filled_from_elsewhere()}
        for link in kin.links:
            if not set(link.columns) <= wish.given.keys():
                self._link(kin, wish, link, standing_for, values, parties)
        self._conditions(plan, wish, values)
        for column in kin.table.columns:
            if column.name not in values:
                self._plain(plan, wish, column, values)
        values |= {k: v for k, v in wish.given.items() if kin.table.column(k) is not None}
        return values, {name: who for name, who in parties.items() if values.get(name) is not None}

    def _link(
        self,
        kin: Kin,
        wish: Wish,
        link: Reference,
        standing_for: Mapping[Side, Actor],
        values: Values,
        parties: dict[str, Actor],
    ) -> None:
        """Hang the row on another one."""
        side = kin.sides.get(link.columns)
        required = must(kin.table, link)
        free = [name for name in link.columns if name not in values]
        optional = not required and (side is Side.STAFF or link.to == kin.table.name or wish.lean)
        if optional:
            values |= dict.fromkeys(free)
            return
        if link.to == kin.table.name:
            self._itself(kin, wish, link, values)
            return
        actor = standing_for[side] if side is not None else self._hangs_on(kin, wish, link)
        found = self._target(link, actor, wish.person.actor, values)
        if found is None:
            if required and link.name:
                raise LackingError(f"it must hang on a row of {link.to}, and there is none for it")
            if link.name or not required:
                values |= {name: None for name in free if not self._required(kin, name)}
            return
        for name, key in zip(link.columns, link.to_columns, strict=True):
            values[name] = found.value(key)
        if side is not None and len(link.columns) == 1:
            parties[link.columns[0]] = actor

    @staticmethod
    def _required(kin: Kin, name: str) -> bool:
        column = kin.table.column(name)
        return column is not None and column.required

    def _itself(self, kin: Kin, wish: Wish, link: Reference, values: Values) -> None:
        """A row that must hang on a row of its own table hangs on itself."""
        for name, key in zip(link.columns, link.to_columns, strict=True):
            column = kin.table.column(key)
            if column is not None and values.get(key) is None:
                values[key] = self._key(kin.table, column, wish)
            values[name] = values[key]

    def _key(self, table: Relation, column: Attribute, wish: Wish) -> str | None:
        if column.base == "uuid":
            return identifier("row", self._seed, table.name, column.name, wish.person.actor, wish.number)
        return natural(column, self._catalog, f"{wish.person.actor}{wish.number}", 1000 + hash_of(wish))

    @staticmethod
    def _hangs_on(kin: Kin, wish: Wish, link: Reference) -> Actor:
        """Whose row it hangs on: the subscriber comments the owner's post, the member is in the owner's team."""
        actor = wish.person.actor
        if not kin.personal or wish.alone or wish.apart:
            return actor
        if TEAM.search(link.to) and not CREW.search(link.to):
            return Actor.OWNER if actor is Actor.MEMBER else actor
        return Actor.OWNER if actor is Actor.SUBSCRIBER and not kin.profile else actor

    def _target(self, link: Reference, actor: Actor, fallback: Actor, values: Values) -> Row | None:
        """The row to hang on: of that person, and agreeing with what stands in the shared columns already."""
        rows = self._rows.get(link.to, [])
        fixed = [(key, values[name]) for name, key in zip(link.columns, link.to_columns, strict=True)
                 if values.get(name) is not None]  # fmt: skip
        ranked = [row for who in dict.fromkeys((actor, fallback)) for row in self._seen_first(link.to, rows, who)]
        ranked += [row for row in rows if row.made == "migration" and row not in ranked]
        if "role" in link.to:
            ranked.sort(key=lambda row: _powerful(row) is not (actor is Actor.ADMIN))
        agreeing = [row for row in ranked if all(row.value(key) == text for key, text in fixed)]
        if agreeing or len(link.columns) > 1:
            agreeing = agreeing or [row for row in rows if all(row.value(key) == text for key, text in fixed)]
            return next(iter(agreeing or ranked), None)
        return next(iter(ranked), None)

    def _seen_first(self, table: str, rows: Sequence[Row], who: Actor) -> list[Row]:
        """A person's rows; where only rows of one kind are seen by anybody, himself included, those first."""
        mine = [row for row in rows if row.whose is who]
        if len(mine) > 1:
            if table not in self._seen:
                relation = self._catalog.relation(table)
                self._seen[table] = only_shown(relation) if relation is not None else []
            if kinds := self._seen[table]:
                mine.sort(key=lambda row: not any(all(row.value(n) == v for n, v in kind.items()) for kind in kinds))
        return mine

    def _conditions(self, plan: Plan, wish: Wish, values: Values) -> None:
        """Take, for each group of columns bound by a condition, an answer that the server allows."""
        marks = standing(plan.kin, plan.choices, wish.person.actor)
        wanted = {**marks, **wish.given, **wish.variation}
        for group in plan.solved:
            fitting = group.fitting(wanted) or group.fitting({**wish.given, **wish.variation})
            if not fitting and wish.number > 1 and group.solutions:
                raise LackingError("the table's conditions do not allow such a row")
            fitting = fitting or group.fitting({})
            fitting = [one for one in fitting if _holds(one, group, values)] or fitting
            if not fitting:
                continue
            distinct = _distinct_in(plan.kin.table, group)
            place = wish.shift + (_spread(wish) if distinct else 0)
            fitting = _one_each(fitting, distinct) if distinct else fitting
            chosen = fitting[place % len(fitting)]
            for name in group.columns:
                if name not in group.links:
                    values[name] = chosen[name]
                elif chosen[name] is None:
                    values[name] = None

    def _plain(self, plan: Plan, wish: Wish, column: Attribute, values: Values) -> None:
        """Put a value into a column that nothing else decides."""
        table, person = plan.kin.table, wish.person
        marks = standing(plan.kin, plan.choices, person.actor)
        wanted = {**marks, **wish.variation}
        distinct = any(column.name in index.columns for index in table.distinct)
        if column.generated or (column.identity and column.name not in wanted):
            return
        if column.name in wanted:
            values[column.name] = wanted[column.name]
        elif column.name in plan.placed:
            values[column.name] = plan.placed[column.name]
        elif column.name in table.primary_key and column.base == "uuid" and not column.is_array:
            values[column.name] = self._key(table, column, wish)
        elif column.default and not (distinct and constant(column.default) is not None):
            return
        elif not column.required and (wish.lean or _left_open(column)):
            values[column.name] = None
        elif column.name == "email" and not column.is_array and wish.number == 1:
            values[column.name] = person.email
        elif (offered := self._offered(plan, column)) and not (distinct and column.base in TEXTS):
            values[column.name] = offered[wish.shift % len(offered)]
        else:
            salt = f"{person.actor}{wish.number}"
            unlike = distinct or column.base.endswith("range")
            number = hash_of(wish) if unlike else wish.number
            values[column.name] = natural(column, self._catalog, salt, number, unlike=unlike)
        if values.get(column.name) is None and column.required and not column.default:
            values.pop(column.name, None)

    def _offered(self, plan: Plan, column: Attribute) -> list[str]:
        """The values that the app itself names for a column, without those that give power, unless it takes no other:
        where rules ask for `role = 'admin'` alone, people have any other role."""
        some = [] if column.is_array else plan.choices.get(column.name, [])
        closed = column.base in self._catalog.enums or any(column.name in group.closed for group in plan.solved)
        return [one for one in some if not POWERFUL.search(one)] or (list(some) if closed else [])


def hash_of(wish: Wish) -> int:
    """A small number of the person and the row's number, different for each."""
    return list(Actor).index(wish.person.actor) * 40 + wish.number


def _spread(wish: Wish) -> int:
    return list(PARTNERS).index(wish.person.actor) + (wish.number - 1) * len(PARTNERS)


def _left_open(column: Attribute) -> bool:
    """Whether a column that may be empty stays so: what would end, undo or approve the row."""
    if UNDONE.search(column.name):
        return True
    return column.base in MOMENTS and not any(part in column.name for part in ("expir", "end", "until", "valid_to"))


def _holds(solution: Solution, group: Solved, values: Values) -> bool:
    """Whether the links that must not be null in this answer are there."""
    return all(solution[name] is None or values.get(name) is not None for name in group.links)


def _distinct_in(table: Relation, group: Solved) -> list[str]:
    return [name for name in group.columns if any(name in index.columns for index in table.distinct)
            and name not in group.links]  # fmt: skip


def _one_each(solutions: list[Solution], names: list[str]) -> list[Solution]:
    """The first answer for each different value of some columns."""
    found: dict[tuple[str | None, ...], Solution] = {}
    for one in solutions:
        found.setdefault(tuple(one[name] for name in names), one)
    return list(found.values())


def _powerful(row: Row) -> bool:
    return any(text is not None and POWERFUL.search(text) is not None and name != "id" for name, text in row.values)


def again(wish: Wish, **changes: object) -> Wish:
    """The same wish with some things changed."""
    return replace(wish, **changes)  # type: ignore[arg-type]
