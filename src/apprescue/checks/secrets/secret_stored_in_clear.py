"""Passwords or private keys of your customers are stored as they are.

What we look at: what inserts and updates write into columns named for a private key, a seed phrase, a password or
something encrypted, and whether it was encrypted or hashed on the way.
Why it matters: one leaked backup, one open policy or one curious employee, and every such secret is lost for good:
wallets are emptied, passwords are tried elsewhere.
How to repair: hash passwords (bcrypt, argon2). Encrypt private keys with a key that the database never sees, or keep
them in a key service. Treat what is stored now as lost.
When it is fine: values that are encrypted or hashed before, in code or by the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Value
from apprescue.source.quiet import is_quiet
from apprescue.source.remarks import without_remarks

_COLUMN = re.compile(r"private_?key|secret_?key$|seed_?phrase|mnemonic|^password$|_encrypted$|^encrypted_", re.I)
_PROTECTED = re.compile(r"encrypt|cipher|hash|crypt|seal|kms|vault|wrap|argon|pbkdf|scrypt|protect|secure", re.I)
_PLAIN = re.compile(
    r"^(?:JSON\.stringify|\w*\.?(?:toString|encode|stringify|json)|bs58\.encode|btoa|Buffer\.from)(?:\(\))?"
)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-312", "CWE-256"), owasp=("A04:2025",))
def secret_stored_in_clear(app: App) -> Iterator[Seen]:
    told: set[tuple[Code, str]] = set()
    for query in app.queries:
        if query.operation not in ("insert", "upsert", "update") or query.written is None or is_quiet(query.place.path):
            continue
        for part in query.written.deep():
            for column, value in (part.fields or {}).items():
                if (
                    _COLUMN.search(column)
                    and (query.place, column) not in told
                    and _is_plain(app, query, column, value)
                ):
                    told.add((query.place, column))
                    yield Seen(
                        _line_of(app, query, column),
                        f"{query.table}.{column} is written without being encrypted or hashed first.",
                        evidence=Evidence.OBSERVED if value.is_input else Evidence.SUSPECTED,
                    )


def _line_of(app: App, query: Query, column: str) -> Code:
    """The line that names the column, or the query's own."""
    lines = app.files.get(query.place.path, "").split("\n")
    first = query.place.line
    at = next((n for n, line in enumerate(lines[first - 1 : first + 40], first) if column in line), 0)
    return Code(query.place.path, at) if at else query.place


def _is_plain(app: App, query: Query, column: str, value: Value) -> bool:
    """Whether the value is the secret itself: as it was sent, or only put into another form."""
    if value.literal or (value.constant is not None):
        return False
    text = without_remarks(app.excerpt(query.place, around=30), query.place.path)
    written = re.search(rf"\b{re.escape(column)}[\"']?\s*[:=]\s*([\w.]+)", text)
    if _PROTECTED.search(value.name) or (written and _is_protected(written[1], text)):
        return False
    if value.is_input:
        return True
    made = value.step.name if value.step else value.name
    return bool(_PLAIN.match(made))


def _is_protected(name: str, text: str) -> bool:
    """Whether a name says that it is encrypted, or is given what an encrypting call gives back."""
    made = re.search(rf"\b{re.escape(name)}\s*=(?!=)\s*(.+)", text)
    return bool(_PROTECTED.search(name) or (made and _PROTECTED.search(made[1])))
