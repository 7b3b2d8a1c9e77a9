"""A chain of supabase-js or supabase-py calls as the HTTP request that the library sends to PostgREST."""

from __future__ import annotations

from dataclasses import dataclass

from apprescue.model.app import Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import argument
from apprescue.source.statements.sending import Sending
from apprescue.source.statements.spelling import FIRST_HOLE, is_hole
from apprescue.source.statements.told import UntoldError, constant

BEGINS = ("from", "from_", "from_table", "table", "rpc")


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire. `query` are the parameters in their order; `prefer` the preferences, `accept` the media
    type where one is asked for. A text holds a private-use character for each piece that only the running app knows:
    `hole` gives that piece's value. `body` is what is sent as JSON.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    prefer: tuple[str, ...] = ()
    accept: str = ""
    schema: str = "public"
    body: Value | None = None
    holes: tuple[Value, ...] = ()

    def hole(self, sign: str) -> Value | None:
        """The value that a sign of a text stands for, None for an ordinary sign."""
        return self.holes[ord(sign) - FIRST_HOLE] if is_hole(sign) else None


def request(query: Query) -> Request:
    """The request of a query. Raises UntoldError where its shape cannot be read."""
    chain = query.step.chain
    start = next((n for n, link in enumerate(chain) if link.method in BEGINS and link.args), None)
    if start is None:
        raise UntoldError("where the query begins cannot be read")
    python = query.place.path.endswith(".py")
    sending = Sending(python)
    links = chain[start:]
    if links[0].method == "rpc":
        sending.call(links[0])
    else:
        if len(links) < 2:
            raise UntoldError("the table is named, and nothing is asked of it")
        sending.path = sending.name(links[0].args[0], "the table's name is only known at run time")
        sending.begin(links[1])
    seen: set[tuple[str, str]] = set()
    for link in links[1 if links[0].method == "rpc" else 2 :]:
        if not _again(link, links[0], seen):
            sending.follow(link)
    return Request(
        sending.method,
        sending.path,
        _grouped(sending.query) if python else tuple(sending.query),
        tuple(sending.prefer),
        sending.accept,
        _schema(chain[: start + 1]),
        sending.body,
        tuple(sending.holes),
    )


def _grouped(query: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Parameters as httpx keeps them: the values of a name together."""
    names = list(dict.fromkeys(name for name, _ in query))
    return tuple(sorted(query, key=lambda pair: names.index(pair[0])))


def _again(link: Step, first: Step, seen: set[tuple[str, str]]) -> bool:
    """Whether it compares a column once more that another branch compares (`if … else`): only one of them runs."""
    if link.method not in ("eq", "is", "is_", "in", "in_") or len(link.args) < 2:
        return False
    column = constant(link.args[0])
    if column is None:
        return False
    known = any(mark in seen for mark in ((str(column), "some"), (str(column), "always")))
    seen.add((str(column), "some" if len(link.tests) > len(first.tests) else "always"))
    return known and len(link.tests) > len(first.tests)


def _schema(chain: tuple[Step, ...]) -> str:
    for link in reversed(chain):
        if link.method == "schema" and link.args:
            return str(constant(link.args[0]) or "public")
    options = argument(chain[0], 2, "options")
    for part in options.deep() if options is not None else ():
        for key in ("db", "schema"):
            inner = (part.fields or {}).get(key)
            if inner is not None and key == "schema" and isinstance(inner.constant, str):
                return inner.constant
    return "public"
