"""Who calls an edge function: pages, other functions, the database's own schedules, or nobody that the files know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from apprescue.source.schedules import Job, jobs_of, with_key, without_jobs

FUNCTIONS = "supabase/functions/"
ASKS_ANYTHING = re.compile(r"functions\s*\.\s*invoke\(\s*[^'\"`\s]|/functions/v1/\$\{")
_SERVER_KEY, _PUBLIC_KEY = "SERVICE_ROLE_KEY", "ANON_KEY"
_ROUTINE = re.compile(
    r"(?is)\bcreate\s+(?:or\s+replace\s+)?function\s+(?:public\.)?([\w.\"]+)\s*\(.*?\bas\s+(\$\w*\$)(.*?)\2"
)
_SENDS_KEY = re.compile(r"(?is)'authorization'\s*,\s*(?:concat\(\s*)?'bearer '\s*(?:\|\||,)[^;]*service_role_key")


class Caller(StrEnum):
    """NOBODY that the files know; the SERVER: functions that hold nothing but the server's key; the DATABASE: its own
    functions, which send that key, or its clock, which does or can be made to; OTHERS: pages, whatever else."""

    NOBODY = "nobody"
    SERVER = "server"
    DATABASE = "database"
    OTHERS = "others"


def caller_of(name: str, files: Mapping[str, str]) -> Caller:
    """Who calls the function of that name. Where some file calls functions by a name that it makes up, it is OTHERS."""
    word = re.compile(rf"""(?:invoke\(\s*|/functions/v1/)['"`]?{re.escape(name)}(?![\w-])""")
    found = of_database(word, scripts_of(files))
    for path, text in files.items():
        if path.startswith(f"{FUNCTIONS}{name}/") or path.endswith((".md", ".toml", ".sql")):
            continue
        if word.search(text):
            found.add(_of_file(path, text))
        elif ASKS_ANYTHING.search(text):
            found.add(Caller.OTHERS)
    order = (Caller.OTHERS, Caller.DATABASE, Caller.SERVER)
    return next((one for one in order if one in found), Caller.NOBODY)


def scripts_of(files: Mapping[str, str]) -> list[str]:
    """The database's scripts in their order, without those that undo others."""
    return [text for path, text in sorted(files.items()) if path.endswith(".sql") and not path.endswith(".undo.sql")]


def of_database(word: re.Pattern[str], scripts: Sequence[str]) -> set[Caller]:
    """Who calls it in the database's scripts, of each function and each job the last that they make of it."""
    plain = [without_jobs(text) for text in scripts]
    last = {found[1]: found[3] for text in plain for found in _ROUTINE.finditer(text)}
    beside = any(word.search(_ROUTINE.sub("", text)) for text in plain)
    calling = [text for text in last.values() if word.search(text)]
    keyed = all(_SENDS_KEY.search(text) and "anon_key" not in text.lower() for text in calling)
    jobs = [job for job in jobs_of(scripts) if word.search(job.command)]
    known = all(job.shows_key or with_key(job, scripts) for job in jobs)
    return {Caller.OTHERS} if beside or not keyed or not known else {Caller.DATABASE} if calling or jobs else set()


def planned_without_key(name: str, files: Mapping[str, str]) -> list[tuple[Job, Job]]:
    """The jobs of the database's clock that call the function without the server's key, each with the one that does."""
    word = re.compile(rf"/functions/v1/{re.escape(name)}(?![\w-])")
    scripts = scripts_of(files)
    jobs = (job for job in jobs_of(scripts) if word.search(job.command) and not job.shows_key)
    return [(job, keyed) for job in jobs if (keyed := with_key(job, scripts))]


def _of_file(path: str, text: str) -> Caller:
    own = FUNCTIONS in path and _SERVER_KEY in text and _PUBLIC_KEY not in text
    return Caller.SERVER if own else Caller.OTHERS
