"""Your server fetches any address that somebody names.

What we look at: requests that the server makes to an address whose beginning comes from the request (image proxies,
link previews, imports, webhook testers), where nothing compares the host with a list.
Why it matters: the server stands where the caller does not: it reaches your host's own key service, your database's
admin page and other machines of your network, and hands back what they answer.
How to repair: take only a path or an id from the request and put your own address before it; or parse the address,
compare its host with a list of those that you mean, and refuse private networks after resolving the name.
When it is fine: addresses that your admins keep in the settings; hosts that were compared with a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Trace, Value
from apprescue.source.routes import open_to_all

_FETCHES = re.compile(
    r"^(?:fetch|axios(?:\.(?:get|post|put|head|request|default(?:\.get)?))?|got(?:\.(?:get|stream|post))?|needle(?:\.(?:get|post))?|"
    r"node-fetch(?:\.default)?|undici\.(?:fetch|request)|superagent\.(?:get|post)|request(?:-promise)?\.(?:get|post)|ky\.(?:get|post)|"
    r"https?\.(?:get|request)|(?:requests|httpx)\.(?:get|post|head|put|request)|urllib\.request\.(?:urlopen|Request|urlretrieve)|"
    r"(?:httpx\.(?:Async)?Client|requests\.Session|aiohttp\.ClientSession)\(\)\.(?:get|post|head|stream|request))$"
)
_LOOKS = re.compile(
    r"(?i)(?:startswith|includes|endswith|match|test|has|some|every|search|fullmatch|\w*(?:host|allow|valid|safe|permit|trusted)\w*)$"
)

_PART = re.compile(r"(?i)host|origin|protocol|domain|scheme")
_CHECKS = re.compile(r"(?i)(?:valid|allow|safe|assert|check|ssrf|private|block)\w*(?:url|host|address|uri|ip)")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-918",),
    owasp=("A01:2025", "API7:2023"),
)
def fetch_of_any_address(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        if trace.side != "server":
            continue
        for step in trace.steps:
            if step.place in seen or any(g.kind == "role" for g in step.guards) or not _reaches_anywhere(step):
                continue
            origins = step.args[0].all_origins
            tests = (one for one in (*trace.tests, *step.tests) if origins & one.all_origins)
            if not any(map(_looks, tests)) and not _checked(trace, step):
                seen.add(step.place)
                who = "Anybody" if open_to_all(step.guards) else "Any signed-in user"
                yield Seen(step.place, f"{who} makes your server fetch an address of his choice.")


def _reaches_anywhere(step: Step) -> bool:
    if not _FETCHES.match(step.name) or not step.args:
        return False
    address = step.args[0]
    if address.fields is not None:
        address = address.fields.get("url", Value())
    return _begins_with_input(address)


def _begins_with_input(value: Value) -> bool:
    """Whether the beginning of an address, its host, comes from the request."""
    if value.op == "text" or (value.op == "+" and value.operands):
        return _begins_with_input(value.operands[0])
    if value.op in ("||", "??"):
        return any(map(_begins_with_input, value.operands))
    if value.step is not None and value.step.name in ("URL", "decodeURIComponent", "str", "String") and value.step.args:
        return _begins_with_input(value.step.args[0])
    if value.step is not None and value.step.result is value:
        return False
    return any(o.startswith(("body.", "query.", "form.")) for o in value.origins) and "validated" not in value.origins


def _looks(test: Value) -> bool:
    """Whether a test asks where an address leads."""
    if test.step is not None and _LOOKS.search(test.step.method) and test.is_input:
        return True
    if test.op in ("==", "!=", "in") and any(
        re.search(r"(?i)host|origin|protocol|domain|scheme", v.name) for v in test.operands
    ):
        return True
    return any(map(_looks, test.operands))


def _checked(trace: Trace, step: Step) -> bool:
    """Whether something of the app with a telling name looked at the address before the request."""
    origins = step.args[0].all_origins
    before = trace.steps[: next(n for n, one in enumerate(trace.steps) if one is step)]
    looks = (s for s in before if _CHECKS.search(s.name) or _CHECKS.search(s.function))
    return any(origins & value.all_origins for one in looks for value in one.args)
