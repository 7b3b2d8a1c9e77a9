"""What the buyer pays is read from the row of the thing that he buys, not from what his page sends.

Where the handler loads that row already by an id of the request, its one price takes the place of the amount behind the
test that the row is there; where it does not, and the request names one thing that has a price, the row is loaded. A
thing without a price is refused as a thing that is not there. What is owed by an order or a bill that the handler loads
is its price. Nothing is done where a thing has no price or several, where the price may be kept in another unit than
the page sends, or be for several, and where people choose an amount themselves or pay in parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import known as known_calls
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, blocks, handler_of
from apprescue.source.imports import with_imports
from apprescue.source.owner_path import table_named
from apprescue.source.prices import Price, Told, kind_of, loading, owed_of, price_of, sent
from apprescue.source.routes import head, pays, queries_of, written_by
from apprescue.source.style import style_of

_IN_UNITS = re.compile(r"^\s*\*\s*100\b")
_GIFT = re.compile(r"(?i)\btip|donat|top.?up|deposit|payout|withdraw|refund|\bpartial")
_MORE = re.compile(
    r"(?i)quantity|qty|count|seats?|nights|days|hours|months|items|currency|(?:coupon|discount|promo)\w*"
)
_TEXT = re.compile(r"(['\"`])(?:(?!\1).)*\1")


@fix("access/amount_from_client", title="Take the price from the database", safety=Safety.REVIEW)
def take_price_from_row(finding: Finding, app: App) -> Changes:
    """The edits of the handler that the finding names."""
    for route in app.routes:
        handled = handler_of(app, route) if head(route) == finding.place else None
        if handled is not None and handled.is_script and not _GIFT.search(route.path + handled.cut(handled.node)):
            yield from _edits(app, route, handled)


def _edits(app: App, route: Route, handled: Handled) -> Iterator[Edit]:
    name = _sent(handled)
    loaded = [
        (query, price)
        for query in queries_of(app).get(str(route), ())
        if _is_one(query)
        and query.place.path == handled.path
        and (price := price_of(app, query.table) or owed_of(app, query.table))
        if not query.columns or "*" in query.columns or price.column in query.columns
    ]
    if not name or len(loaded) > 1 or re.search(r"\bpriceOfRow\b", handled.text):
        return
    told = _behind_load(handled, *loaded[0]) if loaded else loading(app, route, handled, name)
    uses = [n for n in handled.node.walk() if isinstance(n, t.Name) and n.id == name and told and n.start >= told.byte]
    if told is None or not uses or not _alike(app, route, handled, uses, told.price):
        return
    known = "price" if not re.search(r"\bprice\b", handled.cut(handled.node)) else "priceOfRow"
    style, indent = style_of(handled.text, handled.path), indent_of(handled.text, told.statement.start)
    read = f"const {known} = Number({told.row}.{told.price.column}){style.end}"
    rows = [*told.load, read, f"if (!({known} > 0)) {{", f"{style.step}{told.refused}", "}"]
    text = f"\n{indent}".join(rows)
    behind = told.byte == told.statement.end
    yield Edit(handled.path, told.byte, told.byte, f"\n{indent}{text}" if behind else f"{text}\n{indent}")
    for use in uses:
        yield Edit(handled.path, use.start, use.end, _instead(handled, use, name, known))
    yield from with_imports(handled.path, handled.text, handled.top, told.needed)


def _is_one(query: Query) -> bool:
    """Whether a query asks for one thing that the request names."""
    chosen = any(f.operator in ("eq", "==") and f.value.comes_from("body", "path", "query") for f in query.filters)
    return query.operation == "select" and query.single and chosen


def _behind_load(handled: Handled, query: Query, price: Price) -> Told | None:
    """The price in the row that the handler loads, behind the test that it is there."""
    row, at = _loaded(handled, query)
    test = _missing(handled, at, row) if at is not None else None
    refused = _refused(handled, test) if test is not None else ""
    return Told(test, test.end, row, price, refused) if test is not None and refused else None


def _instead(handled: Handled, use: t.Name, name: str, known: str) -> str:
    """The new name; with the old one as its key where it stands in an object for both (`{ amount }`)."""
    for node in handled.node.walk():
        if isinstance(node, t.Object):
            short = any(key == name and value.start == use.start for key, value in node.entries)
            code = handled.text.encode("utf-8", "surrogatepass")
            if short and code[: use.start].rstrip()[-1:] in (b"{", b","):
                return f"{name}: {known}"
    return known


def _loaded(handled: Handled, query: Query) -> tuple[str, t.Node | None]:
    """What the handler calls the row, and the statement that loads it."""
    for block in blocks(handled.node):
        for one in block:
            if isinstance(one, t.Assign) and one.line <= query.place.line <= one.end_line:
                data = one.target.get("data") if isinstance(one.target, t.Object) else one.target
                if isinstance(data, t.Name):
                    return data.id, one
    return "", None


def _sent(handled: Handled) -> str:
    """The name of the one amount that the handler takes from the request's body, which stands for one thing."""
    names = list(sent(handled))
    amounts = {name for name in names if meaning.AMOUNT.match(name)}
    return amounts.pop() if len(amounts) == 1 and not any(map(_MORE.fullmatch, names)) else ""


def _missing(handled: Handled, at: t.Node, row: str) -> t.If | None:
    """The test that turns away where the row is not there, right behind the statement that loads it."""
    block: Sequence[t.Node] = next((b for b in blocks(handled.node) if any(one is at for one in b)), ())
    behind = [one for one in block if one.start > at.start][:2]
    found = next((one for one in behind if isinstance(one, t.If) and not one.other and one.then), None)
    leaves = found is not None and isinstance(found.then[-1], (t.Return, t.Throw))
    return found if found is not None and leaves and re.search(rf"!{row}\b", handled.cut(found.test)) else None


def _refused(handled: Handled, test: t.If) -> str:
    text = handled.cut(test.then[-1])
    said = [one for one in _TEXT.finditer(text) if " " in one[0]]
    if len(said) != 1 or "${" in text or text.count("\n") > 4:
        return ""
    own, style = said[0], style_of(handled.text, handled.path)
    text = f"{text[: own.start()]}{own[1]}This has no price{own[1]}{text[own.end() :]}"
    return text if text.endswith(";") or not style.end else f"{text};"


def _alike(app: App, route: Route, handled: Handled, uses: Sequence[t.Name], price: Price) -> bool:
    """Whether the amount is used as the price is kept: made cents by the handler, cents already, or kept in a row whose
    column is of the same kind."""
    code = handled.text.encode("utf-8", "surrogatepass")
    made = any(_IN_UNITS.match(code[use.end : use.end + 20].decode("utf-8", "replace")) for use in uses)
    if any(known_calls.REMOTE.match(step.name) or pays(step) for step in route.steps):
        return made != (price.unit == "cents")
    written = [
        kind_of(column)
        for query in queries_of(app).get(str(route), ())
        if (table := table_named(app.schema, query.table)) is not None
        for column in table.columns
        if column.name in {name for name, value in written_by(query).items() if value.comes_from("body")}
        if meaning.AMOUNT.match(column.name)
    ]
    return bool(written) and not made and set(written) == {price.unit}
