"""The word for who is calling, as a handler can say it at one of its bytes.

It is taken from the app: a name that holds the id, an expression that the handler or its neighbours use, else a part of
what the login answered, called as the app calls it elsewhere or as it makes its tokens. Empty where none of them tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from apprescue.model.app import App, Query, Route
from apprescue.model.place import Code
from apprescue.source import known, meaning
from apprescue.source import tree as t
from apprescue.source.handled import Handled, bound_at, declared, parsed
from apprescue.source.neighbours import around
from apprescue.source.project import SCRIPTS, bound_names
from apprescue.source.routes import queries_of

_IDS = "id|_id|sub|uid|userId|user_id"
_ID = re.compile(rf"^(?:{_IDS})$")
_PART = rf"(?:\.|\[['\"])(?:{_IDS})(?:['\"]\])?"
_WHERE = r"(?:req|request|res\.locals|c\.var|ctx\.state)|\((?:req|request) as [\w.<>]+\)"
_CALLER = re.compile(
    rf"(?s)(?:^|\W)(?:user|session|auth|currentUser|current_user|claims|principal|me|jwtPayload)\b[^,;{{}}]*{_PART}!?$|"
    rf"^(?:{_WHERE})\??!?\.user_?[iI]d$|^c\.get\(['\"]user_?[iI]d['\"]\)$"
)
_HIM = re.compile(rf"^(?:(?:{_WHERE})\??!?\.(?:user|auth)|\w*session\??!?\.user|c\.get\(['\"]user['\"]\))!?$")
_ON_HIM = rf"((?:{_WHERE})[?!]?\.(?:user|auth)|c\.get\(['\"]user['\"]\))(?![\w.])"
_TAKEN = re.compile(rf"\{{([^{{}}]*)\}}\s*=\s*{_ON_HIM}")
_HELD = re.compile(rf"(?:const|let)\s+(\w+)[^=\n]*=\s*{_ON_HIM}")
_ON_REQUEST = re.compile(
    rf"(?<![\w.])(?:(?:{_WHERE})[?!]?\.(?:(?:user|auth)[?!]?\.(?:{_IDS})|user_?[iI]d)|"
    rf"c\.get\(['\"]user(?:_?[iI]d['\"]\)|['\"]\)[?!]?\.(?:{_IDS})))(?!\w)"
)
_NAMES_HIM = re.compile(r"(?i)^(?:\w*user|\w*session|payload|claims|decoded|account|me)$")
_GETS_USER, _USER = re.compile(r"\.auth\s*\.\s*getUser\("), re.compile(r"(?i)^\w*user$")
_ASKED = re.compile(r"(?i)^(?:await )?\w*user_?id\w*\([^()]*\)$")
_CHOSEN = re.compile(r"(?i)\b(?:body|params?|query|form|json|searchParams|headers?)\b")
_TOKEN = re.compile(r"(?i)verify|decode")
_SIGNS = re.compile(r"\b(?:sign|SignJWT)\(\s*\{([^{}]*)\}")
_TYPED = re.compile(rf"(?:^|[;,\n])\s*({_IDS})\??:\s*(?:string|number)")
_PAYLOAD = re.compile(
    r"(?:(?:interface|type)\s+\w*(?:Payload|Token|Session|Claims)\w*\s*(?:=|extends\s+\w+)?|"
    r"function\s+verify\w*\([^()]*\)\s*:\s*(?:Promise<)?)\s*\{([^{}]*)\}"
)
_KEY = re.compile(rf"(?:^|,)\s*({_IDS})\s*(?=[:,]|$)")
_PART_OF_ID, _USERS_ID = re.compile(r"(\w*(?:Id|_id|uid))\."), re.compile(r"(?i)^(?:\w*user_?id|uid)$")
_PEOPLE = (("user",), ("account",), ("member",))
_ROOT = re.compile(r"^\(?(\w+)")


def caller_in(app: App, route: Route, handled: Handled, before: int) -> str:
    """An expression for the id of whoever calls, that can be used at a byte of the handler; empty where there is
    none."""
    names = bound_at(handled, before)
    asked = [one for one in handled.node.walk() if isinstance(one, t.Assign) and one.value and one.end <= before]
    asked = [one for one in asked if names.intersection(bound_names(one.target))]
    others = {name for one in asked if _of_another(app, route, handled, one) for name in bound_names(one.target)}
    found = (
        next(_kept(handled, asked), "")
        or _written(handled, names, others)
        or next((f"{n}.id" for one in asked for n in _fetched(handled, one) if n in names), "")
        or next((text for one in asked if (text := _in_row(app, route, handled, one))), "")
        or next((text for one in asked if (text := _answered(app, route, handled, one))), "")
        or _set_before(app, handled)
    )
    held = _PART_OF_ID.match(found)
    return found if held is None else held[1] if _USERS_ID.match(held[1]) else ""


def _kept(handled: Handled, asked: Iterable[t.Assign]) -> Iterator[str]:
    """The names that hold the id itself."""
    for one in asked:
        text = handled.cut(one.value) if one.value else ""
        if isinstance(one.target, t.Name) and _is_caller(text):
            yield one.target.id
        if isinstance(one.target, t.Object) and _HIM.match(text):
            yield from _by_key(one.target)


def _by_key(target: t.Object) -> Iterator[str]:
    yield from (
        node.id for key, node in target.entries if isinstance(key, str) and _ID.match(key) and isinstance(node, t.Name)
    )


def _is_caller(text: str) -> bool:
    return bool(_CALLER.search(text) or _ASKED.match(text)) and not _CHOSEN.search(text) and len(text) < 60


def _written(handled: Handled, names: set[str], others: set[str]) -> str:
    """What the handler, or else its file, says most often."""
    outer = {name for node in handled.top for name in declared(node)}
    for nodes in ([handled.node], handled.top):
        said = (text for node in nodes for text in _callers(handled, node))
        counted = Counter(text for text in said if _usable(handled, text, (names | outer) - others))
        if counted:
            return min(counted.items(), key=lambda pair: (-pair[1], len(pair[0])))[0]
    return ""


def _callers(handled: Handled, node: t.Node) -> Iterator[str]:
    for inner in node.walk():
        if isinstance(inner, (t.Member, t.Index, t.Call)) and _is_caller(text := handled.cut(inner)):
            yield text.replace("\n", "")


def _usable(handled: Handled, text: str, names: set[str]) -> bool:
    """Whether every name in an expression is known where it shall stand."""
    made = parsed(handled.path, text)
    return all(n.id in names for node in made for n in node.walk() if isinstance(n, t.Name))


def _fetched(handled: Handled, one: t.Assign) -> Iterator[str]:
    """The user whom Supabase answered."""
    if one.value and _GETS_USER.search(handled.cut(one.value)):
        yield from (name for name in bound_names(one.target) if _USER.match(name))


def _of_another(app: App, route: Route, handled: Handled, one: t.Assign) -> bool:
    """Whether a name is given to a row that the request chose."""
    return any(
        _stands_in(handled, one, query.place, query.function)
        and any(f.value.is_input for f in query.filters)
        and not any(f.value.comes_from("caller") for f in query.filters)
        for query in queries_of(app).get(str(route), ())
    )


def _stands_in(handled: Handled, one: t.Assign, place: Code, function: str) -> bool:
    """Whether what a name is given is asked for at a place, or by the function that stands around it."""
    value = _call(one)
    here = value is not None and place.path == handled.path and value.line <= (place.line or 0) <= value.end_line
    return here or (value is not None and bool(function) and _called(value) == function)


def _call(one: t.Assign) -> t.Call | None:
    value = one.value.value if isinstance(one.value, t.Await) else one.value
    return value if isinstance(value, t.Call) else None


def _called(call: t.Call) -> str:
    callee = call.callee
    return callee.name if isinstance(callee, t.Member) else callee.id if isinstance(callee, t.Name) else ""


def _in_row(app: App, route: Route, handled: Handled, one: t.Assign) -> str:
    """The id in the caller's own row."""
    asked = queries_of(app).get(str(route), ())
    if not isinstance(one.target, t.Name) or not any(
        _is_his(q) and _stands_in(handled, one, q.place, q.function) for q in asked
    ):
        return ""
    return f"{one.target.id}.{_annotated(handled, one) or _used(app, handled, one, one.target.id) or 'id'}"


def _answered(app: App, route: Route, handled: Handled, one: t.Assign) -> str:
    """The id in what the login answered."""
    asked = [s for s in route.steps if known.identity(s) == "caller"]
    call = _call(one)
    name = _called(call) if call is not None else ""
    step = next(
        (s for s in asked if _stands_in(handled, one, s.place, s.function) or name in around(app, s.place)), None
    )
    if step is None:
        return ""
    target, name = one.target, ""
    if isinstance(target, t.Object):
        if direct := next(_by_key(target), ""):
            return direct
        name = next((n for n in bound_names(target) if _NAMES_HIM.match(n)), "")
    elif isinstance(target, t.Name):
        name = target.id
    part = name and (_annotated(handled, one) or _used(app, handled, one, name))
    if part or not name:
        return name and f"{name}.{part}"
    return _by_service(step.name, name) or (_by_token(app, handled, one, name) if _TOKEN.search(step.name) else "")


def _is_his(query: Query) -> bool:
    """Whether a query asks for one row of the people, the caller's."""
    people = meaning.words(query.table) in _PEOPLE and query.library in ("prisma", "mongo")
    his = any(f.operator in ("eq", "==") and f.value.comes_from("caller") for f in query.filters)
    return people and his and query.single and query.operation == "select"


def _annotated(handled: Handled, one: t.Assign) -> str:
    """The part that a type names: `as { userId: string }`."""
    row = handled.text.encode("utf-8", "surrogatepass")[one.start :].partition(b"\n")[0].decode("utf-8", "replace")
    found = re.findall(rf"[{{;,]\s*({_IDS})\??:\s*(?:string|number)", row)
    return found[0] if len(found) == 1 else ""


def _used(app: App, handled: Handled, one: t.Assign, name: str) -> str:
    """The part that the app takes elsewhere of what the same function answers."""
    callee = re.match(r"(?:await\s+)?([\w.]+)", handled.cut(one.value) if one.value else "")
    said = re.compile(rf"(?<![\w.]){re.escape(name)}[?!]?\.((?:user[?!]?\.)?(?:{_IDS}))\b")
    counted: Counter[str] = Counter()
    for path, text in app.files.items():
        if callee and path.endswith(SCRIPTS) and callee[1] in text:
            counted.update(re.sub(r"[?!]", "", part) for part in said.findall(text))
    return max(counted, key=lambda part: counted[part]) if counted else ""


def _by_service(step: str, name: str) -> str:
    """What packages call it."""
    if step.startswith("@clerk/"):
        return f"{name}.{'id' if step.endswith('currentUser') else 'userId'}"
    return f"{name}.user.id" if step.startswith("better-auth") else ""


def _by_token(app: App, handled: Handled, one: t.Assign, name: str) -> str:
    """What the app's tokens call it, where all that are made call it one thing."""
    scripts = [text for path, text in app.files.items() if path.endswith(SCRIPTS)]
    made = {key for text in scripts for said in _SIGNS.findall(text) for key in _KEY.findall(said.strip())}
    keys = made or {key for text in scripts for kind in _PAYLOAD.findall(text) for key in _TYPED.findall(kind)}
    if len(keys) != 1:
        return ""
    key = keys.pop()
    cast = made and handled.path.endswith((".ts", ".tsx")) and " as " not in handled.cut(one)
    return f"({name} as {{ {key}: string }}).{key}" if cast else f"{name}.{key}"


def _set_before(app: App, handled: Handled) -> str:
    """What the app's handlers of the same kind call it who are called with the same things."""
    params = {name for one in handled.node.params for name in bound_names(one.target)}
    counted = Counter(one for path, text in app.files.items() if path.endswith(SCRIPTS) for one in _said(text))
    usable = [one for one in counted if (root := _ROOT.match(one)) and root[1] in params]
    return max(usable, key=lambda one: (counted[one], one)) if usable else ""


def _said(text: str) -> Iterator[str]:
    """What a text says of the id of whoever calls, who stands on the request: `req.user.id`, in one or two steps."""
    yield from (re.sub(r"[?!](?=\.)", "", found[0]) for found in _ON_REQUEST.finditer(text))
    for keys, held in _TAKEN.findall(text):
        yield from (f"{held}.{key}" for key in _KEY.findall(keys.strip()))
    for name, held in held_on_request(text):
        yield from (f"{held}.{part}" for part in re.findall(rf"(?<![\w.]){name}[?!]?\.({_IDS})\b", text))


def held_on_request(text: str) -> list[tuple[str, str]]:
    """The names that a text gives to whoever calls, with where he stands: `const user = req.user`."""
    return list(dict.fromkeys(_HELD.findall(text)))


def caller_in_python(app: App, handled: Handled) -> str:
    """The id in what FastAPI fills in for whoever calls, as the app's handlers say it whose parameter is filled so."""
    for one in handled.node.params:
        filled = one.default or one.annotation
        name = one.target.id if isinstance(one.target, t.Name) else ""
        if filled is None or not _NAMES_HIM.match(name):
            continue
        said = re.compile(
            rf"(?<![\w.]){name}(\.(?:{_IDS})\b|\[['\"](?:{_IDS})['\"]\]|\.get\(['\"](?:{_IDS})['\"][^()]*\))"
        )
        alike = [text for path, text in app.files.items() if path.endswith(".py") and handled.cut(filled) in text]
        counted = Counter(part for text in alike for part in said.findall(text))
        if counted:
            return f"{name}{max(counted, key=lambda part: counted[part])}"
    return ""
