"""The buyer decides what he pays.

What we look at: prices and amounts that reach a payment provider or a money table straight from the request, where
nothing compares them with the price, the balance or the plan in the database.
Why it matters: the page sends 49, a script sends 0.01; a payout of any amount leaves your account, a subscription of
any price is opened.
How to repair: take only the id of the thing from the request, and read its price or the caller's balance from the
database on the server. Where people choose an amount (tips), check its least and its most.
When it is fine: tips and donations that are really charged and checked for sense; amounts that are compared with a
row first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source import known, meaning
from apprescue.source.routes import goes_round_rules, head, pays, queries_of

_GIFT = re.compile(r"\b[tT]ip(?:s|per|ping|_\w+|[A-Z]\w*)?\b|(?i:donat|top.?up|deposit)")
_SAID = frozenset("dispute complaint report proposal quote offer budget goal".split())
_MEASURE = re.compile(
    r"(?i)^(?:text|script|prompt|content|message|length|\w*duration\w*|\w*seconds|\w*minutes|characters|words|pages|"
    r"images|files|slides|frames|model|quality|resolution)$"
)
_COMPARES = {"<", "<=", ">", ">=", "==", "!="}


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-472", "CWE-840"),
    owasp=("A06:2025", "API6:2023"),
)
def amount_from_client(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        if meaning.is_webhook(route.path) or any(
            g.kind in ("signature", "secret", "role") and not g.fail_open for g in route.guards
        ):
            continue
        found = [step for step in route.steps if _charged(step) and not _compared(route)]
        for query in by_route.get(str(route), ()):
            bought = query.operation in ("insert", "upsert", "update") and meaning.is_money(query.table)
            bought = bought and not meaning.is_content(query.table)
            bought = bought and meaning.words(query.table)[-1] not in _SAID
            if bought and goes_round_rules(query) and query.written and _chosen(query.written) and not _compared(route):
                found.append(query.step)
        if not found:
            continue
        out = any(pays(step) for step in found)
        gift = not out and bool(_GIFT.search(route.path + app.excerpt(route.place)))
        if gift and _bounded(route):
            continue
        places: tuple[Place, ...] = tuple(s.place for s in found)
        yield Seen(
            head(route),
            f"{route} {'sends' if out else 'takes'} an amount that the caller chooses; "
            "nothing compares it with a price or a balance.",
            related=places,
            severity=Severity.CRITICAL if out else Severity.LOW if gift else Severity.HIGH,
        )


def _charged(step: Step) -> bool:
    provider = known.REMOTE.match(step.name) or pays(step)
    return bool(provider) and any(_chosen(value) for value in (*step.args, *step.keywords.values()))


def _chosen(value: Value) -> bool:
    """Whether an amount inside came from the request."""
    for part in value.deep():
        for name, field in (part.fields or {}).items():
            chosen = field.comes_from("body", "query") and not any(o.startswith("row.") for o in field.all_origins)
            if chosen and meaning.AMOUNT.match(name) and not _is_key(field) and not _is_measured(field):
                return True
    return any(o.startswith(("body.", "query.")) and meaning.AMOUNT.match(o.partition(".")[2]) for o in value.origins)


def _is_key(value: Value) -> bool:
    """Whether a value is the provider's own id of a price (`priceId`), behind which the price stands."""
    return all(re.search(r"(?i)[_.]?(?:id|key|ref)$", o) for o in value.origins if o.startswith(("body.", "query.")))


def _is_measured(value: Value) -> bool:
    """Whether an amount is worked out from how much is asked for (`Math.ceil(text.length / 1500)`)."""
    asked = [o.rpartition(".")[2] for o in value.all_origins if o.startswith(("body.", "query."))]
    return bool(asked) and all(map(_MEASURE.match, asked))


def _compared(route: Route) -> bool:
    """Whether a test holds a chosen amount against something of the database, or against a list of prices."""
    return any(_holds_against_row(test) for test in (route.trace.tests if route.trace else ()))


def _holds_against_row(test: Value) -> bool:
    if test.op in _COMPARES:
        left, right = test.operands
        equal = test.op in ("==", "!=")
        return any(
            one.comes_from("body", "query") and (other.comes_from("row") or (equal and _listed(other)))
            for one, other in ((left, right), (right, left))
        )
    return any(_holds_against_row(part) for part in test.operands)


def _listed(value: Value) -> bool:
    """Whether a value is found in a list that stands in the code, whoever chose the key (`PRICES[plan]`)."""
    written = any(part.fields and not part.all_origins for part in value.operands)
    return (value.op == "of" and written) or any(map(_listed, value.operands))


def _bounded(route: Route) -> bool:
    return any(
        part.op in ("<", "<=", ">", ">=") and part.comes_from("body")
        for test in (route.trace.tests if route.trace else ())
        for part in (test, *test.operands)
    )
