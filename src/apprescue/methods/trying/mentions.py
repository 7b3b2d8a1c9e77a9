"""Which tables and functions the server's own text of a policy, a function or a view speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.catalog import Catalog, Relation, Routine

WORD = re.compile(r'"([^"]+)"|([A-Za-z_][A-Za-z_0-9$]*)')
STRING = re.compile(r"'(?:[^']|'')*'")
DEPTH = 4


class Mentions:
    """Looks names up in texts. A name counts where it is a table's or a function's of the app."""

    def __init__(self, catalog: Catalog) -> None:
        self._tables = {r.name.split(".", 1)[1]: r for r in catalog.relations}
        self._routines: dict[str, list[Routine]] = {}
        for routine in catalog.routines:
            self._routines.setdefault(routine.name.split(".", 1)[1], []).append(routine)

    def tables(self, text: str) -> tuple[Relation, ...]:
        """The tables and views that a text names."""
        return tuple(self._tables[word] for word in _words(text) if word in self._tables)

    def routines(self, text: str) -> tuple[Routine, ...]:
        """The functions that a text names."""
        return tuple(routine for word in _words(text) for routine in self._routines.get(word, ()))

    def behind(self, text: str, depth: int = DEPTH) -> frozenset[str]:
        """Every table that a text reaches, also through functions and through the policies of what it reads."""
        return self.reached(text, depth)[0]

    def reached(self, text: str, depth: int = DEPTH) -> tuple[frozenset[str], tuple[str, ...]]:
        """Every table that a text reaches, and the texts on the way, with this one."""
        found: set[str] = set()
        texts: dict[str, str] = {"": text}
        self._reach(text, found, texts, depth)
        return frozenset(found), tuple(texts.values())

    def _reach(self, text: str, found: set[str], texts: dict[str, str], depth: int) -> None:
        if depth < 0:
            return
        for relation in self.tables(text):
            if relation.name not in found:
                found.add(relation.name)
                texts[relation.name] = _rules(relation) + relation.definition
                self._reach(texts[relation.name], found, texts, depth - 1)
        for routine in self.routines(text):
            if routine.signature not in texts:
                texts[routine.signature] = routine.body
                self._reach(routine.body, found, texts, depth - 1)

    def cycle(self, relation: Relation) -> tuple[str, ...]:
        """The way on which the policies of a table lead back to themselves: `a, b, a`. Empty where there is none."""
        return self._walk(relation.name, relation, (relation.name,)) or ()

    def _walk(self, name: str, relation: Relation, way: tuple[str, ...]) -> tuple[str, ...] | None:
        if len(way) > DEPTH * 2:
            return None
        for step, text in _steps(relation):
            for following, through in self._next(text, step):
                if following.name in way:
                    return (*way[way.index(following.name) :], *through, following.name)
                longer = self._walk(name, following, (*way, *through, following.name))
                if longer:
                    return longer
        return None

    def _next(self, text: str, step: str) -> Iterator[tuple[Relation, tuple[str, ...]]]:
        for table in self.tables(text):
            if table.rls:
                yield table, ()
        for routine in self.routines(text):
            if not routine.definer:
                for table in self.tables(routine.body):
                    if table.rls:
                        yield table, (f"{routine.name}()",)


def _rules(relation: Relation) -> str:
    return " ".join(f"{rule.using} {rule.check}" for rule in relation.policies)


def _steps(relation: Relation) -> Iterator[tuple[str, str]]:
    for rule in relation.policies:
        yield rule.name, f"{rule.using} {rule.check}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a or b for a, b in WORD.findall(STRING.sub("''", text))))
