"""Parts, elements and joins of values: what is known of data once code has taken it apart or put it together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from apprescue.model.trace import INPUT, Guard, Step, Value
from apprescue.source import known, meaning

NOTHING = Value(literal=True)
SMALL = 12
_WAYS = 12


def is_refused(value: Value) -> Value:
    """An answer for those who are not let in, or after an error."""
    return replace(value, op="refused") if value.op in ("", "of", "text") else value


def without(value: Value, names: Iterable[str]) -> Value:
    """A row from which parts were taken; it is no whole row any more where one of them is a secret."""
    if not any(map(meaning.SECRET_COLUMN.search, names)):
        return value
    whole = (f"{one}.*" if one.startswith("row.") and one.count(".") == 1 else one for one in value.origins)
    return replace(value, origins=frozenset(whole))


_WHO = ("login", "secret", "signature", "ownership", "role")


def either_way(then: list[Guard], other: list[Guard], before: list[Guard]) -> list[Guard]:
    """Where each of two branches asks who calls in a way of its own, the weaker of the two holds after them."""
    one, two = ([g for g in gs if g not in before and g.kind in _WHO] for gs in (then, other))
    common = [g for g in one if g not in two and g.kind in {g.kind for g in two}]
    if common or not one or not two or any(g in two for g in one):
        return common
    return sorted((*one, *two), key=lambda g: (not g.fail_open, _WHO.index(g.kind)))[:1]


def settled(value: Value) -> bool | None:
    """Whether a test of a known request comes out true or false; None where reading cannot tell."""
    if not value.name.startswith("request."):
        return None
    if value.literal:
        return bool(value.constant)
    return True if value.name == "request.metadata" and (value.items or value.fields) else None


def known_truth(truth: bool) -> Value:
    """The answer to a test of a known request."""
    return Value(name="request.known", constant=truth, literal=True)


def asked_equal(left: Value, right: Value) -> bool | None:
    """Whether a known part of a request equals a literal; None where either is not known."""
    left, right = text_of(left), text_of(right)
    if left.literal and right.literal and (left.name.startswith("request.") or right.name.startswith("request.")):
        return left.constant == right.constant
    return None


def is_something(value: Value) -> bool:
    """Whether a value is surely there: a literal, or a named constant (`Role.ADMIN`)."""
    if value.literal:
        return value.constant is not None
    return not value.origins and value.step is None and value.name[:1].isupper() and "." in value.name


def text_of(value: Value) -> Value:
    """The path of a known request's address; a text put together of nothing but literals as one."""
    if value.name == "request" and value.fields is not None and "path" in value.fields:
        return value.fields["path"]
    if value.op == "text" and all(p.literal and not p.name for p in value.operands):
        return Value(constant="".join(str(p.constant) for p in value.operands), literal=True)
    return value


_ENVIRONMENTS = frozenset("process.env import.meta.env os.environ Deno.env Bun.env context.env".split())


def part_of(owner: Value, name: str) -> Value:
    """A part of a value that is not known piece by piece."""
    full = f"{owner.name}.{name}" if owner.name else name
    if owner.name in _ENVIRONMENTS and name not in ("get", "toObject"):
        return Value(frozenset({f"env.{name}"}), full)
    if owner.name == "request":
        if name in known.REQUEST:
            return Value(
                frozenset({known.REQUEST[name]}), f"request.{name}", step=owner.step, op="of", operands=(owner,)
            )
        if name in known.REQUEST_ITSELF:
            return Value(name="request", fields=owner.fields, op="of", operands=(owner,))
    if owner.name == "request" and known.HANDED_CALLER.match(name):
        return Value(frozenset({"caller"}), full, step=owner.step, op="of", operands=(owner,))
    if owner.name in ("context.var", "response.locals") and known.KEPT_CALLER.match(name):
        return kept_caller(name, full)
    if (found := known.shared(full)) is not None:
        return found
    if owner.name == "flask.g" and known.REQUEST.get(name, "").startswith("caller"):
        return Value(frozenset({known.REQUEST[name]}), full)
    if owner.name == "context" and name in ("req", "request"):
        return Value(name="request")
    if "validated" in owner.origins and name in ("data", "value", "output", "success", "error"):
        return Value(owner.origins, full, step=owner.step, op="of", operands=(owner,))
    origins = frozenset(inner_origin(o, name) for o in owner.origins)
    if name == "error" and owner.step is not None:
        of_schema = {"validated"} if owner.step.method in ("safeParse", "safeParseAsync") else set[str]()
        return Value(frozenset({"error", *of_schema}), full, step=owner.step)
    same = name in ("data", "rows", "user", "session", "count") or owner.step is not None
    return Value(origins, full, step=owner.step if same else None, op="of", operands=(owner,))


def kept_caller(key: str, name: str, step: Step | None = None) -> Value:
    """The caller, or his id, as something kept for him under a key."""
    origin = "caller.id" if key.lower().endswith("id") else "caller"
    return Value(frozenset({origin}), name, step=step)


def inner_origin(origin: str, name: str) -> str:
    """The origin of a part by its name: `body` and `amount` give `body.amount`."""
    kind, _, rest = origin.partition(".")
    if kind == "caller":
        if rest in ("", "user") and name in known.CALLER_PARTS:
            return "caller"
        return "caller.id" if name in known.IDENTIFIERS else f"caller.{name}" if not rest else origin
    if kind == "claim":
        return "claim" if name in known.CALLER_PARTS else f"claim.{name}" if not rest else origin
    if kind in INPUT and not rest and not name.startswith("["):
        return f"{kind}.{name}"
    if kind == "row" and origin.count(".") == 1 and name not in known.SAME_ROWS:
        return f"{origin}.{name}"
    return origin


def go_on(value: Value, name: str) -> None:
    """Note that a call's answer itself is called on: no part of it and no element."""
    if value.op == "of" and value.name.endswith((".not_", ".not")):
        value = value.operands[0]
    fetched = value.name.endswith("cursor()") and ".fetch" in name
    if value.step is not None and (value.step.result is value or value.choices or fetched):
        value.step.continued = True


def remember(cursor: Value, step: Step) -> None:
    """A cursor keeps what it was last asked: what it gives later comes from there."""
    if cursor.name.endswith("cursor()") and step.result is not None:
        cursor.step, cursor.origins = step, step.result.origins


def any_element(value: Value) -> Value:
    """Any one element of a list."""
    if value.items:
        return value.items[0] if len(value.items) == 1 else joined_value(list(value.items))
    return Value(value.origins, value.name, step=value.step, fields=None)


def joined_value(values: list[Value]) -> Value:
    """A value of which only the origins of its parts are known."""
    return Value(frozenset().union(*(v.all_origins for v in values)) if values else frozenset())


def flat_ways(ways: tuple[tuple[Value, tuple[Guard, ...]], ...]) -> tuple[tuple[Value, tuple[Guard, ...]], ...]:
    """Ways within ways put side by side, equal plain answers once; none where there are too many to tell apart."""
    found: dict[object, tuple[Value, tuple[Guard, ...]]] = {}
    for value, guards in ways:
        for inner, more in value.choices or ((value, ()),):
            behind = (*guards, *(g for g in more if g not in guards))
            found[(inner.constant, type(inner.constant), behind) if inner.literal else id(inner)] = (inner, behind)
    return tuple(found.values()) if len(found) <= _WAYS else ()


def spread_fields(value: Value) -> dict[str, Value] | None:
    """The fields that `...value` brings, also from `...(test && {…})` and `...(test ? {…} : {})`; None where no
    field is known by name."""
    parts = [value.fields]
    if value.op in ("&&", "||", "??"):
        parts += map(spread_fields, value.operands)
    parts += (spread_fields(choice) for choice, _ in value.choices)
    known_parts = [part for part in parts if part is not None]
    return {k: v for part in known_parts for k, v in part.items()} if known_parts else None


def either_value(old: Value, new: Value, guards: tuple[Guard, ...]) -> Value:
    """A name that a branch gave another value; `guards` hold where it did."""
    if old.literal and old.constant is None and not new.literal:
        shown = any(guard.kind in ("secret", "signature") for guard in guards)
        if not shown or new.choices or new.op not in ("", "of", "??", "||"):
            return new
        return replace(new, op="", operands=(), choices=((old, ()), (new, guards)))
    if new.step is not None and old.step is not None and old.step in new.step.chain:
        return new
    if new.op == "text" and new.operands[: len(old.operands) or 1] == (old.operands or (old,)):
        return new
    return Value(
        old.origins | new.origins,
        new.name or old.name,
        step=new.step or old.step,
        fields=_merged(old.fields, new.fields) if old.fields and new.fields else new.fields,
        items=new.items if old.items and new.items and new.items[: len(old.items)] == old.items else None,
        function=new.function or old.function,
        choices=flat_ways(((old, ()), (new, guards))),
    )


def _merged(old: dict[str, Value], new: dict[str, Value]) -> dict[str, Value]:
    """The fields of one or the other object; of a field that both have, the one that comes from somewhere."""
    return {**old, **{k: v for k, v in new.items() if v.origins or k not in old or not old[k].origins}}


def is_empty(value: Value) -> bool:
    """Whether a value is plainly none: `None`, `[]`, `{}`, an empty text."""
    return (value.literal and not value.constant) or value.items == () or value.fields == {}


def is_few(over: Value) -> bool:
    """Whether a list has a handful of known elements (an empty one is filled later)."""
    return bool(over.items) and len(over.items or ()) <= SMALL


def counts_little(over: Value) -> bool:
    """Whether a C-style loop's test compares with a small literal."""
    return over.op in ("<", "<=") and isinstance(over.operands[1].constant, int) and over.operands[1].constant <= SMALL
