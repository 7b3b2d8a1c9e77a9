"""Which columns of a person's row give him power: those that rules, functions or the app's code decide by."""

from __future__ import annotations

import re

from apprescue.model.app import App
from apprescue.model.schema import Column, Schema, Table
from apprescue.source.quiet import is_test
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import power

_ACCOUNT = re.compile(r"(?:^|_)(?:users?|profiles?|accounts?)$")
_CHOICE = re.compile(r"(?:accepts?|allows?|enables?|uses?|shows?|hides?)_", re.I)
_CODE = (".ts", ".tsx", ".js", ".jsx", ".py", ".vue", ".svelte", ".mjs")
_DECIDED = re.compile(r"'(?:approved|verified|suspended|banned|rejected|under_review)'", re.I)


def kind_of(app: App, table: Table, column: Column) -> str:
    """The kind of power that a column of a table gives to its row's subject, as far as anything shows that it decides:
    those of `power`, `title` for a role or plan that nothing asks for, `reach` where it decides what others' rows the
    subject reads, `trust` for a status that somebody else decides. Empty for a column that gives none."""
    schema = app.schema
    if column.generated:
        return ""
    kind = power(column.name)
    if kind == "money" and column.type.startswith("bool") and _CHOICE.match(column.name):
        return ""
    if kind:
        return kind if kind not in ("role", "plan") or _decides(app, table, column) else "title"
    if column.name == "status" and decided_by_others(schema, table, column):
        return "trust"
    return "reach" if _decides_reach(schema, table, column) else ""


def decided_by_others(schema: Schema, table: Table, column: Column) -> bool:
    """Whether a status is one that somebody else decides: it starts as pending or may be approved or banned."""
    values = " ".join(f"'{v}'" for v in schema.enums.get(f"public.{bare(column.type)}", ()))
    checks = " ".join(c for c in table.checks if re.search(r"\bstatus\b", c))
    return "pending" in column.default or bool(_DECIDED.search(values + checks))


def _decides_reach(schema: Schema, table: Table, column: Column) -> bool:
    """Whether other tables' rules read this column of the caller's row to decide what he may see."""
    keys = {c for f in table.foreign_keys if f.to_table not in ("auth.users", table.name) for c in f.columns}
    if column.name not in keys or column.name in table.primary_key:
        return False
    asks = re.compile(
        rf"select\s+(?:distinct\s+)?(?:\w+\.)?{re.escape(column.name)}\s+from\s+(?:public\.)?{re.escape(bare(table.name))}\b",
        re.I,
    )
    return any(asks.search(p.using) for p in schema.policies if p.table != table.name) or any(
        asks.search(f.body) for f in schema.functions if f.security_definer
    )


def _decides(app: App, table: Table, column: Column) -> bool:
    """Whether anything asks for the column: a rule, a function, or a comparison in the app's code. A role or plan that
    is only shown (a job title) gives nobody any power."""
    name, word = re.escape(column.name), bare(table.name)
    if column.name in word or re.search(r"admin|staff|moderator", column.name):
        return True
    asks = re.compile(rf"(?<!['\"])\b{name}\b(?!['\"])", re.I)
    told = [p.using + p.check + ("" if p.table != table.name else word) for p in app.schema.policies]
    told += [f.body for f in app.schema.functions]
    if any(asks.search(text) and re.search(rf"\b{re.escape(word)}\b", text, re.I) for text in told):
        return True
    owner = r"\w+" if _ACCOUNT.search(word) else rf"\w*(?:{_singular(word)}|{_singular(word)[:3]})\w*"
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), column.name)
    part = rf"\b(?i:{owner})(?:\[\d\]|\(\))?(?:\?|!)?(?:\.|\[['\"])(?:{name}|{camel})\b"
    tests = r"[!=]=|\?\s*['\"(<]|&&|\bin\b" if column.type.startswith("bool") else r"[!=]=|\bin\b"
    compared = re.compile(rf"{part}['\"]?\]?\)?\s*(?:{tests})|[!=]==?\s*{part}|(?:includes|has)\(\s*{part}")
    return any(
        p.endswith(_CODE) and (column.name in text or camel in text) and not is_test(p) and compared.search(text)
        for p, text in app.files.items()
    )


def _singular(word: str) -> str:
    return re.escape(word.rpartition("_")[2].removesuffix("s"))
