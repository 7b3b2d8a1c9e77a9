"""Who calls an edge function beside an app's scripts: the database's functions and its clock, or something outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from apprescue.source.schedules import Job, jobs_of, with_key, without_jobs
from apprescue.source.syntax import SCRIPTS

FUNCTIONS = "supabase/functions/"
ASKS_ANYTHING = re.compile(r"functions\s*\.\s*invoke\(\s*[^'\"`\s]|/functions/v1/\$\{")
_ROUTINE = re.compile(
    r"(?is)\bcreate\s+(?:or\s+replace\s+)?function\s+(?:public\.)?([\w.\"]+)\s*\(.*?\bas\s+(\$\w*\$)(.*?)\2"
)
_SENDS_KEY = re.compile(r"(?is)'authorization'\s*,\s*(?:concat\(\s*)?'bearer '\s*(?:\|\||,)[^;]*service_role_key")


class Caller(StrEnum):
    """The DATABASE: its own functions, which send the server's key, or its clock, which does or can be made to; OTHERS:
    what else stands in its scripts."""

    DATABASE = "database"
    OTHERS = "others"


def scripts_of(files: Mapping[str, str]) -> list[str]:
    """The database's scripts in their order, without those that undo others."""
    return [text for path, text in sorted(files.items()) if path.endswith(".sql") and not path.endswith(".undo.sql")]


def of_database(name: str, files: Mapping[str, str]) -> Caller | None:
    """Who calls it in the database's scripts, of each function and each job the last that they make of it."""
    word, scripts = _address(name), scripts_of(files)
    plain = [without_jobs(text) for text in scripts]
    last = {found[1]: found[3] for text in plain for found in _ROUTINE.finditer(text)}
    beside = any(word.search(_ROUTINE.sub("", text)) for text in plain)
    calling = [text for text in last.values() if word.search(text)]
    keyed = all(_SENDS_KEY.search(text) and "anon_key" not in text.lower() for text in calling)
    jobs = [job for job in jobs_of(scripts) if word.search(job.command)]
    if beside or not keyed or not all(job.shows_key or with_key(job, scripts) for job in jobs):
        return Caller.OTHERS
    return Caller.DATABASE if calling or jobs else None


def planned_without_key(name: str, files: Mapping[str, str]) -> list[tuple[Job, Job]]:
    """The jobs of the database's clock that call the function without the server's key, each with the one that does."""
    word, scripts = _address(name), scripts_of(files)
    jobs = (job for job in jobs_of(scripts) if word.search(job.command) and not job.shows_key)
    return [(job, keyed) for job in jobs if (keyed := with_key(job, scripts))]


def _address(name: str) -> re.Pattern[str]:
    return re.compile(rf"/functions/v1/{re.escape(name)}(?![\w-])")


def called_from_outside(name: str, files: Mapping[str, str]) -> bool:
    """Whether a file that is neither a script nor the database's calls the function: an app for phones, a workflow."""
    word = re.compile(rf"""(?:invoke\(\s*|/functions/v1/)['"`]?{re.escape(name)}(?![\w-])""")
    known = (*SCRIPTS, ".md", ".toml", ".sql")
    return any(word.search(text) for path, text in files.items() if not path.endswith(known))
