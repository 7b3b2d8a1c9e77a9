"""Whether the code of a page asks who is signed in before it comes to a place, as far as one file tells.

It does where it leaves if nobody is, uses the id of whoever is, holds what was filled only for him, or sends everybody
else to the login as soon as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting
from apprescue.source.project import bound_names

_WHO = re.compile(r"(?i)^(?:\w*user|\w*session|auth|data)$")
_ASKS_WHO = re.compile(
    r"(?i)^(?:await\s+)?(?:\w+\.)*(?:use\w*(?:auth|user|session)\w*|(?:auth\.)?get(?:User|Session)|useContext\(\w*auth\w*)\b"
)
_HOLDS_HIM = ("auth", "data")
_PARTS = r"(?:\??!?\.(?:user|session|data|id|access_token))*"
_EMPTY = re.compile(r"(?s)^(?:React\.)?useState(?:<.*>)?\(\s*(?:null|undefined)?\s*\)$")
_TELLS = re.compile(r"\bauth\s*\.\s*(?:getSession\(\)|getUser\(\)|onAuthStateChange)")
_OF_SESSION = re.compile(
    r"^(?:\w*[sS]ession|(?:data|session|res(?:ult|ponse)?\.data)\??\.(?:session\??\.)?(?:user|session)|\w*[sS]ession\??\.user)"
    r"(?:\s*(?:\?\?|\|\|)\s*(?:null|undefined))?$"
)
_WAITS = re.compile(r"(?i)^!?\s*\w*(?:load|pending|ready|check|init)\w*$")
SENDS_AWAY = re.compile(
    r"(?i)(?:(?:\bnavigate|\.(?:push|replace)|\bredirect)\(|location(?:\.href)?\s*=)"
    r"\s*['\"`]/?[^'\"`]*\b(?:auth|log-?in|sign-?in)\b"
)


def asked_before(file: Handwriting, node: t.Node) -> bool:
    """Whether the functions around a place ask before it who is signed in, or use his id."""
    functions = [one for one in file.above(node) if isinstance(one, t.Function)]
    people = _people(file, functions)
    return _sent_away(file, functions) or any(
        _tested(file, functions, node, names) for names in (people, _filled(file, functions)) if names
    )


def _tested(file: Handwriting, functions: Sequence[t.Function], node: t.Node, names: set[str]) -> bool:
    """Whether a place is reached only where one of these names holds something, or behind a use of his id."""
    nobody, somebody, used = _patterns(names)
    for one in file.nodes:
        joined = isinstance(one, t.Binary) and one.op == "&&" and _holds([one.right], node)
        if joined and isinstance(one, t.Binary) and _says(file, one.left, somebody):
            return True
        if isinstance(one, t.If) and one.start < node.start and stands_before(file, one, functions, node):
            held, leaves = _holds(one.then, node), bool(one.then) and isinstance(one.then[-1], (t.Return, t.Throw))
            test = file.of(one.test)
            if _says(file, one.test, somebody) if held else leaves and "&&" not in test and nobody.search(test):
                return True
    return any(
        isinstance(one, t.Member)
        and one.start < node.end
        and used.match(file.of(one))
        and stands_before(file, one, functions, node)
        for one in file.nodes
    )


def _patterns(names: set[str]) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """How a test says that nobody is there, that somebody is, and how his id is used."""
    said = "|".join(re.escape(one) + (r"\??\.(?:user|session)" if one in _HOLDS_HIM else "") for one in sorted(names))
    return (
        re.compile(rf"!\s*(?:{said})\b{_PARTS}(?![\w.?])|(?:{said})\b{_PARTS}\s*={{2,3}}\s*(?:null|undefined)"),
        re.compile(rf"^\(?(?:!!\s*)?(?:{said})\b{_PARTS}(?![\w.?])"),
        re.compile(rf"^(?:{said})!?(?:\.(?:data|user|session)!?)*\.(?:id|access_token|email)$"),
    )


def _filled(file: Handwriting, functions: Sequence[t.Function]) -> set[str]:
    """What the functions around a place hold only for somebody signed in: states that are empty at first and filled
    nowhere but behind the question."""
    states = _states(file, functions)
    return {name for name, fills in states if all(_asked_for(file, fill) for fill in fills)}


def _asked_for(file: Handwriting, node: t.Node) -> bool:
    functions = [one for one in file.above(node) if isinstance(one, t.Function)]
    people = _people(file, functions)
    return bool(people) and _tested(file, functions, node, people)


def _empties(call: t.Call) -> bool:
    return not call.args or (isinstance(call.args[0], t.Literal) and not call.args[0].value)


def _called(call: t.Call) -> str:
    return call.callee.id if isinstance(call.callee, t.Name) else ""


def _sent_away(file: Handwriting, functions: Sequence[t.Function]) -> bool:
    """Whether a component around a place sends whoever is not signed in to the login as soon as it is shown."""
    for one in file.nodes:
        if not isinstance(one, t.If) or not any(SENDS_AWAY.search(file.of(row)) for row in one.then):
            continue
        around = [over for over in file.above(one) if isinstance(over, t.Function)]
        depth = next((i for i, over in enumerate(around) if any(over is each for each in functions)), 0)
        names = _people(file, around) | _handed(file, around[:depth])
        rest = [part for part in file.of(one.test).split("&&") if not _WAITS.match(part.strip("() "))]
        nobody = len(rest) == 1 and bool(names) and _patterns(names)[0].search(rest[0])
        if nobody and any(_at_start(file, over) for over in around[:depth]):
            return True
    return False


def _handed(file: Handwriting, functions: Sequence[t.Function]) -> set[str]:
    """What functions are given by whoever tells them who is signed in."""
    calls = ((one, next(file.above(one), None)) for one in functions)
    told = (one for one, over in calls if isinstance(over, t.Call) and _TELLS.search(file.of(over.callee)))
    return {name for one in told for part in one.params for name in bound_names(part.target) if _WHO.match(name)}


def _at_start(file: Handwriting, function: t.Function) -> bool:
    """Whether a function runs when its component is shown: an effect, or one that an effect calls."""
    if _is_effect(file, function):
        return True
    over = next(file.above(function), None)
    target = over.target if isinstance(over, t.Assign) else None
    name = function.name or (target.id if isinstance(target, t.Name) else "")
    calls = (n for n in file.nodes if isinstance(n, t.Call) and name and _called(n) == name)
    return any((inside := file.function(call)) is not None and _is_effect(file, inside) for call in calls)


def _is_effect(file: Handwriting, function: t.Function) -> bool:
    over = next(file.above(function), None)
    return isinstance(over, t.Call) and _called(over) in ("useEffect", "useLayoutEffect")


def _holds(rows: Sequence[t.Node], node: t.Node) -> bool:
    return any(row.start <= node.start < row.end for row in rows)


def _says(file: Handwriting, test: t.Node, somebody: re.Pattern[str]) -> bool:
    return "||" not in (text := file.of(test)) and somebody.search(text) is not None


def _people(file: Handwriting, functions: Sequence[t.Function]) -> set[str]:
    """What the functions around a place call whoever is signed in."""
    found: set[str] = set()
    for one in file.nodes:
        if isinstance(one, t.Assign) and one.value is not None and any(file.function(one) is f for f in functions):
            text = file.of(one.value)
            if _ASKS_WHO.search(text) or re.match(rf"^(?:{'|'.join(found) or '(?!)'})\b(?:\?*\.\w+)*$", text):
                found |= {name for name in bound_names(one.target) if _WHO.match(name)}
    return found | _held(file, functions)


def _held(file: Handwriting, functions: Sequence[t.Function]) -> set[str]:
    """The states of the functions around a place that hold whoever is signed in: they are empty at first, and filled
    with nothing but him whom the login's own client tells."""
    states = _states(file, functions) if _TELLS.search(file.text) else ()
    return {
        name
        for name, fills in states
        if _WHO.match(name) and all(one.args and _OF_SESSION.match(file.of(one.args[0])) for one in fills)
    }


def _states(file: Handwriting, functions: Sequence[t.Function]) -> Iterator[tuple[str, list[t.Call]]]:
    """The states of functions that are empty at first, each with the calls that fill it; none that is never filled."""
    for one in file.nodes:
        pair = list(bound_names(one.target)) if isinstance(one, t.Assign) and isinstance(one.target, t.Array) else []
        if len(pair) == 2 and isinstance(one, t.Assign) and one.value is not None and _EMPTY.match(file.of(one.value)):
            fills = [n for n in file.nodes if isinstance(n, t.Call) and _called(n) == pair[1] and not _empties(n)]
            if fills and any(file.function(one) is each for each in functions):
                yield pair[0], fills


def stands_before(file: Handwriting, one: t.Node, functions: Sequence[t.Function], node: t.Node) -> bool:
    """Whether whoever comes to a place has passed another: nothing on the way to that one could be left out."""
    for above in file.above(one):
        if isinstance(above, t.Function):
            return any(above is each for each in functions)
        around = above.start <= node.start < above.end
        if not around and isinstance(above, (t.If, t.Conditional, t.For, t.Try)):
            return False
    return False
