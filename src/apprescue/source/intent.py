"""What the app is meant to allow, as its names, rules and pages tell it: inferred, never executed.

What stays unknown stays None; the most valuable of that becomes questions for the owner.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog
from apprescue.model.intent import Intent, Meant, key_of
from apprescue.model.schema import Schema, Table
from apprescue.source.catalog_schema import schema_of
from apprescue.source.intent_owners import ownership
from apprescue.source.intent_questions import Doubt, doubts_of, questions
from apprescue.source.intent_reading import reading_of
from apprescue.source.intent_stored import bucket_of, function_of
from apprescue.source.intent_words import keeps_own_books
from apprescue.source.intent_writing import writing_of
from apprescue.source.sql_words import secrecy

_OURS = (
    "auth.",
    "storage.",
    "extensions.",
    "vault.",
    "realtime.",
    "cron.",
    "net.",
    "graphql",
    "pg_",
    "information_schema",
)


def infer(app: App, catalog: Catalog | None = None) -> Intent:
    """What is meant of the app's database. With the executed catalog its final state is judged, else the files'."""
    schema = app.schema if catalog is None else schema_of(catalog, app.schema)
    app = replace(app, schema=schema)
    asked: dict[str, list[Query]] = defaultdict(list)
    for query in app.queries:
        asked[query.table].append(query)
    own_books = keeps_own_books(schema)
    comments = {r.name: r.comment for r in catalog.relations} if catalog else {}
    tables: dict[str, Meant] = {}
    doubts: list[Doubt] = []
    for table in schema.tables:
        if not table.name.startswith(_OURS):
            meant, open_points = _meant(app, table, asked, own_books, comments.get(table.name, ""))
            tables[table.name] = meant
            doubts += open_points
    buckets, functions, reasons = _stored(schema, asked, tables)
    return Intent(
        tables,
        frozenset(name for name, said in buckets.items() if said),
        frozenset(name for name, said in functions.items() if said),
        questions([*doubts, *_about_buckets(schema, buckets, reasons)]),
        frozenset(name for name, said in buckets.items() if said is False),
        frozenset(name for name, said in functions.items() if said is False),
        reasons,
    )


def _meant(
    app: App, table: Table, asked: dict[str, list[Query]], own_books: bool, comment: str
) -> tuple[Meant, list[Doubt]]:
    own = ownership(app.schema, table)
    read = reading_of(app.schema, table, own, asked[table.name.partition(".")[2]], comment)
    write = writing_of(app, table, own, own_books)
    private = {c.name: _finer(c.name, kind) for c in table.columns if (kind := secrecy(c, table.name))}
    reasons = {"owner": own.why, "public": read.why, **write.reasons}
    reasons |= {name: f"{name} is {_SECRET_WORDS[kind]}." for name, kind in private.items() if name not in reasons}
    meant = Meant(
        table.name,
        owners=own.owners,
        public=read.public,
        public_when=read.public_when,
        secret=tuple(private),
        pinned=write.pinned,
        user_may_insert=write.insert,
        user_may_update=write.update,
        user_may_delete=write.delete,
        why=" ".join(filter(None, (own.why, read.why, write.reasons.get("insert", "")))),
        authors=own.authors,
        through=own.through,
        member_of=own.member_of,
        shared=read.shared,
        shared_when=read.shared_when,
        linked=read.linked,
        paid=read.paid,
        sold=read.sold,
        authored=own.authored,
        answered=write.answered,
        granted=write.granted,
        anon_may_insert=write.anon_insert,
        anyone_may_change=write.anyone,
        kinds={**private, **write.kinds},
        reasons=reasons,
    )
    return meant, list(doubts_of(app.schema, table, meant, read.guess, write.titles))


_SECRET_WORDS = {"secret": "a key or token", "personal": "personal", "contact": "how to reach a person"}
_CONTACT = re.compile(r"mail|phone|mobile|whatsapp|(?:^|_)address(?!.*ip)", re.I)


def _finer(column: str, kind: str) -> str:
    """Contact data apart from the rest of what is personal: some people publish it."""
    return "contact" if kind == "personal" and _CONTACT.search(column) and "ip_" not in column else kind


def _stored(
    schema: Schema, asked: dict[str, list[Query]], tables: dict[str, Meant]
) -> tuple[dict[str, bool | None], dict[str, bool | None], dict[str, str]]:
    buckets: dict[str, bool | None] = {}
    functions: dict[str, bool | None] = {}
    reasons: dict[str, str] = {}
    for bucket in schema.buckets:
        buckets[bucket.name], reasons[f"bucket {bucket.name}"] = bucket_of(schema, bucket)
    for function in schema.functions:
        calls = [q for q in asked[function.name.rpartition(".")[2]] if q.operation == "rpc"]
        said, why = function_of(schema, function, calls, tables)
        known = functions.get(function.name, said)
        functions[function.name] = known if known is False else said
        if why:
            reasons[f"function {function.name}"] = why
    return buckets, functions, reasons


def _about_buckets(schema: Schema, said: dict[str, bool | None], reasons: dict[str, str]) -> list[Doubt]:
    return [
        Doubt(
            key_of("buckets", b.name, "public"),
            f"May anybody see the files in the bucket {b.name}?",
            reasons[f"bucket {b.name}"] + (" The bucket is public now." if b.public else ""),
            False,
            60 if b.public else 20,
        )
        for b in schema.buckets
        if said[b.name] is None
    ]
