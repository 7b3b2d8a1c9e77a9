"""What a call gives back that is not followed: rows, the caller, parts of the request, the answer of a provider.

It is longer than a room should be because the calls that are not followed are cases of one question.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.closures import Kind
from apprescue.source.patterns import matches
from apprescue.source.rows import row_table
from apprescue.source.values import (
    NOTHING,
    inner_origin,
    joined_value,
    kept_caller,
    known_truth,
    part_of,
    settled,
    text_of,
)


def answer_of(step: Step, callee: Value, results: list[Value]) -> Value:
    """What a call that is not followed gives back."""
    name = f"{callee.name}()"
    owner = callee.operands[0] if callee.op == "of" and callee.operands else Value()
    first = step.args[0] if step.args else None
    key = first.constant if first is not None and isinstance(first.constant, str) else ""
    if step.name in ("Deno.env.get", "os.getenv", "os.environ.get", "process.env.get") and key:
        fallback = step.args[1] if len(step.args) > 1 else Value()
        return Value(frozenset({f"env.{key}"}), f"env.{key}", fallback.constant, step=step)
    if (told := _told_by_request(step, callee, owner, key)) is not None:
        return told
    if (asked := _asked(step, owner, results)) is not None:
        return asked
    if first is not None and (
        step.name == "bool" or (step.name in ("String", "Number") and first.comes_from("caller"))
    ):
        return first
    if step.method in known.SAME_TEXT and owner.comes_from("env") and not any(a.origins for a in step.args):
        return Value(owner.origins, owner.name, owner.constant, step=step)
    if step.method in known.PARTS_OF_TEXT and owner.comes_from("env"):
        return Value(owner.origins, name, step=step)
    if (
        owner.fields is not None
        and owner.is_input
        and step.method in ("dict", "model_dump", "to_dict", "items", "copy")
    ):
        return Value(owner.origins, name, step=step, fields=_left(owner.fields, step))
    if step.method == "as_view" and isinstance(owner.function, Kind):
        return Value(name=name, step=step, function=owner.function)
    if first is not None and (parts := _parts_of(step, first)) is not None:
        return Value(data_of(first, step.method), name, step=step, items=parts)
    if found := known.identity(step):
        found = "caller" if any(g.kind == "login" for g in step.guards) else found
        return Value(frozenset({found}), name, step=step)
    if known.is_model(step):
        return Value(frozenset({"model"}), name, step=step)
    data = _data_origins(step, callee)
    if known.REMOTE.match(step.name) or known.refuses(step) == "signature":
        return Value(frozenset({"remote"}), name, step=step)
    if table := row_table(step, owner, bool(results) and first is not None and first.function is not None):
        mine = {"caller"} if _of_one_row(step) and _asks_for_caller(step) else frozenset[str]()
        return Value(frozenset({f"row.{table}"}) | mine, name, step=step)
    if known.VALIDATES.search(step.method) and any(v.is_input for a in step.args for v in a.deep()):
        return _validated(step, data, name)
    if (told := _of_list(step, callee, owner, data, results)) is not None:
        return told
    if first is not None and first.function is not None and known.WRAPS.search(step.name):
        return Value(joined_value(results).origins, name, step=step, function=first.function)
    if step.name in ("Date", "Date.now", "datetime.now", "time.time"):
        return Value(frozenset({"now"}), name, step=step)
    return Value(data, name, step=step)


def _of_list(step: Step, callee: Value, owner: Value, data: frozenset[str], results: list[Value]) -> Value | None:
    """What a method of a list gives back; None for any other call."""
    name, first = f"{callee.name}()", step.args[0] if step.args else None
    if step.method in ("some", "every", "find") and results:
        return Value(data, name, step=step, op="any-of", operands=(results[0],))
    if step.method in ("includes", "has", "indexOf") and first is not None and owner is not None:
        return Value(
            data, name, step=step, op="in", operands=(first, owner if owner.origins or owner.items else callee)
        )
    if owner.items is not None and step.method == "filter" and first is not None and first.name == "Boolean":
        return Value(data, name, step=step, items=owner.items)
    if owner.items is not None and step.method == "map" and first is not None and first.name in _CONVERTS:
        return Value(data, name, step=step, items=owner.items)
    if owner.items is not None and step.method == "join":
        return Value(data, name, step=step, op="text", operands=(*owner.items, *(() if owner.op else owner.operands)))
    if step.method == "map" and results:
        return Value(
            data | joined_value(results).origins, name, step=step, items=tuple(results) if len(results) == 1 else None
        )
    if step.method in ("all", "allSettled", "gather") and first is not None:
        return Value(data, name, step=step, items=first.items)
    return None


def _metadata(args: tuple[Value, ...]) -> Value | None:
    """What NestJS keeps with a handler under a key; None where the handler is not known."""
    holders = [v for v in (args[1], *(args[1].items or ())) if v.fields is not None]
    if not holders:
        return None
    key = known.plain(args[0]) or args[0].name
    kept = (holders[0].fields or {}).get(key)
    if kept is None:
        return Value(name="request.metadata", literal=True)
    return Value(
        name="request.metadata", constant=kept.constant, literal=kept.literal, items=kept.items, fields=kept.fields
    )


def _left(fields: dict[str, Value], step: Step) -> dict[str, Value]:
    """The fields that a model's dump has: all, or those that it includes, or all but those that it leaves out."""
    only, but = step.keywords.get("include"), step.keywords.get("exclude")
    names = {i.constant for i in (only or but or Value()).items or ()}
    return {k: v for k, v in fields.items() if not names or (k in names) == (only is not None)}


_BY_ID = re.compile(
    r"(?is)^\s*select\b(?:(?!\bjoin\b).)*\bwhere\s+(?:\w+\.)?(?:id|user_?id|uuid|email)\s*=\s*(?:\$1|\?|%s)(?:\s+limit\s+1)?[\s;]*$"
)


def _of_one_row(step: Step) -> bool:
    """Whether a query answers with one row: by its name, or since its text asks for one id and nothing else."""
    return step.method in known.ONE_ROW or (bool(step.args) and bool(_BY_ID.search(known.plain(step.args[0]))))


def _asks_for_caller(step: Step) -> bool:
    """Whether a query for one row names the caller, or the token that he shows, and nothing that whoever calls chose:
    it is the caller's own."""
    values = [v for link in step.chain for v in link.values]
    return any(v.comes_from("caller") or _shows_token(v) for v in values) and not any(
        v.is_input and not v.comes_from("header", "cookie") for v in values
    )


def _shows_token(value: Value) -> bool:
    """Whether a value is from a cookie, or from a header that is made to show who one is."""
    shown = [o for o in value.origins if o.startswith(("header.", "cookie."))]
    return any(o.startswith("cookie.") or known.SHOWN_HEADER.search(o) for o in shown)


def with_fallback(value: Value, fallback: Value | None) -> Value:
    """A part of an object, and what stands there where the object has none."""
    if fallback is None or value.literal or value.function is not None:
        return value
    return Value(value.origins | fallback.origins, value.name, fallback.constant, step=value.step, fields=value.fields)


def data_of(value: Value, method: str) -> frozenset[str]:
    """The origins of what `Object.keys` and the like answer."""
    return frozenset() if method == "keys" else value.all_origins


def _parts_of(step: Step, first: Value) -> tuple[Value, ...] | None:
    """The pieces of a set or of an object's entries, where they are known one by one."""
    if step.name == "Set":
        return first.items
    known_whole = bool(first.fields) and "..." not in (first.fields or ())
    if step.name in ("Object.entries", "Object.keys", "Object.values") and known_whole:
        return _parts(first.fields or {}, step.method)
    return None


def _parts(fields: dict[str, Value], method: str) -> tuple[Value, ...]:
    if method == "values":
        return tuple(fields.values())
    keys = [Value(constant=k, literal=True) for k in fields]
    return (
        tuple(keys)
        if method == "keys"
        else tuple(Value(items=(k, v)) for k, v in zip(keys, fields.values(), strict=True))
    )


_CONVERTS = ("String", "Number")
_TRIMS = frozenset("strip lstrip rstrip lower upper removeprefix removesuffix".split())
_ASKED: dict[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "includes": str.__contains__,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def _asked(step: Step, owner: Value, results: list[Value]) -> Value | None:
    """The answer of a method of a known request's path or method, or of a list asked about one."""
    text, first = text_of(owner), text_of(step.args[0]) if step.args else Value()
    if text.literal and text.name.startswith("request.") and isinstance(text.constant, str):
        if step.method in _TRIMS and all(isinstance(a.constant, str) for a in step.args):
            changed = getattr(text.constant, step.method)(*(a.constant for a in step.args))
            return Value(name=text.name, constant=changed, literal=True)
        if step.method in ("toLowerCase", "toUpperCase"):
            changed = text.constant.lower() if step.method == "toLowerCase" else text.constant.upper()
            return Value(name=text.name, constant=changed, literal=True)
        if step.method in _ASKED and first.literal and isinstance(first.constant, str):
            return known_truth(_ASKED[step.method](text.constant, first.constant))
        if step.method == "match" and (found := _matches(first, text)) is not None:
            return found
    if step.method == "test" and first.name.startswith("request.") and first.literal:
        return _matches(text, first)
    parts = owner.fields if not owner.origins and "..." not in (owner.fields or ()) else None
    if step.method == "get" and parts is not None and first.name.startswith("request.") and first.literal:
        return parts.get(str(first.constant)) or (step.args[1] if len(step.args) > 1 else NOTHING)
    if step.method == "get" and first.literal and (kept := (owner.fields or {}).get(str(first.constant))) is not None:
        return kept
    if (
        step.method in ("includes", "has")
        and owner.items is not None
        and first.name.startswith("request.")
        and first.literal
    ):
        return (
            known_truth(any(i.constant == first.constant for i in owner.items))
            if all(i.literal for i in owner.items)
            else None
        )
    if step.name.endswith("createRouteMatcher()") and step.receiver is not None and first.name.startswith("request."):
        patterns = [known.plain(p) for a in step.receiver.args for p in (a.items or (a,))]
        return known_truth(any(matches(p, str(first.constant)) for p in patterns))
    if step.method in ("some", "every") and results and all(settled(r) is not None for r in results):
        return known_truth((any if step.method == "some" else all)(bool(r.constant) for r in results))
    return None


def _matches(pattern: Value, text: Value) -> Value | None:
    """Whether a known text matches a regular expression, which stands as its literal's text."""
    written = str(pattern.constant or "")
    body, slash, _ = written[1:].rpartition("/")
    if not (written.startswith("/") and slash and pattern.literal):
        return None
    try:
        return known_truth(re.search(body, str(text.constant)) is not None)
    except re.error:
        return None


def _validated(step: Step, data: frozenset[str], name: str) -> Value:
    """What passed a schema: its named fields alone where the schema is known (zod), everything marked otherwise."""
    fields = {}
    for link in step.chain:
        if link.method in ("object", "strictObject", "extend", "looseObject") and link.args:
            fields.update(link.args[0].fields or {})
    given = next((a for a in step.args if a.is_input or a.fields), Value())
    whole = Value(data | {"validated"}, name, step=step)
    if fields and not any(link.method in ("passthrough", "loose", "catchall") for link in step.chain):
        whole.fields = {key: _passed(given, key, rule) for key, rule in fields.items()}
    if "safe" not in step.method.lower():
        return whole
    good = Value(whole.origins, f"{name}.success", step=step)
    bad = Value(frozenset({"error", "validated"}), f"{name}.error", step=step)
    return Value(whole.origins, name, step=step, fields={"data": whole, "success": good, "error": bad})


def _passed(given: Value, key: str, rule: Value) -> Value:
    """A field that passed its rule; where the rule is a list of texts, one of them."""
    value = (given.fields or {}).get(key) or part_of(given, key)
    listed = [link.args[0] for link in (rule.step.chain if rule.step else ()) if link.method == "enum" and link.args]
    ways = tuple((item, ()) for item in (listed[0].items or ())) if listed else ()
    return Value(value.origins | {"validated"}, key, step=value.step, choices=ways)


def _told_by_request(step: Step, callee: Value, owner: Value, key: str) -> Value | None:
    """What a framework's own call answers about the request, or keeps with it; None for any other call."""
    name = f"{callee.name}()"
    first = step.args[0] if step.args else None
    if step.name == "request" and key in known.VALID:
        return Value(frozenset({known.VALID[key], "validated"}), name, step=step)
    if step.name == "request.get" and key:
        return Value(frozenset({f"header.{key}"}), name, step=step)
    if step.name == "context.get" and known.KEPT_CALLER.match(key):
        return kept_caller(key, name, step)
    if step.method == "getRequest":
        return Value(name="request")
    if step.name == "request.clone":
        return Value(name="request", fields=owner.fields, step=step)
    if step.name in ("context.getHandler", "context.getClass") and owner.fields and "metadata" in owner.fields:
        return Value(name=name, fields=owner.fields["metadata"].fields)
    if "eflector" in step.name and len(step.args) > 1 and (told := _metadata(step.args)) is not None:
        return told
    if owner.origins and step.method in known.GETTERS and key:
        inner = frozenset(inner_origin(o, key) for o in owner.origins)
        return Value(inner, f"{owner.name}.{key}", step=step)
    if owner.name == "request" and callee.origins:
        return Value(
            frozenset(inner_origin(o, key) if key and step.method in known.GETTERS else o for o in callee.origins),
            name,
            step=step,
        )
    if step.name in ("URL", "URLSearchParams") and first is not None and (first.name == "request" or first.is_input):
        return Value(name="request", fields=first.fields)
    return None


def _data_origins(step: Step, callee: Value) -> frozenset[str]:
    values = [*step.args, *step.keywords.values()]
    owner = callee.operands[0] if callee.op == "of" and callee.operands else callee
    origins = frozenset(o for v in values for o in v.all_origins) | (owner.origins or callee.origins)
    return frozenset(o for o in origins if not o.startswith("env.")) | frozenset(
        o for v in values if v.op == "text" for o in v.all_origins if o.startswith("env.")
    )
