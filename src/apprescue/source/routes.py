"""Questions that several checks ask of a route: what it does to whom, and whether anybody is let in.

It is longer than a room should be because the questions share one idea of what a route does to whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.model.app import App, Filter, Query, Route
from apprescue.model.finding import Impact, Severity
from apprescue.model.place import Code, RoutePlace
from apprescue.model.trace import Guard, Step, Value
from apprescue.source import known, meaning

WRITES = frozenset({"insert", "update", "upsert", "delete"})
ANSWERS_WHO = ("login", "role", "ownership", "signature", "secret", "plan", "development")
_LEFT_BY_VISITORS = frozenset(
    "subscriber lead contact waitlist newsletter event view click track analytics feedback inquiry enquiry visitor "
    "visit log error impression pageview signup rsvp".split()
)
_ON_SHOW = frozenset("creator artist influencer vendor instructor coach leaderboard ranking public featured".split())
_NOBODYS_BUSINESS = frozenset(
    "withdrawal payout wallet balance earning transaction invoice payment billing message conversation notification "
    "document address session".split()
)
_CUSTOMERS = frozenset("order customer subscriber lead contact booking purchase".split())
_PAYS = known.Names(
    r"(?:transfers|payouts|refunds)\.create(?!\(\)\.)|(?:^|\.)(?:transfer|payout|refund|withdraw)\w*\.?(?:create|send)?$|"
    r"sendAndConfirmTransaction|sendRawTransaction|sendTransaction|Transfer\.create|Payout\.create|Refund\.create"
)
_PAYS_BY_ADDRESS = re.compile(r"/(?:transfer|payouts?|refunds?|withdraw\w*|disburse\w*)\b")
ANSWERS = known.Names(
    r"(?:response(?:\.status\(\))?\.(?:json|send|end)|^(?:Next)?Response(?:\.json)?|NextResponse\.json|context\.json|"
    r"jsonify|JSONResponse|JsonResponse|response\.code\(\)\.send)$"
)
_RENDERS = known.Names(
    r"(?:response\.(?:render|view)|context\.render|(?:^|\.)render_template\w*|TemplateResponse|django\.shortcuts\.render)$"
)
_SENDS_COINS = known.Names(r"sendAndConfirmTransaction|sendRawTransaction|sendTransaction")
_SENDS = known.Names(
    r"(?i)emails?\(?\)?\.send|sendMail|send_?mail\w*|send_?e?mails?|messages\.create|send_message|sgMail\.send|"
    r"sendNotification|webpush\.\w+|sendgrid\w*\.send|resend\w*\.send|smtp\w*\.send\w*|messaging\(\)\.send\w*|publish_?sms"
)
_SENDS_BY_ADDRESS = re.compile(
    r"api\.(?:resend|sendgrid|postmarkapp|mailgun|brevo|sendinblue|mailersend|mailjet)\.|onesignal\.com|fcm\.googleapis|"
    r"exp\.host|api\.twilio|api\.pushover|api\.elasticemail"
)
_RUNS = known.Names(
    r"(?:child_process\.\w+|(?:^|\.)exec(?:Sync)?|spawn(?:Sync)?|subprocess\.\w+|os\.system|os\.popen)$"
)


_ACCOUNTS = known.Names(r"\.auth\.admin\.\w+$")
_BY_GUESTS = frozenset("order pending booking ticket checkout cart donation reservation".split())
_STOCK = re.compile(r"(?i)inventory|stock|(?:^|_)(?:sold|slots|seats|available|remaining|quantity)(?:$|_)")
_COSTS = re.compile(r"(?i)(?:amount|total|price|cost|fee)(?:_?cents)?$")
_PAID = re.compile(r"(?i)^(?:paid|complete\w*|succe\w+|captured|approved|confirmed|settled|no_payment_required)$")
_WIPES = re.compile(r"(?:\.drop_all|\.dropDatabase|\.drop_database|\.reset_db|sequelize\.drop)$")


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a route does which matters. `what` reads after "lets anybody"."""

    what: str
    severity: Severity
    impact: Impact
    step: Step


def head(route: Route) -> RoutePlace:
    """A route, at the line where its handler begins."""
    place, inner = route.place, route.trace.place if route.trace else route.place
    within = inner.path == place.path and place.line <= inner.line <= max(place.line, place.end_line)
    return RoutePlace(str(route), Code(place.path, inner.line if within else place.line))


def pays(step: Step) -> bool:
    """Whether a call sends money away."""
    if _PAYS.search(step.name) and known.REMOTE.match(step.name.removeprefix("new ")):
        return True
    if _SENDS_COINS.search(step.name):
        return True
    if step.name != "fetch" or not step.args or not _PAYS_BY_ADDRESS.search(known.plain(step.args[0])):
        return False
    options = step.args[1].fields if len(step.args) > 1 else {}
    method = (options or {}).get("method")
    return options is None or (method is not None and known.plain(method).upper() not in ("GET", "HEAD"))


def sends(step: Step) -> bool:
    """Whether a call sends a mail, a text message or a push notification."""
    if _SENDS.search(step.name):
        return not known.is_model(step)
    posts = step.name in ("fetch", "axios.post", "requests.post", "httpx.post") or step.method == "post"
    return posts and bool(step.args) and bool(_SENDS_BY_ADDRESS.search(known.plain(step.args[0])))


def open_to_all(guards: Sequence[Guard]) -> bool:
    """Whether none of the guards asks who calls."""
    return not any(g.kind in ANSWERS_WHO for g in guards)


def queries_of(app: App) -> dict[str, list[Query]]:
    """The server's queries by route."""
    found: dict[str, list[Query]] = {}
    for query in app.queries:
        if query.route:
            found.setdefault(query.route, []).append(query)
    return found


def goes_round_rules(query: Query) -> bool:
    """Whether no row level security stands behind the query."""
    return query.as_whom in ("service", "server")


def written_by(query: Query) -> dict[str, Value]:
    """What a query writes, by column; MongoDB's `$set` and the like are opened."""
    found: dict[str, Value] = {}
    for name, value in ((query.written.fields if query.written else None) or {}).items():
        opened = value.fields if name.startswith("$") else None
        found.update(opened if opened is not None else {name: value})
    return found


def effects(route: Route, queries: Sequence[Query]) -> Iterator[Effect]:
    """What a route does that not everybody should be able to do, the guards in force at each step untold."""
    for step in (s for s in route.steps if not s.refusing):
        if pays(step):
            yield Effect("send money", Severity.CRITICAL, Impact.MONEY, step)
        elif sends(step):
            chosen = any(v.is_input for v in step.values)
            yield Effect("send mail in your name", Severity.HIGH if chosen else Severity.MEDIUM, Impact.DATA, step)
        elif _ACCOUNTS.search(step.name) and not step.method.startswith(("get", "list")):
            yield Effect("manage user accounts", Severity.CRITICAL, Impact.DATA, step)
        elif _ACCOUNTS.search(step.name) and answers_with(route, step):
            yield Effect("read user accounts", Severity.HIGH, Impact.DATA, step)
        elif _WIPES.search(step.name):
            yield Effect("wipe the database", Severity.CRITICAL, Impact.DATA, step)
        elif _runs(route, step):
            yield Effect("run commands on the server", Severity.CRITICAL, Impact.DATA, step)
    paid = _provider_says_paid(route)
    for query in (q for q in queries if not q.step.refusing):
        if query.operation == "insert" and _of_a_guest(query):
            continue
        if (
            _of_own_making(query)
            or _by_secret(query)
            or (paid and query.operation != "delete" and meaning.is_money(query.table))
        ):
            continue
        if goes_round_rules(query) and (effect := _of_query(query, route.method)):
            if not effect.what.startswith("read") or _tells(route, query):
                yield effect
        elif goes_round_rules(query) and _of_somebody(query) and answers_with(route, query.step):
            impact = Impact.MONEY if meaning.is_money(query.table) else Impact.DATA
            yield Effect(f"read {query.table} of anybody he names", Severity.HIGH, impact, query.step)


def _tells(route: Route, query: Query) -> bool:
    """Whether rows are answered; of money also what was worked out from them, such as the turnover."""
    row = f"row.{query.table}"
    told = (o for v in answers(route) for o in v.all_origins) if meaning.is_money(query.table) else ()
    return answers_with(route, query.step) or any(o == row or o.startswith(row + ".") for o in told)


def _runs(route: Route, step: Step) -> bool:
    """Whether a call starts a program that the request or a tool of building the app chooses."""
    starts = bool(_RUNS.search(step.name)) and step.name != "re.exec"
    return starts and (any(v.is_input for v in step.values) or meaning.is_debug(route.path))


def _provider_says_paid(route: Route) -> bool:
    """Whether the payment provider was asked and its answer held against "paid": a page that comes back from paying."""

    def asks(test: Value) -> bool:
        if test.op in ("==", "!=") and any(p.comes_from("remote") for p in test.operands):
            return any(_PAID.search(str(p.constant or "")) for p in test.operands)
        return any(map(asks, test.operands))

    return any(map(asks, route.trace.tests if route.trace else ()))


def _of_a_guest(query: Query) -> bool:
    """Whether what is added is a guest's order, which nothing in it calls paid, or that costs nothing as a row says."""
    if query.written is None or not _BY_GUESTS.intersection(meaning.words(query.table)):
        return False
    costs = [v for name, v in (query.written.fields or {}).items() if _COSTS.search(name)]
    if costs and all(v.literal and v.constant == 0 for v in costs) and any(map(_asks_a_row, query.step.tests)):
        return True
    said = [str(v.constant or "") for v in query.written.deep()] + re.findall(r"'([^']*)'", query.sql)
    return not any(map(_PAID.search, said))


def _asks_a_row(test: Value) -> bool:
    return test.comes_from("row") or any(map(_asks_a_row, test.operands))


def _of_own_making(query: Query) -> bool:
    """Whether a row is changed that the same request has made."""
    made = ("insert", "create", "insertOne", "insert_one")
    return query.operation == "update" and any(
        f.value.step is not None and any(link.method in made for link in f.value.step.chain) for f in query.filters
    )


def _by_secret(query: Query) -> bool:
    """Whether a row is changed for whoever knows what only its own letter says: the token of an invitation."""
    known = (f for f in query.filters if f.operator == "eq" and _LETTERS.search(f.column.rpartition(".")[2]))
    return query.operation in ("update", "delete") and any(f.value.is_input for f in known)


def _of_query(query: Query, method: str) -> Effect | None:
    money, private = meaning.is_money(query.table), meaning.is_private(query.table)
    impact = Impact.MONEY if money else Impact.DATA
    if query.operation in ("update", "delete") and not only_counts(query.written) and not _fills_gaps(query):
        if _LEFT_BY_VISITORS.intersection(meaning.words(query.table)) and query.operation == "update":
            return None
        level = Severity.CRITICAL if money else Severity.HIGH
        return Effect(
            f"{'change' if query.operation == 'update' else 'delete'} {_rows(query)}", level, impact, query.step
        )
    unknown = method != "GET" and (query.written is None or not query.written.fields)
    chosen = unknown or _chosen(query.written)
    if (
        query.operation in ("insert", "upsert")
        and chosen
        and not _LEFT_BY_VISITORS.intersection(meaning.words(query.table))
    ):
        level = Severity.HIGH if money or meaning.is_content(query.table) else Severity.MEDIUM
        return Effect(f"add {_rows(query)}", level, impact, query.step)
    shown = _ON_SHOW.intersection(meaning.words(query.table)) and not money
    everybodys = not query.filters or (
        (_NOBODYS_BUSINESS | _CUSTOMERS).intersection(meaning.words(query.table)[-1:])
        and not any(map(_narrows, query.filters))
    )
    if query.operation == "select" and private and everybodys and not shown:
        return Effect(f"read {_rows(query)}", Severity.HIGH, impact, query.step)
    return None


_SETS = re.compile(r"(?is)^\s*update\s.+?\sset\s(.+?)\s(?:from|where)\s")
_SET = re.compile(r"(?:^|,)\s*\"?(\w+)\"?\s*=(?!=)")


def _fills_gaps(query: Query) -> bool:
    """Whether SQL only fills what is empty, and nothing that the request says is in it: a repair of old rows."""
    sets = _SETS.match(query.sql)
    empty = {f.column.rpartition(".")[2] for f in query.filters if f.operator == "is" and not f.value.origins}
    asked = any(v.is_input for link in query.step.chain for v in link.values)
    return sets is not None and not asked and set(_SET.findall(sets[1])) <= empty


def answering(routes: Sequence[Route]) -> list[Route]:
    """The routes without those that a file gives an address again: the first one answers."""
    first: dict[tuple[str, str], Route] = {}
    for route in routes:
        first.setdefault((str(route), route.place.path), route)
    return list(first.values())


def own_queries(route: Route, queries: Sequence[Query]) -> list[Query]:
    """The queries that the route makes itself, and not another one with its address."""
    made = {(step.place, step.guards) for step in route.steps}
    return [query for query in queries if (query.step.place, query.step.guards) in made]


def _narrows(condition: Filter) -> bool:
    """Whether a condition asks for one thing or person, or for what somebody's login or another row says."""
    if re.search(r"(?i)(?:id|uuid|slug|email|phone|token|code|number|reference|key|name|by|\?)$", condition.column):
        return True
    return condition.value.comes_from("caller", "row", "claim")


def _of_somebody(query: Query) -> bool:
    """Whether rows that are nobody else's business are asked for by the id of whoever is named."""
    if query.operation != "select" or not _NOBODYS_BUSINESS.intersection(meaning.words(query.table)[-1:]):
        return False
    return any(
        f.operator == "eq"
        and meaning.OWNER.match(f.column.rpartition(".")[2])
        and f.value.comes_from("path", "query", "body")
        for f in query.filters
    )


_LETTERS = re.compile(
    r"(?i)(?:^|_)(?:(?:invit\w*|reset|verif\w*|confirm\w*|activation|magic|unsubscribe|share|access|one_?time)_?)(?:token|secret)(?:_?hash)?$"
)
_COUNTER = re.compile(
    r"(?i)(?:counts?|likes|dislikes|views|shares|clicks|downloads|plays|impressions|followers|subscribers|viewers|enrollments|"
    r"last_?(?:seen|active|used)\w*|updated_?at)$"
)


def is_counter(column: str) -> bool:
    """Whether a column by its name holds how many there are."""
    return bool(_COUNTER.search(column))


def adds_up(query: Query) -> bool:
    """Whether a change only adds to numbers or puts somebody on a list, as taking part in something does."""
    fields = (query.written.fields if query.written else None) or {}
    return bool(fields) and all(
        name in ("$inc", "$push", "$addToSet", "$pull")
        or _COUNTER.search(name)
        or (name in ("$set", "$max", "$min") and all(_COUNTER.search(inner) for inner in v.fields or ("?",)))
        or _adds(v)
        or (v.op in ("+", "-") and any(part.comes_from("row") for part in v.operands))
        for name, v in fields.items()
    )


def _adds(value: Value) -> bool:
    """Whether a field is written by adding to it (`{ increment: 1 }`), in every way in which it is written at all."""
    ways = [one for one, _ in value.choices if not (one.literal and one.constant is None)]
    if ways:
        return all(map(_adds, ways))
    return bool(value.fields and set(value.fields) <= {"increment", "decrement", "push", "connect"})


def only_counts(written: Value | None) -> bool:
    """Whether a write does no more than count something up or note the time."""
    fields = (written.fields if written else None) or {}
    if fields and all(_STOCK.search(name) and v.op in ("+", "-") for name, v in fields.items()):
        return True
    counts = all(name == "$inc" or _COUNTER.search(name) or _is_count(v) for name, v in fields.items())
    return bool(fields) and counts and not _chosen(written)


def _chosen(written: Value | None) -> bool:
    return written is not None and any(v.comes_from("body", "query", "path", "form") for v in written.deep())


def _is_count(value: Value) -> bool:
    if value.choices:
        return all(
            (c.literal and c.constant is None) or c.name == "undefined" or _is_count(c) for c, _ in value.choices
        )
    if value.fields is not None:
        return bool(value.fields) and set(value.fields) <= {"increment", "decrement"}
    if value.op in ("+", "-"):
        return any(part.constant == 1 for part in value.operands)
    return value.all_origins == frozenset({"now"})


def chosen_from_list(route: Route, value: Value) -> bool:
    """Whether a test lets only texts of a short list of our own through (`["a", "b"].includes(kind)`)."""
    origins = frozenset(o for o in value.origins if o.startswith(("body.", "query.")))
    tests = route.trace.tests if route.trace else ()
    return bool(origins) and origins <= {o for test in tests for o in _listed(test)}


def _listed(test: Value) -> frozenset[str]:
    if test.op == "in" and test.operands[1].items and all(i.literal for i in test.operands[1].items):
        return test.operands[0].origins
    if texts_of_refusal(test):
        return test.operands[0].operands[0].origins
    return frozenset(o for part in test.operands for o in _listed(part))


def texts_of_refusal(test: Value) -> tuple[str, ...]:
    """The texts that a test names which holds for all others: `kind !== "a" && kind !== "b"`."""
    sides = [part.operands for part in test.operands if part.op == "!=" and len(part.operands) == 2]
    if test.op != "&&" or len(sides) != len(test.operands) or len({one.origins for one, _ in sides}) != 1:
        return ()
    texts = tuple(other.constant for _, other in sides if other.literal and isinstance(other.constant, str))
    return texts if len(texts) == len(sides) else ()


def answers(route: Route) -> list[Value]:
    """What a route answers: what it hands to the response, and what it gives back."""
    values = [v for s in route.steps if ANSWERS.search(s.name) for v in s.args[:1]]
    return values + (route.trace.returns if route.trace else [])


def answers_with(route: Route, step: Step, whole: bool = False) -> bool:
    """Whether what a query gave is in the route's answers, pages among them; with `whole`, its rows as they are and not
    parts of them (a page shows no more of a row than it names)."""
    values = answers(route)
    if not whole:
        values += [v for s in route.steps if _RENDERS.search(s.name) for v in (*s.args[1:], *s.keywords.values())]
    return any(_is_of(part, step, whole) for value in values for part in value.deep())


_CARRIES = re.compile(
    r"(?:^|\.)(?:JSON\.stringify|Object\.assign|map|filter|jsonable_encoder|json\.dumps|dumps|jsonify|make_response|\w*Response|"
    r"list|dict|sorted|tuple|model_validate|from_orm|parse_obj|dump|render|render_template)$"
)


def _is_of(value: Value, step: Step, whole: bool) -> bool:
    if value.name.endswith((".length", ".size", ".count")):
        return False
    if value.step is None:
        return any(_is_of(choice, step, whole) for choice, _ in value.choices)
    if value.items is not None and value.step.method == "map" and value.step is not step:
        return any(_is_of(part, step, whole) for part in value.items)
    if value.step is step or step in value.step.chain:
        given = step.result.origins if step.result is not None else value.origins
        return not whole or any(o.startswith("row.") and o.count(".") == 1 for o in value.origins & given)
    inside = _CARRIES.search(value.step.name) is not None
    return inside and any(
        _is_of(part, step, whole) for a in (*value.step.args, *(o for o in value.operands)) for part in a.deep()
    )


_TEMPORARY = re.compile(
    r"(?i)\b(?:temporary (?:route|endpoint|api|bypass|hack|workaround|access|fix|solution)|"
    r"temp route|debug(?:ging)? (?:route|endpoint|only)|for (?:demo|testing|debug\w*) purposes?|"
    r"remove (?:this )?(?:before|in|after) (?:prod\w*|launch|deploy\w*)|test(?:ing)? (?:route|endpoint)|dev only)"
)
_DEVELOPMENT = re.compile(
    r"NODE_ENV|process\.env\.ENV\b|ENVIRONMENT|settings\.DEBUG|import\.meta\.env\.(?:DEV|PROD)|APP_ENV"
)


def is_left_over(app: App, route: Route) -> bool:
    """Whether a route is a tool of building the app, by its address or a comment, that production still answers."""
    if any(g.kind in ("role", "secret", "signature", "development") and not g.fail_open for g in route.guards):
        return False
    said = meaning.is_debug(route.path) or _TEMPORARY.search(
        app.excerpt(Code(route.place.path, route.place.line), around=3)
    )
    return bool(said) and not _DEVELOPMENT.search(app.excerpt(route.place))


def tells_settings(route: Route) -> bool:
    """Whether values of the environment are in its answers."""
    return any(v.comes_from("env") for s in route.steps if s.method in ("json", "send", "stringify") for v in s.values)


def _rows(query: Query) -> str:
    return f"rows of {query.table}" if query.table else "rows"
