"""Any signed-in user can make himself an admin by asking his session to be updated.

What we look at: the `jwt` callback of Auth.js (NextAuth), where it answers `trigger === "update"`: whether it copies
what the browser sent into the token as it came, or takes a role, a plan or an id from it.

Why it matters: `update()` can be called from the browser's console with anything in it. What lands in the token is
believed by every page and address that asks the session for the role or the id.

How to repair: on an update read the role, the plan and the id from the database again, by the id that the token had;
copy from the request nothing but what a user may choose (his name, his picture), each by its name.

When it is fine: callbacks that copy single harmless fields, or that read the row again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code

_CALLBACK = re.compile(r"\bjwt\s*(?::\s*async\s*)?\(\s*\{[^}]{0,200}\btrigger\b[^}]{0,200}\bsession\b[^}]{0,200}\}")
_UPDATE = re.compile(r"trigger\s*={2,3}\s*[\"']update[\"']")
_WHOLE = re.compile(r"\.\.\.\s*\(?\s*session\b(?:\??\.user\b)?(?!\??\.)|Object\.assign\(\s*token\s*,\s*session\b")
_POWER = re.compile(
    r"token(?:\.user)?\.(?:role|roles|isAdmin|is_admin|plan|tier|id|sub|userId|permissions|credits|isPremium|subscription\w*)"
    r"\s*=\s*\(?\s*session\b"
)
_REACH = 1200


@check(
    severity=Severity.CRITICAL,
    impact=Impact.DATA,
    cwe=("CWE-269", "CWE-915"),
    owasp=("A01:2025", "API3:2023"),
)
def session_update_trusted(app: App) -> Iterator[Seen]:
    for path, text in app.files.items():
        if "trigger" not in text or not path.endswith((".ts", ".tsx", ".js", ".mjs", ".jsx")):
            continue
        for callback in _CALLBACK.finditer(text):
            update = _UPDATE.search(text, callback.end(), callback.end() + _REACH)
            taken = update and _taken(text, update.end())
            if taken:
                yield Seen(
                    Code(path, text.count("\n", 0, taken.start()) + 1),
                    "What the browser sends to update its session is kept in the token as it came"
                    + (", role and id included." if _WHOLE.match(taken[0]) else ": it decides on rights."),
                )


def _taken(text: str, start: int) -> re.Match[str] | None:
    found = [m for pattern in (_WHOLE, _POWER) if (m := pattern.search(text, start, start + 400))]
    return min(found, key=lambda m: m.start()) if found else None
