"""What harm a function of the database does when anybody calls it."""

from __future__ import annotations

import re

from apprescue.model.finding import Severity
from apprescue.model.schema import DbFunction, Schema
from apprescue.source.sql_access import Who
from apprescue.source.sql_body import Body, Write, body_of
from apprescue.source.sql_rights import reading
from apprescue.source.sql_text import bare, without_comments
from apprescue.source.sql_words import is_log, is_money_table, is_price_list, power, secrecy

_UPKEEP = re.compile(
    r"cleanup|clean_up|expire|purge|refresh|recalc|(?:update|sync)\w*_(?:stats|counts?|totals)|prune|"
    r"sync|archive|reset_daily|reset_monthly",
    re.I,
)
_PROOF = re.compile(
    r"token|otp|secret|signature|(?:verification|invite|invitation|access|reset|confirm\w*)_?code|"
    r"passw",
    re.I,
)
_TEXTS = ("text", "varchar", "character varying")
_OWN_POWER = ("money", "plan", "payout account", "trust", "ban")
_NUMBER = re.compile(r"int|numeric|decimal|real|double|float|money", re.I)
_YES_OR_NO = {"boolean", "void", "trigger"}
_PRIVATE = re.compile(
    r"message|conversation|notification|payment|earning|payout|transaction|wallet|invoice|order|"
    r"subscription|balance|revenue|analytics|purchase|sale|tip",
    re.I,
)


def proves_itself(function: DbFunction) -> bool:
    """Whether it takes a secret of the caller's (a token, a code) that stands for his identity."""
    return any(_PROOF.search(name) for name, _ in function.parameters)


def runs_what_it_is_given(function: DbFunction) -> bool:
    """Whether a text of the caller's is run as a statement."""
    texts = [re.escape(name) for name, kind in function.parameters if name and kind in _TEXTS]
    words = "|".join([*texts, "[$]1"])
    return bool(re.search(rf"(?i)\bexecute\s+\(?\s*(?:{words})\b", without_comments(function.body)))


def gives_itself(function: DbFunction) -> bool:
    """Whether a caller sets by it how much money, which plan or which role he has, also where he may act for nobody
    but himself. A role out of a fixed list is left out: which of them are given can be told."""
    writes = [w for w in body_of(function).writes if w.given]
    money = any(is_money_table(w.table) and not is_log(w.table) for w in writes)
    asked = [(name, kind) for name, kind in function.parameters if not _only_bounds(function, name)]
    kinds = [(power(re.sub(r"^(?:p|in|new)?_+|_+(?:p|in|new)$", "", name)), kind) for name, kind in asked]
    named = any(held in _OWN_POWER or (held == "role" and kind in _TEXTS) for held, kind in kinds)
    return bool(writes) and (named or (money and any(_NUMBER.search(kind) for _, kind in kinds)))


def _only_bounds(function: DbFunction, name: str) -> bool:
    """Whether a parameter is nothing but the number that others are held against: no limit that is written down."""
    text, word = without_comments(function.body), rf"\b{re.escape(name)}\b"
    bounds = rf"[<>]=?\s*{word}(?!\s*[-+*/|:])|(?<![-+*/|.])\b{word}\s*[<>](?!>)"
    return bool(name) and len(re.findall(bounds, text)) == len(re.findall(word, text)) > 0


def deed(schema: Schema, function: DbFunction) -> tuple[Severity | None, str]:
    """How bad it is that anybody calls a function that runs with its owner's rights (None for no harm), and what it
    does, in words. Whether it asks for its caller is not looked at."""
    if runs_what_it_is_given(function):
        return Severity.CRITICAL, "runs whatever statement it is given"
    body = body_of(function)
    if body.writes:
        told = ", ".join(dict.fromkeys(f"{_verb(w)} {bare(w.table)}" for w in body.writes))
        return _of_writes(schema, function, body), told
    return _of_reads(schema, function, body), f"reads {', '.join(sorted(map(bare, body.reads)))}"


def _of_writes(schema: Schema, function: DbFunction, body: Body) -> Severity | None:
    if all(w.counts_one for w in body.writes):
        return None if function.search_path is not None else Severity.LOW
    given = any(w.given for w in body.writes)
    if not function.parameters or (_UPKEEP.search(function.name) and not given):
        return Severity.LOW
    if any(_grave(w) for w in body.writes):
        return Severity.CRITICAL
    if all(is_log(w.table) or "notification" in w.table or w.counts_one or _counts(w) for w in body.writes):
        return Severity.MEDIUM
    harmless = all(w.operation == "insert" or (w.operation == "update" and not w.given) for w in body.writes)
    return Severity.MEDIUM if harmless else Severity.HIGH


def _grave(write: Write) -> bool:
    """Whether a write gives money, a role or a plan, or takes away what is somebody's."""
    if is_money_table(write.table) and not is_log(write.table):
        return True
    kinds = {power(c) for c in write.columns}
    if kinds & {"role", "plan", "ban"} or "role" in bare(write.table) or "admin" in bare(write.table):
        return True
    return "money" in kinds and any("balance" in c or "credit" in c for c in write.columns)


def _counts(write: Write) -> bool:
    return bool(re.search(r"agg|daily|stats|count|points|analytics|metrics|summary", bare(write.table)))


def _of_reads(schema: Schema, function: DbFunction, body: Body) -> Severity | None:
    if function.returns in _YES_OR_NO or not any("uuid" in t or n.endswith("id") for n, t in function.parameters):
        return None
    closed = [name for name in body.reads if _kept_private(schema, name)]
    if not closed:
        return None
    told = [n for n in closed if _PRIVATE.search(n)]
    table = [t for n in closed for t in (schema.table(n),) if t]
    if told or any(secrecy(c) for t in table for c in t.columns if c.name in function.body):
        return Severity.HIGH if function.returns in ("record", "json", "jsonb", "") or told else Severity.MEDIUM
    return None


def _kept_private(schema: Schema, name: str) -> bool:
    """Whether a table has rules and none of them shows its rows to everyone."""
    table = schema.table(name)
    if table is None or table.rls is False or is_price_list(name) or "role" in name:
        return False
    return not any(way.who >= Who.MEMBERS and not way.asked for _, way in reading(schema, table))


def _verb(write: Write) -> str:
    return {"insert": "adds rows to", "update": "changes", "delete": "deletes from"}[write.operation]
