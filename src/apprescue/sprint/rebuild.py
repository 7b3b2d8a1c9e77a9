"""From an app's files to its database in the laboratory: a dump, its SQL files, or what its schema files tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from apprescue.lab.postgres import Server
from apprescue.lab.replay import replay
from apprescue.lab.supabase import project
from apprescue.model.app import App
from apprescue.model.outcome import NotExamined
from apprescue.model.rebuilt import Rebuilt, Script, Step
from apprescue.model.schema import Schema
from apprescue.readers.schema import django_models, drizzle, prisma, sqlalchemy_models
from apprescue.source import ddl, supabase_types
from apprescue.source.history import History, histories
from apprescue.source.remedies import Remedies, sources_of
from apprescue.source.script import script_of, story_of
from apprescue.source.uses import schema_of

DUMP = "the dump"
_CONFIG = "supabase/config.toml"
_AUTOMATIC = re.compile(r"^\s*auto_expose_new_tables\s*=\s*(true|false)", re.M)
_GRANTED = re.compile(r"grant\b.*\sto\s+\"?(?:anon|authenticated)\b", re.I | re.S)
_SECONDS = 10.0  # for one statement of a history
_MODELS = (prisma, drizzle, sqlalchemy_models, django_models)
_ELSEWHERE = {
    "MySQL": r"provider\s*=\s*\"mysql\"|mysqlTable\(|mysql(?:\+\w+)?://|django\.db\.backends\.mysql",
    "SQLite": r"provider\s*=\s*\"sqlite\"|sqliteTable\(|django\.db\.backends\.sqlite3|sqlite(?:\+\w+)?:///",
    "MongoDB": r"provider\s*=\s*\"mongodb\"",
}
_POSTGRES = re.compile(
    r"provider\s*=\s*\"(?:postgres|cockroach)\w*\"|pgTable\(|postgres(?:ql)?(?:\+\w+)?://|backends\.postgresql"
)


def rebuild(server: Server, app: App, dump: str = "") -> Rebuilt | NotExamined:
    """The app's database, made anew on a server. `dump` is the text of `pg_dump --schema-only`, taken instead of the
    app's own files. Raises PostgresError where the server fails."""
    found = histories(app.files)
    if dump:
        return _made(server, History("", "dump", (script_of(DUMP, dump),)), app, DUMP)
    if found:
        first = found[0]
        others = tuple((h.root or ".", f"another history of {len(h.scripts)} files ({h.kind})") for h in found[1:])
        rebuilt = _made(server, first, app, _folder(first))
        return rebuilt if isinstance(rebuilt, NotExamined) else replace(rebuilt, left_out=(*first.left_out, *others))
    return _from_models(server, app)


def _made(server: Server, history: History, app: App, source: str) -> Rebuilt | NotExamined:
    scripts = tuple(_as_set(history, app.files))
    story = story_of(scripts)
    named = [*_told(app.files)] if history.kind != "dump" else []
    known = sources_of(named, story)
    if not known:
        known = sources_of([("the app's own queries", schema_of(app.queries, story.missing()))], story)
    remedies = Remedies(story, known, app.schema.exposed)
    name = server.create()
    rebuilt = replay(
        lambda: server.connect(name, seconds=_SECONDS),
        scripts,
        database=name,
        baseline=remedies.baseline(),
        remedy=remedies.remedy,
        completion=remedies.completion,
    )
    if not rebuilt.columns:
        server.drop(name)
        return _nothing(f"nothing in {source} makes a table that could be made: {_first(rebuilt)}")
    return replace(rebuilt, source=source, unavailable=tuple(sorted(remedies.unavailable)))


def _as_set(history: History, files: Mapping[str, str]) -> Iterator[Script]:
    """The scripts with what the project's own settings do before them. A dump that grants rights names all of them."""
    texts = [(script.path, files.get(script.path, "")) for script in history.scripts]
    settings = (_AUTOMATIC.search(files[path]) for path in files if path.endswith(_CONFIG))
    told = next((found[1] for found in settings if found), None)
    first = project.explicit_from(texts, automatic=None if told is None else told == "true")
    for number, script in enumerate(history.scripts):
        before = [project.AUTO_RLS] if number == 0 and project.auto_rls(texts) else []
        explicit = number == first and history.kind == "supabase"
        explicit |= history.kind == "dump" and any(_GRANTED.match(step.text) for step in script.steps)
        before += [project.EXPLICIT_GRANTS] if explicit else []
        yield replace(script, steps=(*map(Step, before), *script.steps)) if before else script


def _from_models(server: Server, app: App) -> Rebuilt | NotExamined:
    """The database that models describe, for an app without any SQL."""
    schemas = {path: schema for path, schema in _told(app.files) if schema.tables and not _is_generated(schema)}
    if not schemas:
        if supabase_types.read(app.files).tables:
            return _nothing(
                "there are no migrations, and the generated types tell no rules: give a dump (--schema-dump)"
            )
        return _nothing("the app's files describe no PostgreSQL database")
    path, schema = max(schemas.items(), key=lambda pair: len(pair[1].tables))
    elsewhere = _elsewhere(app.files)
    if elsewhere:
        return _nothing(f"the database is {elsewhere}, not PostgreSQL")
    name = server.create()
    steps = tuple(Step(mend.sql) for mend in ddl.whole(schema, path))
    rebuilt = replay(lambda: server.connect(name, seconds=_SECONDS), (Script(path, steps),), database=name)
    return replace(rebuilt, source=path)


def _told(files: Mapping[str, str]) -> Iterator[tuple[str, Schema]]:
    """Every schema that is not told in SQL, with the file in which its first table stands."""
    for read in (supabase_types.read, *(getattr(model, "stored", model.read) for model in _MODELS)):
        schema = read(files)
        if schema.tables:
            yield schema.tables[0].place.path, schema


def _is_generated(schema: Schema) -> bool:
    return any(table.origin == supabase_types.ORIGIN for table in schema.tables)


def _elsewhere(files: Mapping[str, str]) -> str:
    """The kind of database that the app's files name, where they name no PostgreSQL."""
    texts = [
        text for path, text in files.items() if path.endswith((".prisma", ".ts", ".py", ".env", ".js", ".example"))
    ]
    if any(_POSTGRES.search(text) for text in texts):
        return ""
    return next((kind for kind, sign in _ELSEWHERE.items() if any(re.search(sign, text) for text in texts)), "")


def _folder(history: History) -> str:
    """The folder in which most of the scripts stand."""
    folders = [script.path.removesuffix("/migration.sql").rpartition("/")[0] for script in history.scripts]
    return max(dict.fromkeys(folders), key=folders.count) or history.scripts[0].path


def _first(rebuilt: Rebuilt) -> str:
    return rebuilt.refusals[0].message if rebuilt.refusals else "there is none"


def _nothing(why: str) -> NotExamined:
    return NotExamined("whether the migrations rebuild the database", why)
