"""What the buyer pays is read from the row of the thing that he buys, not from what his page sends.

For a handler that loads that row already by an id of the request: behind the test that the row is there, its one price
takes the place of the amount, and a thing without a price is refused as a thing that is not there. Nothing is done
where the row has no price or several, where the price may be kept in another unit than the page sends, and where
people choose an amount themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, blocks, handler_of
from apprescue.source.project import bound_names
from apprescue.source.routes import head, queries_of
from apprescue.source.style import style_of

_PRICE = re.compile(r"(?i)^(?:\w+_)?(?:price|ppv_?amount|cost|fee)$")
_CENTS = re.compile(r"(?i)cent|minor|kobo|paise|per_|original|compare|min_|max_|old_")
_NUMBER = re.compile(r"(?i)^(?:numeric|decimal|real|double|float)")
_IN_UNITS = re.compile(r"^\s*\*\s*100\b")
_GIFT = re.compile(r"(?i)\btip|donat|top.?up|deposit|payout|withdraw|refund")
_TEXT = re.compile(r"(['\"`])(?:(?!\1).)*\1")


@fix("access/amount_from_client", title="Take the price from the database", safety=Safety.REVIEW)
def take_price_from_row(finding: Finding, app: App) -> Changes:
    """The edits of the handler that the finding names."""
    by_route = queries_of(app)
    for route in app.routes:
        handled = handler_of(app, route) if head(route) == finding.place else None
        if handled is None or not handled.is_script or _GIFT.search(route.path + handled.cut(handled.node)):
            continue
        rows = [(q, price) for q in by_route.get(str(route), ()) if (price := _price(app, q))]
        if len(rows) == 1 and rows[0][0].place.path == handled.path:
            yield from _edits(handled, *rows[0])


def _price(app: App, query: Query) -> str:
    """The column that holds what the thing costs, of a query for one thing that the request names."""
    table = app.schema.table(query.table)
    chosen = any(f.operator == "eq" and f.value.comes_from("body", "path", "query") for f in query.filters)
    if table is None or query.operation != "select" or not query.single or not chosen:
        return ""
    prices = [c for c in table.columns if _PRICE.match(c.name)]
    if len(prices) != 1 or _CENTS.search(prices[0].name) or not _NUMBER.match(prices[0].type):
        return ""
    read = not query.columns or "*" in query.columns or prices[0].name in query.columns
    return prices[0].name if read else ""


def _edits(handled: Handled, query: Query, price: str) -> Iterator[Edit]:
    row, at = _loaded(handled, query)
    name = _sent(handled)
    test = _missing(handled, at, row) if at is not None else None
    if not row or not name or at is None or test is None:
        return
    uses = [n for n in handled.node.walk() if isinstance(n, t.Name) and n.id == name and n.start >= test.end]
    if not uses or not _in_units(handled, uses) or re.search(r"\bpriceOfRow\b", handled.text):
        return
    style, indent = style_of(handled.text, handled.path), indent_of(handled.text, test.start)
    refused = _refused(handled, test)
    if not refused:
        return
    known = "price" if not re.search(r"\bprice\b", handled.cut(handled.node)) else "priceOfRow"
    told = f"const {known} = Number({row}.{price}){style.end}"
    rows = ["", told, f"if (!({known} > 0)) {{", f"{style.step}{refused}", "}"]
    yield Edit(handled.path, test.end, test.end, f"\n{indent}".join(rows))
    for use in uses:
        yield Edit(handled.path, use.start, use.end, _instead(handled, use, name, known))


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
    """The name of the one amount that the handler takes from the request's body."""
    names = {
        name
        for one in handled.node.walk()
        if isinstance(one, t.Assign) and isinstance(one.target, t.Object) and one.value is not None
        if re.search(r"\.json\(\)$|\.body$", handled.cut(one.value))
        for name in bound_names(one.target)
        if meaning.AMOUNT.match(name)
    }
    return names.pop() if len(names) == 1 else ""


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


def _in_units(handled: Handled, uses: Sequence[t.Name]) -> bool:
    """Whether the amount is made cents by the handler itself, so that it is sent as the price is kept."""
    code = handled.text.encode("utf-8", "surrogatepass")
    return any(_IN_UNITS.match(code[use.end : use.end + 20].decode("utf-8", "replace")) for use in uses)
