"""The client of Supabase that an app's pages share, with the session of whoever is signed in."""

from __future__ import annotations

import re
from collections import Counter

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.function_callers import FUNCTIONS
from apprescue.source.handwriting import Handwriting
from apprescue.source.imports import Needed, imported
from apprescue.source.quiet import is_test
from apprescue.source.syntax import SCRIPTS

_SIGNS_IN = re.compile(r"\bsupabase\s*\.\s*auth\s*\.\s*(?:signIn|signUp|getSession|onAuthStateChange|getUser)")
_MAKES = re.compile(r"\bexport const supabase\b[^=]*=\s*(?:createClient|createBrowserClient)\b")
_POWERFUL = re.compile(r"SERVICE_ROLE|SERVICE_KEY|sb_secret_")


def app_client(app: App, into: str) -> Needed | None:
    """How a page imports the client `supabase`, with which the app's users sign in; None where it has not just one."""
    makers = [path for path, text in app.files.items() if _is_page(path) and _MAKES.search(text)]
    if len(makers) != 1 or _POWERFUL.search(app.files[makers[0]]):
        return None
    stem = makers[0].rpartition("/")[2].rpartition(".")[0]
    found: Counter[Needed] = Counter()
    signs_in = False
    for path, text in sorted(app.files.items()):
        if not _is_page(path) or "supabase" not in text or f"/{stem}" not in text:
            continue
        needed = imported("supabase", path, Handwriting(path, text).top, into)
        if needed and not needed.default and needed.module.rpartition("/")[2].partition(".")[0] in (stem, "supabase"):
            found[needed] += 1
            signs_in = signs_in or bool(_SIGNS_IN.search(text))
    return max(found, key=lambda one: (found[one], one.module)) if signs_in else None


def _is_page(path: str) -> bool:
    return path.endswith(SCRIPTS) and not path.startswith((FUNCTIONS, "supabase/")) and not is_test(path)


def imports_client(file: Handwriting) -> bool:
    """Whether a file has the name `supabase` from somewhere."""
    return any(isinstance(n, t.Import) and "supabase" in (local for _, local in n.names) for n in file.top)
