"""Who calls a function of the database: the app's pages, its server, or other parts of the database; and which of its
arguments says who is calling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.finding import Finding
from apprescue.model.place import FunctionPlace
from apprescue.model.trace import Value
from apprescue.source.intent_stored import names_person
from apprescue.source.project import SCRIPTS

_SERVERS = ("service", "server")
_CODE = (*SCRIPTS, ".py", ".vue", ".svelte", ".dart", ".swift", ".kt")
_ANOTHER = re.compile(r"(?i)(?:^|_)(?:target|recipient|receiver|to|other|friend|follow\w*|invit\w+|blocked|reported)_")
_CALLER = re.compile(
    r"(?:^|\.)(?:user|session\.user|profile|currentUser|authUser)\??\.id$|^(?:current|my|auth|logged_?in)_?user_?id$",
    re.I,
)
_ID = ("uuid", "text", "character varying")


@dataclass(frozen=True, slots=True)
class Callers:
    """Who calls a function. `pages` are the calls that the app makes as whoever uses it, `unread` whether its name
    stands in code besides the calls that were read. `rules` tells that row rules, views or defaults ask it, with the
    rights of whoever meets them; `triggers` and `functions` are the functions that call it with their caller's rights
    or their owner's."""

    pages: tuple[Query, ...] = ()
    unread: bool = False
    rules: bool = False
    triggers: tuple[Routine, ...] = ()
    functions: tuple[Routine, ...] = ()

    @property
    def need_the_right(self) -> bool:
        """Whether something stops working when clients lose the right to call it."""
        lent = any(not one.definer and _open(one) for one in (*self.triggers, *self.functions))
        return bool(self.pages) or self.unread or self.rules or lent


def _open(routine: Routine) -> bool:
    return routine.returns == "trigger" or bool({"anon", "authenticated"} & set(routine.executors))


def callers(app: App, catalog: Catalog, routine: Routine) -> Callers:
    """Everyone who calls a function, by name."""
    bare = routine.name.rpartition(".")[2]
    calls = [one for one in app.queries if one.operation == "rpc" and one.table.rpartition(".")[2] == bare]
    asks = re.compile(rf'(?<![\w$])"?{re.escape(bare)}"?\s*\(', re.I)
    inner = [one for one in catalog.routines if one.signature != routine.signature and asks.search(one.body)]
    return Callers(
        tuple(one for one in calls if one.as_whom not in _SERVERS),
        _named_besides(app, bare, calls),
        any(asks.search(text) for text in _rules(catalog)),
        tuple(one for one in inner if one.returns == "trigger"),
        tuple(one for one in inner if one.returns != "trigger"),
    )


def _rules(catalog: Catalog) -> Iterator[str]:
    """Every text of the database that is worked out with the rights of whoever reads or writes."""
    for relation in catalog.relations:
        yield relation.definition
        yield from (text for rule in relation.policies for text in (rule.using, rule.check))
        yield from (column.default for column in relation.columns)
        yield from (text for _, text in relation.checks)
        yield from (text.partition(" EXECUTE ")[0] for _, text, _ in relation.triggers)


def _named_besides(app: App, bare: str, calls: list[Query]) -> bool:
    """Whether code names it in quotes, or as an address, where no call of it was read."""
    word = re.compile(rf"[\"'`]{re.escape(bare)}[\"'`]|/rpc/{re.escape(bare)}\b")
    known = [(one.place.path, one.place.line, max(one.place.line, one.place.end_line)) for one in calls]
    for path, text in app.files.items():
        if not path.endswith(_CODE) or bare not in text:
            continue
        for found in word.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            if not any(path == where and first <= line <= last for where, first, last in known):
                return True
    return False


def caller_argument(routine: Routine, pages: tuple[Query, ...], guess: bool) -> str:
    """The argument that holds the id of whoever calls: what the pages put there, or, where that cannot be read and we
    may `guess`, the only one that is named for a person. Empty where there is none."""
    ids = [name for name, kind in routine.arguments if name and kind in _ID]
    given = {name: [value for call in pages if (value := _given(call, name))] for name in ids}
    sure = [name for name in ids if given[name] and any(map(_is_caller, given[name]))]
    sure = [name for name in sure if not any(_is_another(value) for value in given[name])]
    if sure or not guess:
        return sure[0] if len(sure) == 1 else ""
    likely = [name for name in ids if names_person(name) and not _ANOTHER.search(name)]
    known = [name for name in likely if any(map(_is_another, given[name]))]
    return likely[0] if len(likely) == 1 and not known else ""


def _given(call: Query, name: str) -> Value | None:
    return next((arg.fields[name] for arg in call.step.args[1:] if arg.fields and name in arg.fields), None)


def _is_caller(value: Value) -> bool:
    return value.comes_from("caller") or bool(_CALLER.search(value.name))


def _is_another(value: Value) -> bool:
    return (bool(value.origins) and not value.comes_from("caller")) or (value.literal and value.constant is not None)


def found_at(finding: Finding, catalog: Catalog) -> list[Routine]:
    """The functions with their owner's rights that a finding names and that clients may call."""
    names = {place.function for place in (finding.place, *finding.related) if isinstance(place, FunctionPlace)}
    return [
        one
        for one in catalog.routines
        if one.name in names and one.definer and {"anon", "authenticated"} & set(one.executors)
    ]
