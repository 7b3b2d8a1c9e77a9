"""What a thing costs: the column that tells it, its unit, and how a handler loads it by an id of the request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.model.app import App, Route
from apprescue.model.schema import Column, Table
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.asked_rows import database_of
from apprescue.source.handled import SAYS, Handled, bound_at, parsed, refusal
from apprescue.source.imports import Needed, imported
from apprescue.source.neighbours import own_blocks
from apprescue.source.owner_path import table_named
from apprescue.source.project import SCRIPTS, bound_names
from apprescue.source.routes import queries_of
from apprescue.source.style import style_of

_PRICE = re.compile(r"(?i)^(?:\w+_?)?(?:price|ppv_?amount|cost|fee)(?:_?(?:in_?)?cents)?$")
_OWED = re.compile(r"(?i)(?:^|_)(?:invoice|order|booking|bill|instal?lment|scheduled_?payment)s?$")
_TOTAL = re.compile(r"(?i)^(?:total|amount)(?:_?(?:amount|price|cost|due))?(?:_?(?:in_?)?cents)?$")
_IN_PARTS = re.compile(
    r"(?i)partial|remaining|balance|deposit|coupon|discount|promo|(?:amount|total)_?paid|paid_?amount"
)
_OTHER = frozenset("minor kobo paise per original compare min max old sale shipping platform".split())
_NUMBER, _WHOLE = re.compile(r"(?i)^(?:numeric|decimal|real|double|float)"), re.compile(r"(?i)^(?:small|big)?int")


@dataclass(frozen=True)
class Price:
    """The column of a table that tells what one costs; `unit` is `units`, `cents`, or `whole` for numbers without a
    fraction that do not tell which."""

    column: str
    unit: str


@dataclass(frozen=True)
class Told:
    """Where a handler knows a price: from a byte on, at a statement, in a row; what loads it, and how a thing without
    one is refused."""

    statement: t.Node
    byte: int
    row: str
    price: Price
    refused: str
    load: tuple[str, ...] = ()
    needed: tuple[Needed, ...] = ()


def price_of(app: App, table: str) -> Price | None:
    """The one price of a table's things; None where there is none, or several."""
    known = table_named(app.schema, table)
    prices = [c for c in known.columns if _PRICE.match(c.name)] if known else []
    if len(prices) != 1 or _OTHER.intersection(meaning.words(prices[0].name)):
        return None
    kind = kind_of(prices[0])
    return Price(prices[0].name, kind) if kind else None


def owed_of(app: App, table: str) -> Price | None:
    """What is owed by a row of orders or bills, as the one total of it; None where it may be paid in parts."""
    known = table_named(app.schema, table) if _OWED.search(table) else None
    totals = [c for c in known.columns if _TOTAL.match(c.name)] if known else []
    if known is None or len(totals) != 1 or any(_IN_PARTS.search(c.name) for c in known.columns):
        return None
    kind = kind_of(totals[0])
    return Price(totals[0].name, kind) if kind else None


def kind_of(column: Column) -> str:
    """In what a column of money counts; empty where it is no number."""
    if "cents" in column.name.lower():
        return "cents"
    return "units" if _NUMBER.match(column.type) else "whole" if _WHOLE.match(column.type) else ""


def loading(app: App, route: Route, handled: Handled, amount: str) -> Told | None:
    """The price of the one thing that the request names and that has one, loaded before the amount is used."""
    named = list(_named(app, handled))
    at = _first_use(handled, amount)
    if len(named) != 1 or at is None or named[0][0] not in bound_at(handled, at.start):
        return None
    key, table, price = named[0]
    if any(
        q.operation == "select" and table_named(app.schema, q.table) is table
        for q in queries_of(app).get(str(route), ())
    ):
        return None
    indent = style_of(handled.text, handled.path).step
    refused = refusal(handled, indent).replace("403", "404").replace(SAYS, "This has no price")
    taken = {name for one in handled.node.walk() if isinstance(one, t.Assign) for name in bound_names(one.target)}
    noun = meaning.words(key)[0] if len(meaning.words(key)) == 2 else "bought"
    row = noun if noun not in taken else f"{noun}Row"
    made = _load(app, route, handled, at, table, price, key, row)
    return Told(at, at.start, f"{row}?", price, refused, *made) if made and refused else None


def _named(app: App, handled: Handled) -> Iterator[tuple[str, Table, Price]]:
    """The names of ids in a request's body, with the tables that they are named for, where those have a price."""
    for name in sent(handled):
        words = meaning.words(name)
        nouns = (words[:-1], (*words[:-2], f"{words[-2]}s")) if len(words) > 1 and words[-1] == "id" else ()
        for table in app.schema.tables:
            bare = table.name.rpartition(".")[2]
            if meaning.words(bare) in nouns and (price := price_of(app, bare)):
                yield name, table, price


def sent(handled: Handled) -> Iterator[str]:
    """The names that a handler gives to parts of the request's body."""
    for one in (n for n in handled.node.walk() if isinstance(n, t.Assign) and isinstance(n.target, t.Object)):
        if one.value is not None and re.search(r"\.json\(\)\)?$|(?:^|\.)body$", handled.cut(one.value)):
            yield from bound_names(one.target)


def _first_use(handled: Handled, amount: str) -> t.Node | None:
    """The first statement that does something with the amount but test it."""
    for block in own_blocks(handled):
        for one in block:
            tests = isinstance(one, t.If) and bool(one.then) and isinstance(one.then[-1], (t.Return, t.Throw))
            takes = isinstance(one, t.Assign) and amount in bound_names(one.target)
            whole = isinstance(one, (t.Try, t.Block, t.If, t.For, t.With)) or tests or takes
            if not whole and any(isinstance(n, t.Name) and n.id == amount for n in one.walk()):
                return one
    return None


def _load(
    app: App, route: Route, handled: Handled, at: t.Node, table: Table, price: Price, key: str, row: str
) -> tuple[tuple[str, ...], tuple[Needed, ...]] | None:
    style, bare = style_of(handled.text, handled.path), table.name.rpartition(".")[2]
    if any(path.endswith(".prisma") for path in app.files):
        found, asked = _prisma(app, handled), (q for q in app.queries if q.library == "prisma")
        model = next((q.step.name.split(".")[-2] for q in asked if table_named(app.schema, q.table) is table), bare)
        text = f"where: {{ id: {key} }}, select: {{ {price.column}: true }}"
        call = f"{model[:1].lower()}{model[1:]}.findUnique({{ {text} }})"
        return ((f"const {row} = await prisma.{call}{style.end}",), found) if found is not None else None
    for query in queries_of(app).get(str(route), ()):
        database = database_of(handled, query) if query.library == "supabase" and query.as_whom == "service" else ""
        if database and database in bound_at(handled, at.start):
            column, own = style.text(price.column), style.text("id")
            asks = f"from({style.text(bare)}).select({column}).eq({own}, {key}).maybeSingle()"
            return (f"const {{ data: {row} }} = await {database}.{asks}{style.end}",), ()
    return None


def _prisma(app: App, handled: Handled) -> tuple[Needed, ...] | None:
    """What brings `prisma` to a handler's file; None where no file of the app imports it."""
    if any("prisma" in {local for _, local in one.names} for one in handled.top if isinstance(one, t.Import)):
        return ()
    for path, text in sorted(app.files.items()):
        if path.endswith(SCRIPTS) and re.search(r"(?m)^import\b.*\bprisma\b", text):
            found = imported("prisma", path, parsed(path, text), handled.path)
            if found is not None:
                return (found,)
    return None
