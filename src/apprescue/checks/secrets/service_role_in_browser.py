"""The key that opens your whole database is sent to every visitor.

What we look at: Supabase's service role or secret key in browser code (tokens are decoded to see their role), and
clients made in the browser from an environment name that speaks of the service role.
Why it matters: this key goes round every row level security rule. With it anybody reads, changes and deletes all rows
of all customers, and makes himself admin.
How to repair: make a new secret key in Supabase and disable the old one, use only the anon or publishable key in the
browser, and move what needs the service role into an edge function that checks who is asking.
When it is fine: never in the browser. In edge functions and on servers it is normal, and not reported here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.source.rotation import rotation
from apprescue.source.secret_places import is_shipped, named

_SERVICE = re.compile(r"SERVICE_?(?:ROLE|KEY)|SUPABASE_SECRET", re.I)
_PUBLIC = re.compile(r"^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|PUBLIC|NUXT_PUBLIC|GATSBY)_")


@check(severity=Severity.CRITICAL, impact=Impact.DATA, cwe=("CWE-798", "CWE-269"), owasp=("A01:2025", "A07:2025"))
def service_role_in_browser(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    for leak in leaks:
        if leak.provider == "Supabase" and leak.is_secret and not leak.quiet and is_shipped(leak.place.path, app.files):
            yield Seen(
                leak.place,
                f"{named(leak, first=True)} stands in code that every visitor downloads. It goes round all rules.",
                cause=leak.value,
                repair=rotation("Supabase"),
            )
    for read in app.env_reads:
        if _SERVICE.search(read.name) and read.side == "browser" and _PUBLIC.match(read.name):
            yield Seen(
                read.place,
                f"The browser's code reads {read.name}, so the build copies the service role key into the page.",
                cause=read.name,
                repair=rotation("Supabase"),
            )
