"""Who calls an edge function: pages, other functions, the database's own schedules, or nobody that the files know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

FUNCTIONS = "supabase/functions/"
_ASKS_ANYTHING = re.compile(r"functions\s*\.\s*invoke\(\s*[^'\"`\s]|/functions/v1/\$\{")
_SERVER_KEY, _PUBLIC_KEY = "SERVICE_ROLE_KEY", "ANON_KEY"


class Caller(StrEnum):
    """NOBODY that the files know; the SERVER: only functions that hold nothing but the server's key; OTHERS: pages,
    schedules, whatever else."""

    NOBODY = "nobody"
    SERVER = "server"
    OTHERS = "others"


def caller_of(name: str, files: Mapping[str, str]) -> Caller:
    """Who calls the function of that name. Where some file calls functions by a name that it makes up, it is OTHERS."""
    word = re.compile(rf"""(?:invoke\(\s*|/functions/v1/)['"`]?{re.escape(name)}(?![\w-])""")
    found = set()
    for path, text in files.items():
        if path.startswith(f"{FUNCTIONS}{name}/") or path.endswith((".md", ".toml")):
            continue
        if word.search(text):
            found.add(_of_file(path, text))
        elif _ASKS_ANYTHING.search(text):
            found.add(Caller.OTHERS)
    return Caller.NOBODY if not found else found.pop() if len(found) == 1 else Caller.OTHERS


def _of_file(path: str, text: str) -> Caller:
    own = FUNCTIONS in path and _SERVER_KEY in text and _PUBLIC_KEY not in text
    return Caller.SERVER if own else Caller.OTHERS
