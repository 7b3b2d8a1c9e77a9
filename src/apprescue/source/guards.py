"""Which guard a condition is: what is known of the caller once a test came out true or false.

Works on values, not on syntax, so a test may stand in another function or be kept in a variable. A condition that
is no guard (a check of the input's shape, a feature switch) implies nothing.

It is longer than a room should be because the cases of one question belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.place import Code
from apprescue.model.trace import INPUT, Guard, Step, Value
from apprescue.source import known

_WEAKEST_FIRST = ("plan", "login", "secret", "signature", "ownership", "role")
_DEEP = 3
_EDGE_FUNCTIONS = "supabase/functions/"
_GIVEN = frozenset({"env.SUPABASE_URL", "env.SUPABASE_ANON_KEY", "env.SUPABASE_SERVICE_ROLE_KEY"})  # never unset there
_HMAC = re.compile(r"(?:createHmac|(?:^|\.)hmac\.(?:new|digest)|(?:^|\.)[hH]mac)$")
_TOKEN_FACT = re.compile(
    r"(?i)^(?:typ|type|token_?type|token_?use|use|usage|iss|aud|azp|alg|purpose|version|aal|(?:account_?|user_?)?(?:status|state))$"
)
_BYPASS = re.compile(r"(?i)env\.\w*(?:_bypass|_?test_?mode|_?dev_?mode|insecure)$")
_HOLDS = ("includes", "has")
_ROWS_ID = re.compile(r"(?i)^row\.\w+\.(?:\w*_)?(?:uu)?id$|^row\.\w+\.\w+Id$")
_MARK_OF_CLOCK = re.compile(r"(?i)^header\.(?:x-vercel-cron|x-appengine-cron|x-cron\w*|x-cloudscheduler\w*)$")
_AFFECTED = re.compile(r"(?i)\.(?:matched_?count|modified_?count|deleted_?count|row_?count|rows_?affected)$")
_ALWAYS_TRUE = re.compile(
    r"(?:Response|Error|HTTPException)(?:\(\))?(?:\.(?:json|redirect|next|rewrite|error))?(?:\(\))?$|^context\.json(?:\(\))?$|"
    r"^(?:flask|quart|django)\b.*\.(?:redirect|jsonify|make_response|render_template|render|send_file)(?:\(\))?$"
)


def implied(value: Value, truth: bool, place: Code, configured: frozenset[str]) -> list[Guard]:
    """The guards that hold where `value` was tested and is as `truth` says.

    `configured` are the environment names known to be set at this point; a comparison with any other fails open
    where nothing but the missing value is needed to pass it.
    """
    match value.op:
        case "!":
            return implied(value.operands[0], not truth, place, configured)
        case "&&" | "||" | "??":
            return _logical(value, truth, place, configured)
        case "==" | "!=" | ">" | ">=" | "<" if value.operands[0].op == "in" and (meant := _found_at(value)) is not None:
            return implied(value.operands[0], meant == truth, place, configured)
        case ">" | ">=" | "<" | "<=" if (role := _level(value, truth)) is not None:
            return [Guard("role", role.name, place)]
        case "==" | "!=":
            left, right = value.operands
            return _compared(left, right, place, configured, holds=(value.op == "==") == truth)
        case "in" if value.operands[1].name.endswith("session") and value.operands[0].literal:
            key = str(value.operands[0].constant)
            kind = "role" if known.ROLE_WORD.search(f".{key}") else "login"
            return [Guard(kind, f"session.{key}", place)] if truth else []
        case "in" if isinstance(value.operands[0].constant, str) and value.operands[1].choices:
            return _of_key(value.operands[0].constant, value.operands[1], truth, place, configured)
        case "in":
            left, right = value.operands
            return _compared(left, right, place, configured, holds=truth)
        case "instanceof":
            return _of_choices(value.operands[0], not truth, place, configured)
        case "any-of":
            inside = implied(value.operands[0], True, place, configured) if truth else []
            return inside or _leaf(value, truth, place, configured)
    if value.choices:
        return _of_choices(value, truth, place, configured) or _leaf(value, truth, place, configured)
    return _leaf(value, truth, place, configured)


def _found_at(value: Value) -> bool | None:
    """Whether a comparison of `list.indexOf(x)` says that it is in it; None for a place of its own."""
    means = {("==", -1): False, ("!=", -1): True, (">", -1): True, (">=", 0): True, ("<", 0): False}
    place = value.operands[1].constant
    return means.get((value.op, place)) if isinstance(place, int) and not isinstance(place, bool) else None


def _level(value: Value, truth: bool) -> Value | None:
    """The caller's role where a test says that its level is high enough: `LEVELS[user.role] >= LEVELS[needed]`."""
    higher = value.operands[0 if (value.op in (">", ">=")) == truth else 1]
    asked = (higher, *(higher.step.args if higher.step is not None else ()), *higher.operands)
    return next((v for v in asked if known.ROLE_WORD.search(v.name) and v.comes_from("caller", "row")), None)


def _logical(value: Value, truth: bool, place: Code, configured: frozenset[str]) -> list[Guard]:
    left, right = value.operands
    if value.op == "??" or (value.op == "||" and right.literal):
        return implied(left, truth, place, configured)
    if (value.op == "&&") == truth:
        first = implied(left, truth, place, configured)
        return first + implied(right, truth, place, configured | (present(left) if truth else absent(left)))
    one, two = implied(left, truth, place, configured), implied(right, truth, place, configured | present(left))
    if one and two:
        return [next((g for g in (*one, *two) if g.kind == "ownership"), one[0])]
    alone, other = (one, right) if one else (two, left)
    if not alone:
        return []
    if _only_in_production(other) or _always(other) is (value.op == "&&") or _is_of_somebody(other, right):
        return alone
    if present(other) or _is_header(other):
        return [Guard(g.kind, g.name, g.place, g.kind != "development") for g in alone]
    return []


def _is_of_somebody(test: Value, comparison: Value) -> bool:
    """Whether the owner of a row is only compared where it has one: `row.owner is not None and row.owner != caller`."""
    asked = test.operands[0] if test.op in ("!=", "==") and test.operands[1].literal else test
    asked = asked.operands[0] if asked.op == "!" else asked
    sides = comparison.operands if comparison.op in ("==", "!=") else ()
    return asked.comes_from("row") and any(asked.name == one.name and asked.origins == one.origins for one in sides)


def _always(value: Value) -> bool | None:
    """What a literal in a test comes to (`const isModerator = false`, a list and whether it holds anything); None for
    everything else."""
    if value.items is not None and not value.op and value.step is None:
        return True if value.items else None
    if value.name.endswith(".length") and value.operands and value.operands[0].items:
        return True if all(item.literal for item in value.operands[0].items) else None
    if value.op == "!":
        inner = _always(value.operands[0])
        return None if inner is None else not inner
    return value.constant if value.literal and isinstance(value.constant, bool) else None


def present(value: Value) -> frozenset[str]:
    """The environment names that a truthy `value` shows to be set."""
    if value.op == "&&":
        return present(value.operands[0]) | present(value.operands[1])
    if value.op == "!":
        return absent(value.operands[0])
    if value.op == "!=" or (value.op == "==" and not value.operands[1].literal):
        return frozenset()
    return frozenset(o for o in value.origins if o.startswith("env."))


def absent(value: Value) -> frozenset[str]:
    """The environment names that a falsy `value` shows to be set (`if (!SECRET) return` went on)."""
    if value.op == "!":
        return present(value.operands[0])
    if value.op == "||":
        return absent(value.operands[0]) | absent(value.operands[1])
    if value.op == "==" and value.operands[1].literal and not value.operands[1].constant:
        return present(value.operands[0])
    return frozenset()


def may_be_missing(test: Value) -> bool:
    """Whether a test asks for no more than that a secret is set or a header was sent."""
    if test.op == "&&":
        return all(map(may_be_missing, test.operands))
    if _only_in_production(test):
        return False
    compared = test.op == "!=" and test.operands[1].literal and bool(present(test.operands[0]))
    return compared or bool(present(test)) or _is_header(test)


def _only_in_production(value: Value) -> bool:
    named = (".ENV", "ENVIRONMENT", "DEBUG", ".PROD", ".DEV")
    return any("NODE_ENV" in o or o.endswith(named) or _BYPASS.match(o) for o in value.all_origins)


def _is_header(value: Value) -> bool:
    return value.comes_from("header") and not value.operands


def _of_choices(value: Value, truth: bool, place: Code, configured: frozenset[str]) -> list[Guard]:
    """What holds in every way in which a function can have given back something of that truth."""
    ways = [
        [*guards, *implied(choice, truth, place, configured)]
        for choice, guards in value.choices
        if _may_be(choice, truth)
    ]
    if not ways:
        return []
    sure = [way for way in ways if not any(g.kind == "unset" for g in way)]
    if len(sure) < len(ways):
        return [Guard(g.kind, g.name, g.place, True) for way in sure[:1] for g in way]
    common = set.intersection(*({g.kind for g in way} for way in ways))
    if not common and all(ways):
        return [min((max(way, key=_rank) for way in ways), key=_rank)]
    return list({g.kind: g for way in ways for g in way if g.kind in common}.values())


def _rank(guard: Guard) -> int:
    """How much a guard asks of who calls; the weakest of several ways counts."""
    return _WEAKEST_FIRST.index(guard.kind) if guard.kind in _WEAKEST_FIRST else -1


def _of_key(key: str, value: Value, truth: bool, place: Code, configured: frozenset[str]) -> list[Guard]:
    """What holds where an answer has a key (`"error" in answer`), or has not."""
    ways = list(_with_key(key, value, truth, (), place, configured))
    if not ways:
        return []
    common = set.intersection(*({g.kind for g in way} for way in ways))
    return list({g.kind: g for way in ways for g in way if g.kind in common}.values())


def _with_key(
    key: str, value: Value, truth: bool, guards: tuple[Guard, ...], place: Code, configured: frozenset[str]
) -> Iterator[list[Guard]]:
    for choice, more in value.choices:
        if choice.choices:
            yield from _with_key(key, choice, truth, (*guards, *more), place, configured)
        elif choice.fields is None or "..." in choice.fields or (key in choice.fields) == truth:
            yield [*guards, *more, *(implied(choice, True, place, configured) if choice.fields is None else [])]


def _may_be(value: Value, truth: bool) -> bool:
    if value.choices:
        return any(_may_be(choice, truth) for choice, _ in value.choices)
    if value.literal:
        return bool(value.constant) == truth
    if value.fields is not None or value.items is not None or value.function is not None:
        return truth
    return truth or not _ALWAYS_TRUE.search(value.step.name if value.step else value.name)


def _leaf(value: Value, truth: bool, place: Code, configured: frozenset[str]) -> list[Guard]:
    name = value.step.name if value.step else value.name
    if _only_in_production(value) and truth != value.name.endswith("PROD"):
        return [Guard("development", value.name, place)]
    if value.comes_from("validated") and value.step is not None:
        good = {"success": True, "isValid": True, "isEmpty()": True, "error": False, "errors": False, "issues": False}
        if good.get(value.name.rpartition(".")[2]) is truth:
            return [Guard("validation", value.step.name, place)]
    if value.comes_from("error") and value.step is not None:
        asked = known.identity(value.step) == "caller"
        return [Guard("login", name, place)] if asked and not truth else []
    if truth and _AFFECTED.search(value.name) and value.step is not None and _narrowed_to_caller(value.step):
        return [Guard("ownership", name, place)]
    if not truth:
        limited = value.step is not None and _limits(value)
        return [Guard("rate_limit", name, place)] if limited else []
    if value.step is not None:
        step = value.step
        if _verified_elsewhere([value]) and not value.name.endswith((".ok", ".status", "()")):
            return [Guard("signature", name, place)]
        asked_for = [str(a.constant) for a in step.args if isinstance(a.constant, str)]
        if known.ROLE_CALL.search(name) or (
            step.method in ("rpc", "has_role") and any(known.ROLE_CALL.search("." + a) for a in asked_for)
        ):
            return [] if _of_another(value) else [Guard("role", name, place)]
        if known.SIGNATURE.search(step.name):
            return [Guard("signature", name, place, _may_have_empty_key(step, configured))]
        if known.SIGNED_IN.search(step.name) or step.name == "super.canActivate":
            return [Guard("login", name, place)]
        if _limits(value):
            return [Guard("rate_limit", name, place)]
    if known.ROLE_WORD.search(value.name) and value.comes_from("caller", "row") and not _of_another(value):
        return [Guard("role", value.name, place)]
    if known.PLAN_WORD.search(value.name) and value.comes_from("row", "caller"):
        return [Guard("plan", value.name, place)]
    if known.FLAG.search(value.name) and value.comes_from("caller") and not known.PLAIN_FLAG.search(value.name):
        return [Guard("role", value.name, place)]
    if value.name in ("request.user", "current_user") and value.step is None and place.path.endswith(".py"):
        return []
    if value.comes_from("caller") and not value.comes_from("row"):
        holds = value.step is not None and value.step.method in _HOLDS and _names_a_thing(value)
        return [Guard("ownership" if holds else "login", name or "caller", place)]
    return _of_row(value, name, place)


def _of_row(value: Value, name: str, place: Code) -> list[Guard]:
    """What is known of the caller once a row was found."""
    if value.step is None or not value.comes_from("row"):
        return []
    if any(o.startswith("row.") and o.count(".") == 1 for o in value.origins):
        chain = value.step.chain
        given = [v for link in chain for v in link.values]
        if any(o.startswith("caller") for v in given for o in v.origins):
            texts = [str(v.constant) for v in given if isinstance(v.constant, str)]
            texts += [k for link in chain if link.args for k in (link.args[0].fields or {})]
            texts += [k.removesuffix("__in") for link in chain for k in link.keywords]
            role = any(known.ROLE_WORD.search("." + t) for t in texts)
            chosen = any(_names_a_thing(v) for v in given)
            return [Guard("role" if role else "ownership" if chosen else "login", name, place)]
        if any(v.comes_from("header", "cookie") for v in given):
            return [Guard("login", name, place)]
    return [Guard("secret", name, place)] if _looked_up_by_secret(value.step) else []


def _limits(value: Value) -> bool:
    """Whether a limiter answered, of the code or of the database; the limit of a query is none."""
    step = value.step
    if step is not None and step.method == "rpc":
        return bool(step.args) and bool(known.COUNTS_CALLS.search(str(step.args[0].constant)))
    return step is not None and bool(known.RATE_LIMIT.search(step.method)) and not value.comes_from("row")


def _names_a_thing(value: Value) -> bool:
    """Whether a value tells which row is meant: one that the request named, or one found before, not the caller."""
    if value.comes_from("path", "query", "body", "form"):
        return True
    return value.comes_from("row") and not value.comes_from("caller")


def _narrowed_to_caller(step: Step) -> bool:
    return any(v.comes_from("caller") for link in step.chain for v in link.values)


def _looked_up_by_secret(step: Step) -> bool:
    """Whether a row was found by a token that the request had to know: `where: { tokenHash: hash(body.token) }`."""
    for link in step.chain:
        for key, wanted in (f for a in link.args for f in _leaves(a)):
            if known.TOKEN_WORD.search(key) and wanted.comes_from(*INPUT):
                return True
        if any(_asks_for_token(a) for a in link.args):
            return True
        column = link.args[0].constant if len(link.args) > 1 else None
        if isinstance(column, str) and known.TOKEN_WORD.search(column) and link.args[1].comes_from(*INPUT):
            return True
    return False


def _asks_for_token(condition: Value) -> bool:
    """SQLAlchemy's `Invite.token_hash == hashed(token)`."""
    if condition.op in ("&", "&&"):
        return any(map(_asks_for_token, condition.operands))
    return condition.op == "==" and any(
        known.TOKEN_WORD.search(one.name.rpartition(".")[2]) and other.comes_from(*INPUT)
        for one, other in (condition.operands, condition.operands[::-1])
    )


def _leaves(value: Value) -> Iterator[tuple[str, Value]]:
    for key, part in (value.fields or {}).items():
        yield key, part
        yield from _leaves(part)


def _compared(left: Value, right: Value, place: Code, configured: frozenset[str], holds: bool) -> list[Guard]:
    for one, other in ((left, right), (right, left)):
        if _only_in_production(one) and isinstance(other.constant, str):
            live = other.constant.lower() in ("production", "prod", "live")
            return [] if live == holds else [Guard("development", one.name or "environment", place)]
        if other.literal and not other.constant:
            return implied(one, not holds, place, configured)
        if other.literal and other.constant is True:
            return implied(one, holds, place, configured)
    if not holds:
        return []
    values = (left, right)
    names = [n for v in values for n in ((v.step.name, v.name) if v.step else (v.name,))]
    name = next((n for n in names if n), "comparison")
    origins = [v.all_origins for v in values]
    if _verified_elsewhere(values):
        return [Guard("signature", name, place)]
    if any(v.comes_from("claim") for v in values) and any(v.constant == "service_role" for v in values):
        return [Guard("secret", "service_role", place)]
    if any("hmac" in n.lower() or "digest" in n.lower() or "createHash" in n for n in names):
        empty = any(v.step is not None and _may_have_empty_key(v.step, configured) for v in values)
        return [Guard("signature", name, place, empty)]
    if any(_signed(one) and other.comes_from(*INPUT) for one, other in ((left, right), (right, left))):
        return [Guard("signature", name, place)]
    roles = [v for v in values if known.ROLE_WORD.search(v.name) or (v.step and known.ROLE_WORD.search(v.step.name))]
    if any(v.comes_from("caller", "row", "claim") and not _of_another(v) for v in roles):
        return [Guard("role", roles[0].name or name, place)]
    if any(o.startswith("env.") for v in origins for o in v):
        return _secret(values, name, place, configured)
    if any(_introspected(v) and _number(w) == 200 for v, w in ((left, right), (right, left))):
        return [Guard("login", name, place)]
    if any(v.comes_from("caller") for v in values):
        other = right if left.comes_from("caller") else left
        literal = other.literal or bool(other.items and all(i.literal for i in other.items))
        if other.comes_from("row", *INPUT):
            return [Guard("ownership", name, place)]
        read = left.comes_from("row") or right.comes_from("row")
        if literal and any(_TOKEN_FACT.search(_asked_for(v)) for v in values):
            return [Guard("login", name, place)]
        return [Guard("role", name, place)] if (literal and not read) or known.ROLE_WORD.search(name) else []
    if any(v.comes_from("row") for v in values) and any(v.comes_from(*INPUT) for v in values):
        plan = next((n for n in names if known.PLAN_WORD.search(n)), "")
        said = any(known.SECRET_WORD.search(o) for v in origins for o in v) or any(
            known.SECRET_WORD.search(n) for n in names
        )
        if plan or said:
            return [Guard("plan" if plan else "secret", plan or name, place)]
        return [Guard("ownership", name, place)] if any(map(_is_callers_own, values)) else []
    if all(v.comes_from("row") for v in values) and [_is_callers_own(v) for v in values].count(True) == 1:
        return [Guard("ownership", name, place)]
    mark = next((o for v in values for o in v.origins if _MARK_OF_CLOCK.search(o)), "")
    if mark and any(isinstance(v.constant, str) for v in values):
        return [Guard("secret", mark, place, True)]
    shown = next((v for v in values if _shown(v)), None)
    if shown is not None and {v.constant.strip().lower() for v in values if isinstance(v.constant, str)} - _SCHEMES:
        by_hand = all(o.split(".")[0] == "cookie" for o in shown.origins)
        return [Guard("secret", name, place, fail_open=by_hand)]
    return []


def _is_callers_own(value: Value) -> bool:
    """Whether a value is the id of a row that was asked for by what is the caller's."""
    if value.step is None or not any(_ROWS_ID.match(origin) for origin in value.origins):
        return False
    asked = (given for link in value.step.chain for given in link.values)
    return any(origin.startswith("caller") for given in asked for origin in given.all_origins)


def _shown(value: Value) -> bool:
    """Whether a value is what the caller shows to be let in: a cookie (which anybody can make by hand), or a header
    that is made for that."""
    kinds = {o.split(".")[0] for o in value.origins}
    made_for_it = any(known.SHOWN_HEADER.search(o) for o in value.origins)
    if known.ROLE_WORD.search(value.name):
        return False
    return bool(kinds) and (kinds <= {"cookie"} or (kinds <= {"header", "cookie"} and made_for_it))


def _asked_for(value: Value) -> str:
    """The name of the part of an object that a value is: `claims.type`, `claims.get("type")`."""
    key = value.step.args[0].constant if value.step is not None and value.step.args else None
    return key if isinstance(key, str) and value.step and value.step.method == "get" else value.name.rpartition(".")[2]


def _may_have_empty_key(step: Step, configured: frozenset[str], depth: int = 0) -> bool:
    """Whether a signature is computed with a key that is the empty text where the environment does not set it."""
    for link in step.chain:
        hashes = _HMAC.search(link.name) is not None
        for value in (*link.args, *link.keywords.values()):
            env = frozenset(o for o in value.origins if o.startswith("env."))
            empty = "" in (value.constant, *(part.constant for part in value.operands))
            if hashes and empty and env and not env & configured:
                return True
            inner = value.step if depth < _DEEP and value.step is not link else None
            if inner is not None and _may_have_empty_key(inner, configured, depth + 1):
                return True
    return False


def _signed(value: Value, depth: int = 0) -> bool:
    """Whether a value is what the browser's own cryptography made with a key, in whatever letters it is written. It
    takes no empty key."""
    links = value.step.chain if value.step is not None and depth <= _DEEP else ()
    return any(link.name.endswith("subtle.sign") or any(_signed(v, depth + 1) for v in link.args) for link in links)


def _of_another(value: Value) -> bool:
    """Whether a fact was looked up by what the request says, or a token that nobody verified, and not by who calls."""
    if value.comes_from("caller"):
        return False
    links = value.step.chain if value.step is not None else ()
    asked = {o.split(".")[0] for link in links for v in link.values for o in v.all_origins}
    return value.comes_from("claim") or ("caller" not in asked and bool(asked & {"body", "query", "path", "claim"}))


_PROVIDER_VERIFIES = re.compile(r"(?i)verify-?webhook|webhooks?/verif|verify-?signature|validate-?webhook")


def _verified_elsewhere(values: Iterable[Value]) -> bool:
    """Whether a provider was asked if what came in is really its own."""
    links = (link for v in values if v.step is not None for link in v.step.chain)
    return any(link.args and _PROVIDER_VERIFIES.search(known.plain(link.args[0])) for link in links)


def _secret(values: tuple[Value, Value], name: str, place: Code, configured: frozenset[str]) -> list[Guard]:
    if any(v.comes_from("caller") for v in values):
        return [Guard("role", name, place)]
    if not any(v.comes_from(*INPUT) for v in values):
        return []
    needed = {o for v in values for o in v.all_origins if o.startswith("env.")}
    templated = any(v.op == "text" and any(o.startswith("env.") for o in v.all_origins) for v in values)
    fallback = any(isinstance(v.constant, str) and v.comes_from("env") for v in values)
    given = _GIVEN if _EDGE_FUNCTIONS in place.path else frozenset()
    open_when_unset = (templated or fallback) and not needed & (configured | given)
    shown = next((o for o in sorted(needed)), name)
    return [Guard("secret", shown, place, fail_open=open_when_unset)]


def status_of(value: Value) -> int | None:
    """The status of an answer, where it stands there as a number."""
    if value.fields is not None:
        found = value.fields.get("statusCode") or value.fields.get("status")
        return _number(found) if found is not None else None
    if value.items is not None and len(value.items) in (2, 3):
        return _number(value.items[1])
    if value.step is None:
        return None
    for link in reversed(value.step.chain):
        if (named := known.STATUS.get(link.method)) is not None:
            return named
        if (given := link.keywords.get("status") or link.keywords.get("status_code")) is not None:
            return _number(given)
        if link.name == "flask.Response" and len(link.args) > 1:
            return _number(link.args[1])
        if (
            link.method in ("status", "code", "sendStatus", "writeHead", "statusCode=")
            and link.args
            and (n := _number(link.args[0]))
        ):
            return n
        for argument in link.args[1:]:
            found = (argument.fields or {}).get("status")
            n = _number(found) if found is not None else _number(argument) if link.name.startswith("context.") else None
            if n is not None:
                return n
    return None


_SCHEMES = frozenset({"", "bearer", "basic", "token", "jwt", "apikey"})


def _introspected(value: Value) -> bool:
    """Whether another service answered about a token that the caller sent."""
    sent = value.step.values if value.step is not None and value.comes_from("remote") else ()
    return any(v.comes_from("header.authorization", "header.Authorization", "header.HTTP_AUTHORIZATION") for v in sent)


def _number(value: Value) -> int | None:
    if isinstance(value.constant, int) and not isinstance(value.constant, bool):
        return value.constant
    named = re.search(r"\.HTTP_(\d{3})_[A-Z_]+$", value.name)
    return int(named[1]) if named else None


_DENIES = re.compile(r"(?i)(?:forbidden|unauthori[sz]ed|access_?denied|not_?authori[sz]ed|permission_?denied)\w*$")


def denied(test: Value, place: Code, steps: Iterable[Step], answers: Iterable[Value]) -> list[Guard]:
    """The guard that a refusal with 401 or 403 is, where it depends on what the code worked out of the caller and no
    simpler reading of the test says more: `if (!access.allowed) return forbidden()`."""
    parts = test.operands if test.op in ("&&", "||") else (test,)
    asked = [p.operands[0] for p in parts if p.op == "!"]
    if not any(_of_caller(a) for a in asked):
        return []
    codes: set[object] = {status_of(v) for v in (*answers, *(Value(step=s) for s in steps))}
    codes |= {a.constant for s in steps for a in s.args if a.constant in (401, 403)}
    if not codes & {401, 403} and not any(_DENIES.search(s.name) for s in steps):
        return []
    name = next((a.name or (a.step.name if a.step else "") for a in asked if _of_caller(a)), "")
    return [Guard("login" if 403 not in codes and 401 in codes else "ownership", name or "access", place)]


def _of_caller(value: Value, depth: int = 0) -> bool:
    if any(o.split(".")[0] == "caller" for o in value.all_origins):
        return True
    if depth > 3:
        return False
    return any(
        any(g.kind in ("login", "role", "ownership") for g in guards) or _of_caller(choice, depth + 1)
        for choice, guards in value.choices
    ) or any(_of_caller(part, depth + 1) for part in value.operands)
