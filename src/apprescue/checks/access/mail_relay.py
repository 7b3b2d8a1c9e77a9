"""Anybody with a login can send mail to anyone, in your name.

What we look at: addresses that need only a login and send a mail whose receiver and whose text or link both come from
the request.
Why it matters: your domain's good name sends their phishing; mail providers block you for it.
How to repair: look the receiver up on the server (an id of a customer, a member of the caller's team), keep the text
in a template, and limit how many may be sent.
When it is fine: invitations with a fixed text and a link made by the server; addresses that check a role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step, Value
from apprescue.source.routes import chosen_from_list, head, open_to_all, sends

_TO = re.compile(r"(?i)^(?:to|recipient\w*|personalizations|email|to_?emails?|destination)$")
_LOOKED_UP = re.compile(r"\.auth\.admin\.(?:get|list)\w*$")
_TEXT = re.compile(r"(?i)^(?:html|text|body|subject|content|message|htmlbody)$")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-940", "CWE-799"),
    owasp=("A06:2025", "API6:2023"),
)
def mail_relay(app: App) -> Iterator[Seen]:
    for route in app.routes:
        if any(g.kind in ("role", "ownership", "signature", "secret") and not g.fail_open for g in route.guards):
            continue
        step = next(
            (s for s in route.steps if sends(s) and not open_to_all(s.guards) and _anything_to_anyone(route, s)), None
        )
        if step is not None:
            yield Seen(
                head(route),
                f"{route} mails a text from the request to an address from the request, for every signed-in user.",
                related=(step.place,),
            )


def _anything_to_anyone(route: Route, step: Step) -> bool:
    fields = [(k, v) for value in (*step.args, *step.keywords.values()) for k, v in _named(value)]
    to = any(_TO.match(k) and _is_sent(v) for k, v in fields)
    return to and any(_TEXT.match(k) and _from_request(route, v) for k, v in fields)


def _is_sent(receiver: Value) -> bool:
    """Whether an address is what the request says; one that is looked up by somebody's id is not."""
    parts = (*(receiver.items or ()), *(receiver.fields or {}).values())
    if parts:
        return any(map(_is_sent, parts))
    looked_up = receiver.step is not None and _LOOKED_UP.search(receiver.step.name)
    return receiver.comes_from("body", "query") and not looked_up


def _named(value: Value) -> Iterator[tuple[str, Value]]:
    for part in value.deep():
        yield from (part.fields or {}).items()
        if part.step is not None and part.step.name == "JSON.stringify":
            yield from (pair for a in part.step.args for pair in _named(a))


def _from_request(route: Route, value: Value) -> bool:
    if value.op == "text":
        return any(_from_request(route, piece) for piece in value.operands)
    return any(v.comes_from("body", "query") and not chosen_from_list(route, v) for v in value.deep())
