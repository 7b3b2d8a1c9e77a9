"""A stand-in for Supabase on a bare Postgres: roles, schemas, rights and extensions as a project has them.

It is data: SQL that the superuser `supabase_admin` runs. `ROLES` once for a server, `SCHEMAS` once for a template
database; `lay_extensions` before either, for what `create extension` finds. How it differs from the platform is told
in docs/laboratory.md.
"""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent

# Extensions of the server itself that the platform lets `postgres` create though their own makers do not.
_ALLOWED = (
    "autoinc",
    "bloom",
    "dict_xsyn",
    "earthdistance",
    "insert_username",
    "moddatetime",
    "pg_stat_statements",
    "pgrowlocks",
    "pgstattuple",
    "vector",
)
# Versions that apps ask for by name. The objects are those of the newest, whichever is asked for.
_OTHER_VERSIONS = {
    "pgcrypto": ("1.2", "1.4"),
    "uuid-ossp": ("1.0",),
    "pgjwt": ("0.1.0", "0.1.1"),
    "pg_cron": ("1.3", "1.4", "1.4-1", "1.4.2", "1.5", "1.5.2", "1.6", "1.6.2"),
    "pg_net": ("0.1", "0.2", "0.6", "0.7", "0.7.1", "0.8.0", "0.10.0", "0.13.0", "0.19.5", "0.20.0"),
    "pg_graphql": ("1.0.0", "1.2.0", "1.2.3", "1.3.0", "1.4.0", "1.4.1", "1.4.2", "1.4.4", "1.5.0", "1.5.1", "1.5.9"),
    "supabase_vault": ("0.2.6", "0.2.8", "0.3.0"),
}
_PARTS = ("schemas", "defaults", "auth", "storage", "realtime", "vault", "cron", "net", "graphql", "extensions")


def _text(name: str) -> str:
    return (_HERE / f"{name}.sql").read_text(encoding="utf-8")


ROLES = _text("roles")
"""Run once for a server; again without harm."""

SCHEMAS = tuple((part, _text(part)) for part in _PARTS)
"""Name and text of each part, in order; each runs in one transaction, in the database that becomes the template."""


def lay_extensions(system: Path, folder: Path) -> Path:
    """Lay out what `extension_control_path` is to name before `$system`, and give it; `system` holds the server's own.

    Ours are copied, for the server runs as somebody who may be unable to read this package. Some of the server's own
    get a control file that lets `postgres`, no superuser, create them.
    """
    laid = folder / "extension"
    laid.mkdir(parents=True, exist_ok=True)
    for file in (_HERE / "extension").iterdir():
        text = file.read_text(encoding="utf-8").replace("-- with: sha1", _text("sha1"))
        name, _, version = file.stem.partition("--")
        for each in (version, *_OTHER_VERSIONS.get(name, ())) if version else ():
            (laid / f"{name}--{each}.sql").write_text(text, encoding="utf-8")
        if not version:
            (laid / file.name).write_text(text, encoding="utf-8")
    for name in _ALLOWED:
        own = system / f"{name}.control"
        if own.exists():
            control = re.sub(r"(?m)^\s*(trusted|directory)\s*=.*\n", "", own.read_text(encoding="utf-8")).rstrip()
            place = str(system).replace("'", "''")
            (laid / own.name).write_text(f"{control}\ntrusted = true\ndirectory = '{place}'\n", encoding="utf-8")
    for file in (folder, laid, *laid.iterdir()):
        file.chmod(0o755 if file.is_dir() else 0o644)
    return folder
