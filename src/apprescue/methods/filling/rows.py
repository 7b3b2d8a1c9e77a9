"""Rows for any schema: five people sign up, and each gets rows of his own in every table, of each kind that counts.

A person's row hangs on that person's own rows; the subscriber is truly subscribed to the owner, the member in his team,
the administrator marked as the schema marks one. What no row could be made for is said, with the reason.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from apprescue.methods.conditions import asked_anywhere
from apprescue.methods.filling.belonging import owned, placed
from apprescue.methods.filling.circles import left_open
from apprescue.methods.filling.composing import Composer, LackingError, Plan, Values, Wish, again
from apprescue.methods.filling.files import store
from apprescue.methods.filling.inserting import Inserter, RefusedError, relation, row_of, together, where_of
from apprescue.methods.filling.kinship import Kin, Side, in_order, kinship, must
from apprescue.methods.filling.marks import choices, grants_power, standing
from apprescue.methods.filling.signing_up import people_for, sign_up
from apprescue.methods.filling.solving import solve
from apprescue.methods.filling.spares import changed, one_more
from apprescue.methods.filling.variations import factors, kinds
from apprescue.methods.filling.views import refreshed
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.rows import Filled, Person, Row

ORDER = (Actor.OWNER, Actor.SUBSCRIBER, Actor.MEMBER, Actor.STRANGER, Actor.ADMIN)
VARIED = (Actor.OWNER, Actor.STRANGER)
MOST_LOOKED_AT = 300
FAVOURABLE = ("active", "accepted", "approved", "completed", "paid", "succeeded", "confirmed", "published", "true")


def fill(database: Database, catalog: Catalog, *, seed: int = 1) -> Filled:
    """Fill an app's database with people and their rows. It must be the laboratory's own: rows are left in it.

    The session should be one that row level security does not bind. The same seed makes the same rows, but for what
    the server itself draws. Raises DatabaseError only where nobody could sign up.
    """
    begun = time.monotonic()
    filling = _Filling(database, catalog, seed)
    filling.sign_up()
    filling.tables()
    filling.close_circles()
    filling.refresh()
    filling.spares()
    stored, missing = store(database, catalog, filling.people.values())
    filling.inserter.as_person(None)
    return Filled(
        people=tuple(filling.people.values()),
        rows=(*(row for rows in filling.rows.values() for row in rows), *stored),
        spare=tuple(filling.spare),
        missing=_summed([*filling.missing, *missing]),
        owned=filling.owned,
        notes=tuple(dict.fromkeys([*filling.notes, *refreshed(database, catalog)])),
        seconds=time.monotonic() - begun,
    )


class _Filling:
    """What is there so far."""

    def __init__(self, database: Database, catalog: Catalog, seed: int) -> None:
        self._database, self._catalog = database, catalog
        self._asked = asked_anywhere(catalog)
        self.kin = {name: kin for name, kin in kinship(catalog, self._asked).items() if not name.startswith("storage.")}
        self.people = {person.actor: person for person in people_for(catalog, seed)}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.composer = Composer(catalog, self.people, self.rows, seed)
        self.inserter = Inserter(database, self.composer)
        self.owned = owned(catalog, self.kin)
        self.plans: dict[str, Plan] = {}
        self.spare: list[Row] = []
        self.missing: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    def sign_up(self) -> None:
        if self._catalog.accounts is None:
            return
        for person in self.people.values():
            complaint = sign_up(self._database, self._catalog, person)
            if complaint:
                self.notes.append(("auth.users", complaint))

    def tables(self) -> None:
        for names in in_order(self.kin):
            for name in names:
                self.plans[name] = self._planned(self.kin[name])
            if len(names) > 1:
                self._circle(names)
            else:
                self._table(self.plans[names[0]])

    def _planned(self, kin: Kin) -> Plan:
        asked = self._asked.get(kin.table.name, {})
        solved = solve(self._database, self._catalog, kin.table, kin.filled_from_elsewhere(), asked)
        named = choices(self._catalog, kin, solved, asked)
        return Plan(kin, solved, asked, named, placed(self._catalog, kin.table))

    def _table(self, plan: Plan) -> None:
        name = plan.kin.table.name
        powerful = grants_power(self._catalog, plan.kin, plan.solved, plan.choices)
        there = self.inserter.read(plan.kin.table, f"limit {MOST_LOOKED_AT}")
        if there and name not in self.owned:
            self._seeded(plan, there)
        closed = {name: some for group in plan.solved for name, some in group.closed.items()}
        varied = kinds(plan.kin, factors(self._catalog, plan.kin, plan.asked, plan.choices, closed))
        for actor in ORDER:
            if powerful and actor is not Actor.ADMIN:
                self.missing.append((name, f"{actor}: a row here would make him an administrator"))
                continue
            self._persons(plan, self.people[actor], there, varied)

    def _persons(self, plan: Plan, person: Person, there: Sequence[Values], varied: Sequence[Values]) -> None:
        """One person's rows of a table: the plainest first, then one of each other kind, then one with nobody else."""
        settled = plan.kin.profile or person.actor not in VARIED
        plainest = {**varied[0], **(self._favourable(plan) if settled else {})}
        wish = Wish(person, variation=plainest)
        found = next((values for values in there if self._belongs(plan.kin, person, values)), None)
        if found is not None:
            self._adopt(plan, wish, found)
        elif not self._add(plan, wish):
            return
        if person.actor in VARIED:
            for number, kind in enumerate([kind for kind in varied if kind != plainest], 2):
                self._vary(plan, Wish(person, number=number, variation=kind))
            if plan.kin.two_sided:
                self._add(plan, Wish(person, number=len(varied) + 1, variation=plainest, alone=True), silent=True)

    def _favourable(self, plan: Plan) -> Values:
        """What lets somebody in: the active subscription, the accepted membership, the approved profile (but no mark on
        it that only the app's own people give)."""
        found: Values = {}
        for column in plan.kin.table.columns:
            if column.name in plan.kin.filled_from_elsewhere() or (plan.kin.profile and column.base == "boolean"):
                continue
            wished = plan.asked[column.name].equal if column.name in plan.asked else []
            best = [text for text in FAVOURABLE if text in wished]
            if best:
                found[column.name] = best[0]
        return found

    def _add(self, plan: Plan, wish: Wish, silent: bool = False) -> bool:
        name = plan.kin.table.name
        try:
            row = self.inserter.added(plan, wish)
        except RefusedError as refused:
            if refused.taken is not None and not any(row.where == refused.taken.where for row in self.rows[name]):
                self.rows[name].append(refused.taken)
                return True
            if not silent and (name in self.owned or not self.rows[name]):
                self.missing.append((name, f"{wish.person.actor}: {refused}"))
            return False
        if row.note:
            self.notes.append((name, row.note))
        self.rows[name].append(row)
        return True

    def _vary(self, plan: Plan, wish: Wish) -> None:
        """A row of another kind; where only one row may be, what to change in it is noted as a spare one."""
        try:
            row = self.inserter.added(plan, wish)
        except RefusedError:
            base = next((row for row in self.rows[plan.kin.table.name] if row.whose is wish.person.actor), None)
            if base is not None:
                self.spare += changed(self._database, base, wish.variation)
            return
        self.rows[plan.kin.table.name].append(row)

    def _seeded(self, plan: Plan, there: Sequence[Values]) -> None:
        """Rows that the migrations brought: nobody's, and everybody may hang on them."""
        for values in there[:20]:
            self.rows[plan.kin.table.name].append(
                row_of(plan.kin, Wish(self.people[Actor.ADMIN]), values, {}, "migration", "")
            )

    def _belongs(self, kin: Kin, person: Person, values: Values) -> bool:
        """Whether a row that is there already is that person's: it names him, or it hangs on his row alone."""
        if any(values.get(name) == person.id for name in kin.own):
            return True
        mine = [link for link in kin.links if (kin.sides.get(link.columns) is Side.SELF or not kin.personal)
                and link.to in self.owned]  # fmt: skip
        return any(
            row.whose is person.actor
            and all(
                values.get(n) == row.value(k) is not None for n, k in zip(link.columns, link.to_columns, strict=True)
            )
            for link in mine
            for row in self.rows[link.to]
        )

    def _adopt(self, plan: Plan, wish: Wish, found: Values) -> None:
        """Take a row that a trigger made, and fill in what it left open: marks of power, the rows it hangs on."""
        table = plan.kin.table
        try:
            values, parties = self.composer.row(plan, wish)
        except LackingError:
            values, parties = {}, {}
        firm: Values = {}
        if plan.kin.profile or wish.person.actor not in VARIED:
            firm |= dict(wish.variation) if wish.person.actor not in VARIED else self._favourable(plan)
        if wish.person.actor is Actor.ADMIN:
            firm |= standing(plan.kin, plan.choices, Actor.ADMIN)
        open_ = {name: text for name, text in values.items()
                 if text is not None and found.get(name) is None and name not in table.primary_key}  # fmt: skip
        where = where_of(table, found)
        for changes, triggers in (({**open_, **firm}, True), (firm, True), (firm, False)):
            wanted = {name: text for name, text in changes.items() if found.get(name) != text}
            if not wanted or self._update(plan, where, wanted, triggers):
                break
        stored = self.inserter.read(table, f"where {where} limit 1")
        wish = again(wish, variation=dict.fromkeys(wish.variation))
        known = {name: actor for name, actor in parties.items() if name in plan.kin.own or name in values}
        self.rows[table.name].append(row_of(plan.kin, wish, (stored or [found])[0], known, "trigger", ""))

    def _update(self, plan: Plan, where: str, values: Values, triggers: bool) -> bool:
        sets = ", ".join(f"{ident_of(name)} = {literal(text)}" for name, text in values.items())
        before = "" if triggers else "set local session_replication_role = replica; "
        try:
            self.inserter.as_person(None)
            return self._database.run(f"{before}update {relation(plan.kin.table)} set {sets} where {where}") == 1
        except DatabaseError:
            return False

    def _circle(self, names: Sequence[str]) -> None:
        """Tables that must hang on each other get their rows in one statement, each row's key chosen beforehand."""
        for actor in ORDER:
            wish = Wish(self.people[actor])
            held: dict[str, Row] = {}
            try:
                for _ in range(2):
                    for name in names:
                        others = [row for other, row in held.items() if other != name]
                        values, parties = self._foreseen(self.plans[name], wish, names, others)
                        held[name] = row_of(self.kin[name], wish, values, parties, "insert", "")
                parts = [(self.kin[name].table, dict(held[name].values)) for name in names]
                self.inserter.as_person(wish.person)
                stored = list(together(self._database, parts))
            except (LackingError, DatabaseError) as error:
                self.missing += [(name, f"{actor}: {error}") for name in names]
                continue
            for name, values in zip(names, stored, strict=True):
                self.rows[name].append(row_of(self.kin[name], wish, values, dict(held[name].parties), "insert", ""))

    def _foreseen(
        self, plan: Plan, wish: Wish, names: Sequence[str], others: Iterable[Row]
    ) -> tuple[Values, dict[str, Actor]]:
        """A row composed as if those others stood there already; what they hang on is left open where they do not."""
        given: Values = {}
        for link in plan.kin.links:
            if link.to in names and link.to != plan.kin.table.name and must(plan.kin.table, link):
                row = next((row for row in others if row.table == link.to), None)
                given |= {n: row.value(k) if row else None for n, k in zip(link.columns, link.to_columns, strict=True)}
        return self.composer.row(plan, again(wish, given=given))

    def close_circles(self) -> None:
        """Fill in the links that were left open because what they point at came later."""
        for name, plan in self.plans.items():
            for row, values in left_open(plan, self.rows[name], self.rows):
                self._update(plan, row.where, values, True)

    def refresh(self) -> None:
        """Read everything again: triggers and cascades changed rows after they were made."""
        for name, rows in self.rows.items():
            table = self.kin[name].table
            stored = {where_of(table, values): values for values in self.inserter.read(table, "limit 2000")}
            kept = [row for row in rows if row.where in stored]
            gone = {row.whose for row in rows} - {row.whose for row in kept}
            self.missing += [(name, f"{actor}: a trigger took the row away again") for actor in sorted(gone)]
            self.rows[name] = [_reread(row, stored[row.where]) for row in kept]

    def spares(self) -> None:
        """One more row of each table for the owner and the stranger."""
        for name, plan in self.plans.items():
            for actor in VARIED:
                base = next((row for row in self.rows[name] if row.whose is actor and row.made != "migration"), None)
                if base is not None:
                    self.spare += one_more(self._database, self.inserter, plan, self.people[actor], base)


def _summed(missing: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """One entry for each table, with the persons who lack a row and why."""
    by_table: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table, reason in missing:
        who, _, why = reason.partition(": ")
        by_table[table][why or who].append(who if why else "")
    return tuple(
        (table, "; ".join(f"{', '.join(who)}: {why}" if any(who) else why for why, who in reasons.items()))
        for table, reasons in by_table.items()
    )


def _reread(row: Row, stored: Values) -> Row:
    variation = tuple((name, stored.get(name)) for name, _ in row.variation)
    return replace(row, values=tuple(stored.items()), variation=variation)
