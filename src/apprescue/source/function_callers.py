"""Who calls an edge function: pages, other functions, the database's own schedules, or nobody that the files know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

FUNCTIONS = "supabase/functions/"
ASKS_ANYTHING = re.compile(r"functions\s*\.\s*invoke\(\s*[^'\"`\s]|/functions/v1/\$\{")
_SERVER_KEY, _PUBLIC_KEY = "SERVICE_ROLE_KEY", "ANON_KEY"
_ROUTINE = re.compile(
    r"(?is)\bcreate\s+(?:or\s+replace\s+)?function\s+(?:public\.)?([\w.\"]+)\s*\(.*?\bas\s+(\$\w*\$)(.*?)\2"
)
_SENDS_KEY = re.compile(r"(?is)'authorization'\s*,\s*(?:concat\(\s*)?'bearer '\s*(?:\|\||,)[^;]*service_role_key")


class Caller(StrEnum):
    """NOBODY that the files know; the SERVER: only functions that hold nothing but the server's key; the DATABASE: only
    its own functions, which send that key; OTHERS: pages, schedules, whatever else."""

    NOBODY = "nobody"
    SERVER = "server"
    DATABASE = "database"
    OTHERS = "others"


def caller_of(name: str, files: Mapping[str, str]) -> Caller:
    """Who calls the function of that name. Where some file calls functions by a name that it makes up, it is OTHERS."""
    word = re.compile(rf"""(?:invoke\(\s*|/functions/v1/)['"`]?{re.escape(name)}(?![\w-])""")
    found = of_database(word, [text for path, text in sorted(files.items()) if path.endswith(".sql")])
    for path, text in files.items():
        if path.startswith(f"{FUNCTIONS}{name}/") or path.endswith((".md", ".toml", ".sql")):
            continue
        if word.search(text):
            found.add(_of_file(path, text))
        elif ASKS_ANYTHING.search(text):
            found.add(Caller.OTHERS)
    return Caller.NOBODY if not found else found.pop() if len(found) == 1 else Caller.OTHERS


def of_database(word: re.Pattern[str], scripts: Sequence[str]) -> set[Caller]:
    """Who calls it in the database's scripts, of each function the last that they make of it."""
    last = {found[1]: found[3] for text in scripts for found in _ROUTINE.finditer(text)}
    beside = any(word.search(_ROUTINE.sub("", text)) for text in scripts)
    calling = [text for text in last.values() if word.search(text)]
    keyed = all(_SENDS_KEY.search(text) and "anon_key" not in text.lower() for text in calling)
    return {Caller.OTHERS} if beside or not keyed else {Caller.DATABASE} if calling else set()


def _of_file(path: str, text: str) -> Caller:
    own = FUNCTIONS in path and _SERVER_KEY in text and _PUBLIC_KEY not in text
    return Caller.SERVER if own else Caller.OTHERS
