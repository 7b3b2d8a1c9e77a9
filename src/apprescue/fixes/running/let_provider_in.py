"""A webhook's function no longer asks for a token of the project, which its provider cannot send.

`[functions.NAME]` with `verify_jwt = false` goes into `supabase/config.toml`. Not done where the function does not
verify its provider's signature before it works: then the gateway's token is all that stands before it.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import RoutePlace, code_of

_SIGNED = ("signature", "secret")


@fix("running/webhook_refused_by_gateway", title="Let the provider's messages through", safety=Safety.SAFE)
def let_provider_in(finding: Finding, app: App) -> Changes:
    """The setting, where it stands or as a section at the end."""
    place = code_of(finding.place)
    if place is None or not isinstance(finding.place, RoutePlace):
        return
    route = next((one for one in app.routes if str(one) == finding.place.route), None)
    if route is None or not any(guard.kind in _SIGNED for guard in route.guards):
        return
    name = route.path.rpartition("/")[2]
    text = app.files[place.path]
    head = re.search(rf'(?m)^\[functions\.(?:{re.escape(name)}|"{re.escape(name)}")\][^\n]*\n?', text)
    if head is None:
        end = len(text.encode())
        yield Edit(place.path, end, end, f"{_gap(text)}[functions.{name}]\nverify_jwt = false\n")
    else:
        following = text[head.end() :].partition("\n[")[0]
        asked = re.search(r"(?m)^verify_jwt\s*=\s*true", following)
        start = len(text[: head.end() + (asked.start() if asked else 0)].encode())
        end = start + (len(asked[0]) if asked else 0)
        line = "" if text[: head.end()].endswith("\n") else "\n"
        yield Edit(place.path, start, end, "verify_jwt = false" if asked else f"{line}verify_jwt = false\n")
    yield Todo(f"Deploy the function again so that the setting holds: supabase functions deploy {name}")


def _gap(text: str) -> str:
    return "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
