"""A user can act in another user's name by writing that user's id into the request.

What we look at: ids of users (`userId`, `sender_id`, `author`) that come from the request and decide in whose name a
row is written or whose rows are changed, where nothing compares them with who is really signed in.
Why it matters: whoever calls fills in any id: messages from somebody else, purchases and codes for somebody else,
invitations accepted by strangers.
How to repair: take the id from the session or the verified token and ignore the one in the request; keep it in the
request only for admins, after a role check.
When it is fine: the id names whom something is meant for (a recipient, a creator to follow), not who does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.routes import goes_round_rules, head, queries_of, written_by

_TIES = ("ownership", "signature", "secret")
_LOOKED_UP = re.compile(
    r"\.(?:single|maybe_?[sS]ingle|find\w*|first|one\w*|where|eq)$"
)  # a link's token: it names nobody
_ACTOR = frozenset(
    "user author owner sender account member profile customer buyer subscriber follower fan admin caller".split()
)
_OTHERS = frozenset(
    "creator recipient receiver target to seller influencer artist host brand followed friend other partner invitee "
    "blocked reported streamer model merchant vendor provider".split()
)


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-639", "CWE-290"),
    owasp=("A01:2025", "API1:2023"),
)
def identity_from_body(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        if meaning.is_webhook(route.path) or meaning.is_sign_in(route.path):
            continue
        found = next(((q, c) for q in by_route.get(str(route), ()) for c in _claimed(q)), None)
        if found is not None:
            query, column = found
            known = any(g.kind == "login" for g in query.step.guards)
            yield Seen(
                head(route),
                f"{route} writes to {query.table} for the {column} in the request"
                + (", not for who is signed in." if known else ", and nobody needs to sign in."),
                related=(query.place,),
                severity=Severity.HIGH if meaning.is_money(query.table) or known else Severity.MEDIUM,
            )


def _claimed(query: Query) -> Iterator[str]:
    """The columns by which a write takes the actor from the body."""
    if not goes_round_rules(query) or query.operation not in ("insert", "update", "upsert"):
        return
    if any(g.kind == "role" or (g.kind in _TIES and not _LOOKED_UP.search(g.name)) for g in query.step.guards):
        return
    signed_in = any(g.kind == "login" for g in query.step.guards)
    fields = written_by(query)
    if any(o.startswith("caller") for v in fields.values() for o in v.all_origins):
        return
    conditions = [(f.column, f.value) for f in query.filters]
    if any(o.startswith("caller") for _, v in conditions for o in v.all_origins):
        return
    for column, value in [*fields.items(), *conditions]:
        names = meaning.words(column)
        own = names[-1:] in (("id",), ("uid",)) and len(names) > 1 and names[0] in _ACTOR and value.comes_from("body")
        if own and not (signed_in and _is_another(value)):
            yield column


def _is_another(value: Value) -> bool:
    """Whether the request says by the name of what it brings that it is the other side's (`user_id: creatorId`)."""
    said = [meaning.words(origin.partition(".")[2]) for origin in value.origins if origin.startswith("body.")]
    return bool(said) and all(words[0] in _OTHERS for words in said)
