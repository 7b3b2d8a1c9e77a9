"""Paid or locked content can be read without paying.

What we look at: tables whose rows are marked as premium, locked, paid or private, and whose rule for reading does
not look at that mark.

Why it matters: the lock is only in the page. Whoever asks the database directly gets the text and the links of
everything that your creators sell.

How to repair: let the rule look at the mark: public rows for all, the others for their owner and for those with an
active subscription or purchase (`using (not is_premium or exists (select 1 from subscriptions ...))`). Keep the
costly part (file links, full text) in a table of its own if a preview must stay public.

When it is fine: the rows hold only a preview, and what is paid for lies elsewhere behind a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import claims, column_places, people_like, policy_place, readable, reading
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_goods, is_lock, is_price_list, is_talk


@check(severity=Severity.HIGH, impact=Impact.MONEY, cwe=["CWE-862", "CWE-200"], owasp=["A01:2025", "API1:2023"])
def paid_content_for_everyone(app: App) -> Iterator[Seen]:
    """One sighting for each table."""
    for table in app.schema.tables:
        locks = [c for c in table.columns if is_lock(c.name)]
        goods = [c for c in table.columns if is_goods(c.name) and readable(table, c.name)]
        if (
            table.rls is False
            or not locks
            or not goods
            or people_like(table)
            or is_talk(table.name)
            or is_price_list(table.name)
        ):
            continue
        names = {c.name for c in locks}
        for policy, way in reading(app.schema, table):
            if way.who >= Who.MEMBERS and not way.owners and not way.asked and not names & way.pinned:
                yield Seen(
                    policy_place(policy),
                    f'The rule "{policy.name}" shows all rows of {bare(table.name)} with {goods[0].name}, whatever '
                    f"{locks[0].name} says: the lock is only in the page.",
                    related=column_places(policy, locks),
                    cause=table.name,
                    claims=claims(table.name, "select", way.who, (goods[0].name,)),
                )
