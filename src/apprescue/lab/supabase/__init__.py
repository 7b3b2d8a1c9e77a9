"""A stand-in for Supabase on a bare Postgres: roles, schemas, rights and extensions as a project has them.

It is data: SQL that the superuser `supabase_admin` runs. `ROLES` once for a server, `SCHEMAS` once for a template
database; `lay_extensions` before either, for what `create extension` finds. How one project is set apart from another
tells `project`; how all this differs from the platform is told in docs/laboratory.md.
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
    "pg_prewarm",
    "pg_stat_statements",
    "pgrowlocks",
    "pgstattuple",
    "vector",
)

# Ours by name, and the versions that apps ask for: the first is the one meant where none is named. Each is the same.
_VERSIONS = {
    "pgcrypto": ("1.3", "1.2", "1.4"),
    "uuid-ossp": ("1.1", "1.0"),
    "pgjwt": ("0.2.0", "0.1.0", "0.1.1"),
    "http": ("1.6", "1.5"),
    "pg_jsonschema": ("0.3.3", "0.1.4", "0.2.0", "0.3.1"),
    "pgmq": ("1.5.1", "1.4.4", "1.5.0"),
    "pgsodium": ("3.1.8", "3.1.5", "3.1.6", "3.1.9"),
    "postgis": ("3.3.7", "3.3.2", "3.3.3", "3.4.0"),
}

# Those of which there is only the name: what they would make is in the stand-in already (the scheduler, the sender of
# requests, the vault, GraphQL), or nobody's access hangs on it.
_NAMES = {
    "pg_cron": ("1.6.4", "1.3", "1.4", "1.4-1", "1.4.2", "1.5", "1.5.2", "1.6", "1.6.2"),
    "pg_net": ("0.14.0", "0.1", "0.2", "0.6", "0.7", "0.7.1", "0.8.0", "0.10.0", "0.13.0", "0.19.5", "0.20.0"),
    "supabase_vault": ("0.3.1", "0.2.6", "0.2.8", "0.3.0"),
    "vault": ("0.3.1",),
    "pg_graphql": ("1.5.11", "1.2.0", "1.2.3", "1.4.0", "1.4.2", "1.4.4", "1.5.0", "1.5.1", "1.5.9"),
    "hypopg": ("1.4.1", "1.3.1"),
    "index_advisor": ("0.2.0", "0.1.0"),
    "pg_repack": ("1.5.2", "1.4.8", "1.5.0"),
    "pg_stat_monitor": ("2.1", "1.1", "2.0"),
    "pgaudit": ("18.0", "1.7", "17.0"),
    "pgtap": ("1.3.3", "1.2.0"),
    "plpgsql_check": ("2.7", "2.2"),
    "wrappers": ("0.5.3", "0.1.0", "0.2.0", "0.3.0", "0.4.1"),
}

_PARTS = (
    "schemas",
    "defaults",
    "auth",
    "storage",
    "realtime",
    "vault",
    "cron",
    "net",
    "graphql",
    "extensions",
    "ensure_rls",
    "draws",
)

_NAMED = """\
comment = 'stands for what the laboratory has already or does without'
default_version = '{}'
relocatable = true
trusted = true
"""


def _text(name: str, kind: str = "sql") -> str:
    return (_HERE / f"{name}.{kind}").read_text(encoding="utf-8")


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
    for name, versions in (_VERSIONS | _NAMES).items():
        control, script = _NAMED.format(versions[0]), ""
        if name in _VERSIONS:
            control = _text(f"extension/{name}", "control")
            script = _text(f"extension/{name}--{versions[0]}").replace("-- with: sha1", _text("sha1"))
        (laid / f"{name}.control").write_text(control, encoding="utf-8")
        for version in versions:
            (laid / f"{name}--{version}.sql").write_text(script, encoding="utf-8")
    for name in _ALLOWED:
        own = system / f"{name}.control"
        if own.exists():
            control = re.sub(r"(?m)^\s*(trusted|directory)\s*=.*\n", "", own.read_text(encoding="utf-8")).rstrip()
            place = str(system).replace("'", "''")
            (laid / own.name).write_text(f"{control}\ntrusted = true\ndirectory = '{place}'\n", encoding="utf-8")
    for file in (folder, laid, *laid.iterdir()):
        file.chmod(0o755 if file.is_dir() else 0o644)
    return folder
