"""The app's own functions as policies call them: what is meant, what a body asks, how one is written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pgparse  # type: ignore[import-not-found]

from apprescue.methods.expressions import Tree, condition, each, statements, words
from apprescue.model.catalog import Catalog, Relation, Routine

CALLER = frozenset({("auth", "uid"), ("auth", "jwt"), ("auth", "role"), ("auth", "email"), ("current_setting",)})
PLAIN = frozenset(
    "lower upper btrim ltrim rtrim split_part string_to_array jsonb_extract_path jsonb_extract_path_text".split()
)


class Routines:
    """The functions of a catalog by their names."""

    def __init__(self, catalog: Catalog) -> None:
        self._by_name: dict[str, list[Routine]] = {}
        for routine in catalog.routines:
            self._by_name.setdefault(routine.name, []).append(routine)
            self._by_name.setdefault(routine.name.partition(".")[2], []).append(routine)

    def named(self, name: tuple[str, ...]) -> list[Routine]:
        """The functions that a name may mean."""
        return self._by_name.get(".".join(name[-2:]), [])

    def is_calm(self, routine: Routine) -> bool:
        """Whether a function may be asked once instead of many times: stable, one value, no error of its own."""
        if routine.volatile or routine.returns_set or routine.procedure or routine.language not in ("sql", "plpgsql"):
            return False
        return routine.language == "sql" or not any(True for _ in each(read_body(routine), "PLpgSQL_stmt_raise"))

    def is_stable(self, call: Tree) -> bool:
        """Whether a call gives the same within a statement: who is calling, a setting, a plain function of texts, or
        a calm function of the app."""
        name = words(call.get("funcname"))
        if any(call.get(word) for word in ("agg_star", "agg_distinct", "agg_filter", "over", "agg_order")):
            return False
        own = self.named(name)
        if name in CALLER or (name[:-1] in ((), ("pg_catalog",)) and not own):
            return name in CALLER or name[-1] in PLAIN or name[-1:] in CALLER
        return bool(own) and all(map(self.is_calm, own))

    def behind_policies(self, catalog: Catalog) -> Iterator[tuple[Routine, Relation]]:
        """Each function that a policy calls, directly or through another, with the first table of such a policy."""
        seen: set[str] = set()
        for relation in catalog.relations:
            texts = [text for rule in relation.policies for text in (rule.using, rule.check)]
            open_ones = [routine for text in texts for routine in self.called(text)]
            while open_ones:
                routine = open_ones.pop(0)
                if routine.signature not in seen:
                    seen.add(routine.signature)
                    yield routine, relation
                    for query in body_queries(routine):
                        read = statements(query) or condition(query)
                        open_ones += self.called_in(read.tree if read else None)

    def called(self, text: str) -> list[Routine]:
        """The functions of the app that a condition calls."""
        read = condition(text)
        return self.called_in(read.tree if read else None)

    def with_body(self, routine: Routine, body: str) -> str:
        """The statement that gives a function another body and leaves all else."""
        before, _, after = routine.definition.rpartition(routine.body)
        return (before + body + after).rstrip() + ";"

    def called_in(self, tree: Any) -> list[Routine]:
        """The functions of the app that a tree calls."""
        return [routine for call in each(tree, "FuncCall") for routine in self.named(words(call.get("funcname")))]


@lru_cache(maxsize=1024)
def read_body(routine: Routine) -> Any:
    """The tree of a body in PL/pgSQL; None where it cannot be read."""
    try:
        read = pgparse.parse_pgsql(routine.definition)
    except (pgparse.PGQueryError, RecursionError, ValueError):
        return None
    return json.loads(read) if isinstance(read, str) else read


def body_queries(routine: Routine) -> tuple[str, ...]:
    """The queries in a function's body as they are written; of PL/pgSQL its single expressions too."""
    if routine.language == "sql":
        return (routine.body,)
    if routine.language == "plpgsql":
        return tuple(dict.fromkeys(e.get("query", "") for e in each(read_body(routine), "PLpgSQL_expr")))
    return ()
