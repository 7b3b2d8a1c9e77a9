"""Functions of the database as SQL: taken away from clients, or written anew so that they ask who is calling."""

from __future__ import annotations

import re

from apprescue.model.catalog import Routine
from apprescue.model.database import literal
from apprescue.source.policy_sql import plain
from apprescue.source.sql import Statement, parse

CLIENTS = ("public", "anon", "authenticated")
SERVER = "service_role"
_WORD = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\bbegin\b", re.I | re.S)
_HANDLER = re.compile(r"\bexception\s+when\b", re.I)


def closed(routine: Routine) -> tuple[str, str]:
    """What takes a function away from clients and leaves it to the server, and the way back."""
    thing = f"on {_kind(routine)} {routine.signature}"
    lost = [role for role in CLIENTS if role in routine.granted]
    up = f"revoke execute {thing} from {_roles(CLIENTS)};\ngrant execute {thing} to {SERVER};\n"
    down = f"grant execute {thing} to {_roles(lost)};\n" if lost else ""
    if SERVER not in routine.granted:
        down += f"revoke execute {thing} from {SERVER};\n"
    return up, down


def _kind(routine: Routine) -> str:
    return "procedure" if routine.procedure else "function"


def _roles(roles: tuple[str, ...] | list[str]) -> str:
    return ", ".join(roles)


def argument(routine: Routine, name: str) -> str:
    """An argument as the function's body may name it, whatever its queries' columns are called."""
    bare = plain(routine.name.rpartition(".")[2])
    return f"{bare}.{plain(name)}" if routine.language == "sql" else plain(name)


def guarded(routine: Routine, allowed: str, message: str, outside: bool = False) -> str:
    """The function made again so that it works only where a condition holds, or for the server's role; `outside` lets
    triggers call it too. Empty where its body cannot be written anew."""
    if routine.language == "plpgsql":
        body = _asking_first(routine.body, allowed, message, outside)
    elif routine.language == "sql" and not outside:
        body = _asking_within(routine.body, allowed)
    else:
        return ""
    head, found, rest = routine.definition.rpartition(routine.body)
    if not body or not found:
        return ""
    return with_semicolon(f"{head}{body}{rest}")


def _asking_first(body: str, allowed: str, message: str, outside: bool) -> str:
    """A body of plpgsql that refuses before it does anything. Where it catches errors, it stands inside of the asking
    one, so that it does not catch the refusal."""
    begin = next((m for m in _WORD.finditer(body) if m[0].lower() == "begin"), None)
    if begin is None:
        return ""
    direct = "pg_trigger_depth() = 0 and " if outside else ""
    asking = (
        f"  if {direct}auth.role() is distinct from {literal(SERVER)} and ({allowed}) is not true then\n"
        f"    raise exception {literal(message)} using errcode = '42501';\n"
        "  end if;\n"
    )
    if _HANDLER.search(body):
        return f"\nbegin\n{asking}{body.rstrip().rstrip(';')};\nend;\n"
    return f"{body[: begin.end()]}\n{asking}{body[begin.end() :].removeprefix(chr(10))}"


def _asking_within(body: str, allowed: str) -> str:
    """A query that gives nothing where the condition does not hold; empty where the body is more than one query."""
    statements = [one for one in parse(body) if isinstance(one, Statement)]
    if len(statements) != 1 or statements[0].kind != "SelectStmt":
        return ""
    query = body.strip().rstrip(";").rstrip()
    return f"\n  select * from (\n{query}\n  ) as asked\n  where auth.role() = {literal(SERVER)} or ({allowed})\n"


def with_semicolon(definition: str) -> str:
    """A function's definition as a statement of its own."""
    return definition.rstrip().rstrip(";") + ";\n"
