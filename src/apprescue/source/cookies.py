"""Cookies that the server sets, whatever the framework calls it: name, value, options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apprescue.model.trace import Step, Trace, Value
from apprescue.source import known

_SETS = known.Names(
    r"(?:^|\.)(?:cookie|setCookie|set_cookie|setSignedCookie)$|cookies(?:\(\))?\.set$|^cookie(?:\.default)?\.serialize$"
)
_HEADER = known.Names(r"(?:setHeader|header|append|set)$")
_TELLS_WHO = re.compile(
    r"(?i)sess|sid$|token|auth|jwt|refresh|access|remember|log(?:ged)?_?in|user|uid$|account|identity|admin|role"
)
_TELLS_ELSE = re.compile(
    r"(?i)csrf|xsrf|state|nonce|pkce|verifier|consent|theme|locale|lang|sidebar|oauth|flow|redirect"
)


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A cookie that is set. `options` are in lower case without underscores; `whole` tells that all are known."""

    name: str
    value: Value
    options: dict[str, Value]
    whole: bool
    step: Step

    @property
    def tells_who(self) -> bool:
        """Whether its name says that it stands for the signed-in user."""
        return bool(_TELLS_WHO.search(self.name)) and not _TELLS_ELSE.search(self.name)

    @property
    def removes(self) -> bool:
        """Whether it only takes the cookie away."""
        ended = next((self.options[k] for k in ("maxage", "expires") if k in self.options), Value())
        return self.value.constant == "" or (ended.literal and ended.constant in (0, -1))


def cookies_set(traces: Iterable[Trace]) -> Iterator[SetCookie]:
    """Every cookie that server code sets, once per place."""
    seen = set()
    for trace in traces:
        for step in trace.steps if trace.side == "server" else ():
            if step.place not in seen and (cookie := _set(step)) is not None:
                seen.add(step.place)
                yield cookie


def _set(step: Step) -> SetCookie | None:
    if _HEADER.search(step.name) and len(step.args) > 1 and known.plain(step.args[0]).lower() == "set-cookie":
        return _written(step, step.args[1])
    if not _SETS.search(step.name) or step.name.startswith(("request.", "req.", "context.req")):
        return None
    args = step.args[1:] if step.name.startswith("hono") else step.args
    if len(args) == 1 and args[0].fields is not None:
        fields = args[0].fields
        return SetCookie(
            known.plain(fields.get("name", Value())),
            fields.get("value", Value()),
            _plain_names(fields),
            "..." not in fields,
            step,
        )
    name = args[0] if args else step.keywords.get("key", Value())
    value = args[1] if len(args) > 1 else step.keywords.get("value")
    if value is None:
        return None
    given = args[2].fields if len(args) > 2 else {}
    options = {**(given or {}), **step.keywords}
    whole = given is not None and "..." not in options and "**" not in options
    return SetCookie(_name(name), value, _plain_names(options), whole, step)


def _name(value: Value) -> str:
    return known.plain(value) or "".join(known.plain(part) for part in value.operands)


def _plain_names(options: dict[str, Value]) -> dict[str, Value]:
    return {name.replace("_", "").lower(): value for name, value in options.items()}


def _written(step: Step, header: Value) -> SetCookie | None:
    """A `Set-Cookie` header that is written by hand."""
    text = known.plain(header)
    name, sign, rest = text.partition("=")
    if not sign:
        return None
    words = {part.strip().partition("=")[0].lower() for part in rest.split(";")[1:]}
    yes = Value(constant=True, literal=True)
    options = {word.replace("-", ""): yes for word in words if word}
    empty = header.literal and rest.startswith(";")
    return SetCookie(
        name.strip(), Value(constant="", literal=True) if empty else Value(header.origins), options, True, step
    )
