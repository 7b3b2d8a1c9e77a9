"""A secret travels in the address, where every log on the way keeps it.

What we look at: server code that accepts a shared secret, key or token for machines from the query string
(`?secret=`, `?key=`) and compares it with a setting.
Why it matters: addresses are written to logs of hosts, proxies and monitoring, to browser histories and to the
Referer of the next page. Whoever reads one of them can call the address.
How to repair: send the secret in the Authorization header only, compare it in constant time, and replace the one that
was used in addresses.
When it is fine: one-time links that expire, such as those that confirm an e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.quiet import is_quiet
from apprescue.source.settings import secret_name

_NAME = r"(?:cron_?|api_?|admin_?|access_?|webhook_?)?(?:secret|key|token|password)"
_TAKEN = re.compile(
    rf"(?:[sS]earchParams\.get|query_params\.get|request\.args\.get|req\.query)\(\s*[\"']{_NAME}[\"']|\b(?:req|request|ctx)\.query\.{_NAME}\b",
    re.I,
)


@check(severity=Severity.LOW, impact=Impact.DATA, cwe=("CWE-598",), owasp=("A07:2025", "A09:2025"))
def secret_in_address(app: App) -> Iterator[Seen]:
    reads = {(r.place.path, r.place.line): r.name for r in app.env_reads if r.side == "server" and secret_name(r.name)}
    for path in sorted({path for path, _ in reads}):
        text = "" if is_quiet(path) else app.files.get(path, "")
        for found in _TAKEN.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            name = next((n for (where, at), n in reads.items() if where == path and abs(at - line) <= 12), "")
            if name:
                yield Seen(
                    Code(path, line),
                    f"{name} is accepted from the address itself, so it ends up in logs.",
                    cause=f"{path} {name}",
                )
