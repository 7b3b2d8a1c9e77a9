"""How many rows a query or a loop may meet: what grows with the app's success, what stays small, what runs unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from apprescue.model.app import App, Query
from apprescue.model.schema import Schema, Table
from apprescue.model.trace import Loop, Step, Value
from apprescue.source.meaning import words

FEW = 12
MANY = 1000
_OFFLINE = re.compile(
    r"(?i)(?:^|/)(?:seeds?|scripts?|migrations?|tests?|__tests__|e2e|fixtures|examples?|tools|docs?|mocks?|bin|alembic|"
    r"management/commands)/|(?:^|[/._-])(?:seed\w*|migrat\w*|backfill\w*|fix\w*db|populate\w*|import-data|setup-?db)[\w-]*\.\w+$|"
    r"(?:seed|migrate|backfill|populate)[\w-]*\.\w+$"
)
_JOB = re.compile(
    r"(?i)(?:^|[/_.-])(?:cron|jobs?|workers?|scheduled?|scheduler|maintenance|cleanup|reminders?|renewals?|deadlines?|reconcil\w*|expir\w*|"
    r"queue|auto|process|sync|backup|export|dump|digest|daily|hourly|weekly|batch|tracker)(?:[/_.-]|$)|Cron|Scheduler|Worker|Queue|Maintenance"
)
_CATALOGUE = frozenset(
    "setting config configuration category plan tier package role permission feature flag faq banner template "
    "language country currency tag genre topic niche skill type level status limit preset option menu page theme "
    "color icon badge reward rule policy rate region city state admin moderator staff subcategory franchise "
    "provider integration price product model version migration sequence counter schedule milestone testimonial "
    "section block landing hero footer nav metadata secret key".split()
)
_GROWS = frozenset(
    "message post comment like notification event log view order transaction payment tip booking user profile "
    "subscriber follower subscription review rating click visit activity session upload video photo image media "
    "story reply ticket lead contact conversation history analytics impression earning payout purchase invoice "
    "member customer fan donation vote interaction conversion referral play download search token reaction "
    "submission application affiliate content track song".split()
)


@cache
def offline(path: str) -> bool:
    """Whether a file is run by hand or once: a seed, a script, a migration, a test."""
    return bool(_OFFLINE.search(path))


def in_job(path: str) -> bool:
    """Whether a file's name says that a clock or a queue starts it and nobody waits."""
    return bool(_JOB.search(path))


def is_small(table: str) -> bool:
    """Whether a table's name says that it stays short: settings, categories, plans."""
    named = words(table)
    return (
        bool(named)
        and named[-1] in _CATALOGUE
        and not (set(named[:-1]) & {"user", "member"} and named[-1] != "setting")
    )


def grows(table: str) -> bool:
    """Whether a table's name says that it grows with every use of the app."""
    return bool(set(words(table)) & _GROWS) and not is_small(table)


def endless(query: Query) -> bool:
    """Whether a query gives back as many rows as there are."""
    return (
        query.operation == "select"
        and not (query.single or query.paged)
        and (query.limit is None or query.limit >= MANY)
    )


def of_one_row(query: Query, table: Table | None) -> bool:
    """Whether a query's conditions leave one row, or as many as a list that was given."""
    equal = {f.column.rpartition(".")[2].lower() for f in query.filters if f.operator == "eq"}
    if equal & {"id", "_id", "uuid", "pk", "slug", "email", "username", "code", "handle"}:
        return True
    if any(_ONE_OF_A_KIND.search(column) for column in equal):
        return True
    if any(f.operator == "in" for f in query.filters):
        return True
    if table is None:
        return False
    unique = [table.primary_key, *(i.columns for i in table.indexes if i.unique and not i.where)]
    return any(columns and {plain_name(c) for c in columns} <= {plain_name(e) for e in equal} for columns in unique)


def plain_name(name: str) -> str:
    """A name without the marks in which languages differ: `userId` and `user_id` are the same."""
    return name.replace("_", "").lower()


def table_named(schema: Schema, name: str) -> Table | None:
    """The table that code means by a name, whether it writes `Post`, `blogPosts` or `blog_posts`."""
    found = schema.table(name)
    if found is not None:
        return found
    wanted = {
        plain_name(name),
        plain_name(name) + "s",
        plain_name(name).removesuffix("y") + "ies",
        plain_name(name) + "es",
    }
    return next((t for t in schema.tables if plain_name(t.name.rpartition(".")[2]) in wanted), None)


def by_step(queries: Iterable[Query]) -> dict[int, Query]:
    """The queries by the identity of their last calls."""
    return {id(q.step): q for q in queries}


def query_behind(value: Value | None, known: dict[int, Query]) -> Query | None:
    """The query whose answer a value is, or was made of."""
    return _behind(value.step if value is not None else None, known)


def _behind(step: Step | None, known: dict[int, Query]) -> Query | None:
    while step is not None and id(step) not in known:
        step = step.receiver
    return known[id(step)] if step is not None else None


def loops_around(query: Query) -> tuple[Loop, ...]:
    """The loops that a query stands in from its first call on; conditions may be added to it in a loop of their own."""
    first = next(
        (x for x in query.step.chain if x.place.line == query.place.line and x.place.path == query.place.path), None
    )
    return first.loops if first is not None else query.step.loops


def per_row(loop: Loop) -> bool:
    """Whether a loop runs once for each of many things: no retry, no page after page, no short list."""
    if loop.bounded or short(loop.of):
        return False
    if loop.each:
        return True
    test = loop.of
    counted = test is not None and test.op in ("<", "<=") and len(test.operands) == 2
    return bool(counted and test is not None and test.operands[1].name.endswith("length") and loop.over)


def short(value: Value | None) -> bool:
    """Whether a list is cut to few elements: `rows.slice(0, 5)`, `rows[:5]`, or is a literal's."""
    if value is None:
        return False
    if value.items is not None and len(value.items) <= FEW:
        return True
    for link in value.step.chain if value.step is not None else ():
        if link.method in ("slice", "[:]", "islice") and link.args:
            end = link.args[-1].constant
            start = link.args[0].constant if len(link.args) > 1 else 0
            if isinstance(end, int) and isinstance(start, int) and 0 < end - start <= FEW:
                return True
        fixed = link.method in ("entries", "keys", "values") and link.args and link.args[0].fields is not None
        if fixed and "..." not in (link.args[0].fields or {}):
            return True
    return False


def app_queries(app: App) -> list[Query]:
    """The queries of the app itself, without those of scripts that are run by hand."""
    return [q for q in app.queries if not offline(q.place.path)]


_OWNED = re.compile(
    r"(?i)(?:_id|Id|_uuid|_by|By|_wallet|_email|_address|_key|_slug)$|^(?:user|owner|author|sender|recipient|creator|profile)$"
)
_WAITING = re.compile(r"(?i)^(?:pending|open|new|queued|processing|scheduled|in_progress|live|requested|failed|draft)")
_QUEUED = re.compile(
    r"(?i)^(?:pending\w*|queued|running|scheduled|submitted|awaiting\w*|waiting|in_?progress|in_?review|under_?review|unreviewed|open)$"
)
_STATE = re.compile(r"(?i)(?:^|[_a-z])(?:status|state)$|^(?:status|state)$")
_ONE_OF_A_KIND = re.compile(r"(?:slug|token|token_?hash|(?:^|_)api_?key|(?:invite|reset|referral|share|access)_?code)$")
_PARTS = frozenset(
    "distribution item line split allocation share option step member invite invitation collaborator".split()
)
_CIRCLES = frozenset("team workspace organization organisation org company family household".split())
_TIME = re.compile(r"(?i)(?:_at|At|_on|date|Date|time|timestamp|day|month|week)$|^(?:date|day|start|end)")


def for_staff(query: Query) -> bool:
    """Whether a query asks for the few who run the app."""
    return any(
        re.search(r"(?i)role|is_?(?:admin|staff|moderator)|user_?type", f.column)
        and (
            f.value.constant is True
            or re.search(r"(?i)admin|staff|moderator|owner|support", str(f.value.constant or ""))
        )
        for f in query.filters
    )


def narrowed(query: Query) -> bool:
    """Whether a query's conditions leave what belongs to one person or thing, or to some time."""
    for f in query.filters:
        columns = [c.rpartition(".")[2] for c in f.column.split(",")]
        if f.value.comes_from("caller") or f.column == "?":
            return True
        if f.operator in ("eq", "or", "contains") and any(_OWNED.search(c) for c in columns):
            return not (f.value.literal and f.value.constant is None)
        if f.operator in ("gt", "gte", "between") and any(_TIME.search(c) for c in columns):
            return True
        if f.operator == "eq" and _WAITING.search(str(f.value.constant or "")):
            return True
        if f.operator in ("ilike", "like", "textSearch", "fts"):
            return True
    return False


def is_queue(query: Query) -> bool:
    """Whether a query asks for what waits to be done, which leaves the list as soon as it is: `status` is `pending`."""
    return any(
        any(_STATE.search(c.rpartition(".")[2]) for c in f.column.split(","))
        and f.operator in ("eq", "in", "or")
        and (texts := [v.constant for v in f.value.deep() if isinstance(v.constant, str)])
        and all(_QUEUED.search(text) for text in texts)
        for f in query.filters
    )


def parts_of_one(query: Query) -> bool:
    """Whether a query asks for the few parts of one thing: the items of an order, the members of a team."""
    named = words(query.table)
    if len(named) < 2 or named[-1] not in _PARTS:
        return bool(set(named[-1:]) & {"invite", "invitation"}) and narrowed(query)
    if named[-1] in ("member", "invite", "invitation", "collaborator"):
        return named[0] in _CIRCLES and narrowed(query)
    owners = {plain_name(f.column.rpartition(".")[2]) for f in query.filters if f.operator == "eq"}
    return bool(owners & {f"{named[0]}id", plain_name("_".join(named[:-1])) + "id"})


def within_one(loop: Loop, known: dict[int, Query], schema: Schema) -> bool:
    """Whether a loop goes over what one row keeps in a column of its own, such as a JSON list."""
    source = query_behind(loop.of, known)
    if source is None or not source.single:
        return False
    table = table_named(schema, source.table)
    columns = {plain_name(c.name) for c in table.columns} if table is not None else set()
    kept = {o.split(".")[2] for o in loop.over if o.startswith(f"row.{source.table}.")}
    return bool(kept) and all(plain_name(name) in columns for name in kept)


_ADDS = ("reduce", "+=", "sum", "fsum", "mean")


def added_up(app: App) -> Iterator[tuple[Query, Step]]:
    """The queries without limit whose rows are added up in code, each with the call that adds."""
    known = by_step(app.queries)
    for trace in app.traces:
        adding = [s for s in trace.steps if s.name == "+=" or s.method in _ADDS]
        asked = [known[id(s)] for s in trace.steps if id(s) in known] if adding else []
        for step in adding:
            query = _added(step, known, asked)
            if query is not None and endless(query):
                yield query, step


def _added(step: Step, known: dict[int, Query], asked: list[Query]) -> Query | None:
    """The query whose rows a step adds up."""
    if step.name == "+=":
        loop = step.loops[-1]
        found = query_behind(loop.of, known)
        named = _tables(loop.over)
    elif step.method == "reduce":
        found, named = _behind(step.receiver, known), ()
    else:
        found, named = None, _tables(frozenset(o for v in step.args[:1] for o in v.all_origins))
    return found or next((q for q in reversed(asked) if q.table in named and q.operation == "select"), None)


def _tables(origins: frozenset[str]) -> tuple[str, ...]:
    return tuple({o.split(".")[1] for o in origins if o.startswith("row.")})
