"""A rule that asks the table of accounts for the caller's e-mail fails for everybody; his token tells it.

`(select email from auth.users where id = auth.uid())` becomes `(select auth.jwt() ->> 'email')`: clients may not read
`auth.users`, and the token is signed by the server that keeps it. Other questions to that table are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from apprescue.fixes.interface import Changes, fix
from apprescue.methods.expressions import Text, Tree, condition, each, words
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.finding import Finding
from apprescue.model.place import PolicyPlace, TablePlace
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import renewed

TOKEN = "(select auth.jwt() ->> 'email')"
_DENIED = "permission denied for table users"


@fix("running/rule_that_fails", title="Ask the caller's token for his e-mail")
def ask_token_for_email(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the rules of the table that fails."""
    if _DENIED not in finding.detail:
        return
    places = (place for place in (finding.place, *finding.related) if isinstance(place, PolicyPlace | TablePlace))
    relations = [one for one in catalog.relations if one.name in {place.table for place in places}]
    pairs = [(one.name, rule, _asked(rule)) for one in relations for rule in one.policies]
    changed = [renewed(table, rule, after) for table, rule, after in pairs if rule != after]
    if changed:
        yield from new_migration(
            app,
            "ask token for email",
            "These rules asked the table of accounts, which no client may read, so that they failed for everybody.",
            "".join(up for up, _ in changed),
            "".join(down for _, down in reversed(changed)),
            (table for table, rule, after in pairs if rule != after),
        )


def _asked(rule: Rule) -> Rule:
    return replace(rule, using=_told(rule.using), check=_told(rule.check))


def _told(text: str) -> str:
    read = condition(text)
    edits = list(_edits(read)) if read else []
    return read.edited(edits) if read and edits else text


def _edits(read: Text) -> Iterator[tuple[int, int, str]]:
    for link in each(read.tree, "SubLink"):
        span = read.span({"SubLink": link})
        if span and link.get("subLinkType") == "EXPR_SUBLINK" and _asks_email(link):
            yield *span, TOKEN


def _asks_email(link: Tree) -> bool:
    """Whether a query gives the e-mail of the account whose id is the caller's."""
    select = link.get("subselect", {}).get("SelectStmt", {})
    sources = [(one.get("schemaname"), one.get("relname")) for one in each(select.get("fromClause"), "RangeVar")]
    given = [words(ref.get("fields"))[-1:] for ref in each(select.get("targetList"), "ColumnRef")]
    where = select.get("whereClause", {}).get("A_Expr", {})
    column = [words(ref.get("fields"))[-1:] for ref in each(where, "ColumnRef")]
    calls = [words(call.get("funcname")) for call in each(where, "FuncCall")]
    equal = words(where.get("name")) == ("=",)
    whole = (sources, given, column, calls) == ([("auth", "users")], [("email",)], [("id",)], [("auth", "uid")])
    return equal and whole
