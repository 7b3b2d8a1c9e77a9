"""The cases as our readers see them, with or without what only the running app knows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from apprescue.model.app import Query
from apprescue.model.trace import Value
from apprescue.source.statements.request import Request
from apprescue.sprint.run import world_of
from tests.source.statements.cases import CASES, KNOWN

NAMES = ", ".join(KNOWN)
BEGINS = {
    "js": (
        "app.ts",
        """import { createClient } from '@supabase/supabase-js'
const supabase = createClient(process.env.URL, process.env.SERVICE_KEY)
""",
        "export async function asked{number}(" + NAMES + ") {{ return await {chain} }}\n",
    ),
    "py": (
        "app.py",
        """import os
from supabase import create_client
supabase = create_client(os.environ["URL"], os.environ["SERVICE_KEY"])
""",
        "def asked{number}(" + NAMES + "): return {chain}\n",
    ),
}


@cache
def queries(language: str) -> dict[int, Query]:
    """The query that our readers see in each case's chain."""
    path, head, line = BEGINS[language]
    numbers, text = {}, head
    for number, chain in chains(language):
        numbers[text.count("\n") + 1] = number
        text += line.format(number=number, chain=chain)
    return {numbers[q.place.line]: q for q in world_of({path: text})["app"].queries}


def chains(language: str) -> tuple[tuple[int, str], ...]:
    return tuple((n, text) for n, case in enumerate(CASES) if (text := getattr(case, language)))


def filled(value: Any) -> str:
    known = KNOWN[value.name]
    return ",".join(map(str, known)) if isinstance(known, list) else str(known)


def calculated(value: Value) -> str:
    """A value of the code with what the running app knows in it."""
    if value.op in ("+", "-", "*"):
        left, right = (int(calculated(part)) for part in value.operands)
        return str({"+": left + right, "-": left - right, "*": left * right}[value.op])
    return str(value.constant) if value.literal else filled(value)


def plain(value: Value | None) -> Any:
    if value is None:
        return None
    if value.fields is not None:
        return {key: plain(part) for key, part in value.fields.items()}
    if value.items is not None:
        return [plain(part) for part in value.items]
    return value.constant if value.literal else KNOWN[value.name]


def as_sent(read: Request) -> dict[str, Any]:
    """A request of ours as the recorder writes one down."""

    def text(written: str) -> str:
        return "".join(calculated(hole) if (hole := read.hole(sign)) is not None else sign for sign in written)

    return {
        "method": read.method,
        "path": read.path,
        "query": [[key, text(value)] for key, value in read.query],
        "prefer": list(read.prefer),
        "accept": read.accept or "*/*",
        "schema": read.schema,
        "body": plain(read.body),
    }


def known(read: Request) -> Request:
    """A request with what the running app knows in it."""
    return replace(read, query=tuple((key, value) for key, value in as_sent(read)["query"]), body=_known(read.body))


def _known(value: Value | None) -> Value | None:
    if value is None or value.literal:
        return value
    if value.fields is not None:
        return replace(value, fields={key: part for key, v in value.fields.items() if (part := _known(v))})
    if value.items is not None:
        return replace(value, items=tuple(part for v in value.items if (part := _known(v))))
    return Value(constant=KNOWN[value.name], literal=True)
