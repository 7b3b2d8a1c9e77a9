"""How the handlers of a Python file ask who is calling, so that another handler of the file can ask in the same words.

Three forms are known: a decorator (`@login_required`), a parameter that a framework fills (`user: User =
Depends(current_user)`), and the handler's first statements (`user = current_user()`, `if not user: return ...`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, declared
from apprescue.source.project import bound_names
from apprescue.source.style import style_of

_ASKS = re.compile(
    r"(?i)login|logged|signed|current|auth|token|jwt|sess|requir|protect|user|member|admin|owner|staff|principal|caller"
)
_MAYBE = re.compile(r"(?i)optional|maybe|or_none|anonymous|guest|logout|csrf|rate|limit|rout")
_TAKES = re.compile(
    r"(?i)\.(?:route|get|post|put|patch|delete|websocket|errorhandler|before_request|action)\b|^api_view\b"
)
_STAFF = re.compile(r"(?i)admin|staff|super_?user|moderator")
_JSON = re.compile(r"^(?:return|raise)\s+(?:jsonify|\{|JsonResponse|Response|HTTPException|abort|\()|^abort\(")
_PAGE = re.compile(r"redirect\(|render_template\(|render\(")
_REFUSES = re.compile(r"(?:redirect\([^)]*(?:login|signin|sign_in|auth)|\b40[13]\b|Unauthorized|Forbidden)")
_EARLY = 4


def asked_as(handled: Handled, neighbours: Sequence[Handled]) -> list[Edit]:
    """The edits by which a handler asks as most of its neighbours do; none where they ask in no form that fits it."""
    for form in (_decorated, _injected, _asked_first):
        edits = form(handled, neighbours)
        if edits:
            return edits
    return []


def _decorated(handled: Handled, neighbours: Sequence[Handled]) -> list[Edit]:
    own = [handled.cut(one) for one in handled.node.decorators]
    said = Counter(text for one in neighbours for text in _guards(one))
    text = _most(said, len(neighbours))
    if not text or not handled.node.decorators or text in own or not _known(handled, text):
        return []
    given = {_given_first(one) for one in neighbours if text in _guards(one)}
    if len(given) != 1:
        return []
    first, last = given.pop(), handled.node.decorators[-1]
    edits = [Edit(handled.path, last.end, last.end, f"\n{indent_of(handled.text, last.start)}{text}")]
    if first and first not in _names(handled):
        at = handled.node.params[0].start if handled.node.params else _opening(handled)
        edits.append(Edit(handled.path, at, at, f"{first}{', ' if handled.node.params else ''}"))
    return edits


def _guards(handled: Handled) -> list[str]:
    """The decorators of a handler that by their names ask who is calling, as they are written."""
    rows = (handled.cut(one).strip() for one in handled.node.decorators)
    texts = (row if row.startswith("@") else f"@{row}" for row in rows)
    return [one for one in texts if _ASKS.search(one) and not _MAYBE.search(one) and not _TAKES.search(one[1:])]


def _given_first(handled: Handled) -> str:
    """The name of a parameter that neither the address nor the framework fills."""
    paths = " ".join(handled.cut(one) for one in handled.node.decorators)
    for one in handled.node.params:
        name = one.target.id if isinstance(one.target, t.Name) else ""
        if name and name not in ("self", "request") and one.default is None and not re.search(rf"\b{name}\b", paths):
            return name
    return ""


def _injected(handled: Handled, neighbours: Sequence[Handled]) -> list[Edit]:
    said = Counter(text for one in neighbours for text in {*_dependencies(one)})
    text = _most(said, len(neighbours))
    name = re.split(r"\W", text)[0]
    if not text or any(one.rest for one in handled.node.params) or not _known(handled, text):
        return []
    if name in _names(handled):
        own = next(one for one in handled.node.params if name in bound_names(one.target))
        weaker = _STAFF.search(text) and handled.cut(own) in set(_dependencies(handled)) - {text}
        return [Edit(handled.path, own.start, own.end, text)] if weaker else []
    params = handled.node.params
    if not params:
        at = _opening(handled)
        return [Edit(handled.path, at, at, text)] if at else []
    last, code = params[-1], handled.text.encode("utf-8", "surrogatepass")
    own_row = not code[code.rfind(b"\n", 0, last.start) + 1 : last.start].strip()
    behind = f",\n{indent_of(handled.text, last.start)}" if own_row else ", "
    return [Edit(handled.path, last.end, last.end, f"{behind}{text}")]


def _dependencies(handled: Handled) -> Iterator[str]:
    for one in handled.node.params:
        text = handled.cut(one)
        asked = one.default if isinstance(one.default, t.Call) else None
        called = handled.cut(asked.args[0]) if asked is not None and asked.args else ""
        by_type = handled.cut(one.annotation) if one.annotation is not None and asked is None else ""
        if asked is not None and handled.cut(asked.callee) in ("Depends", "Security"):
            if _ASKS.search(called) and not _MAYBE.search(called):
                yield text
        elif re.search(r"(?i)^(?:current|authed|logged_?in)_?\w*(?:user|dep)", by_type) and not _MAYBE.search(by_type):
            yield text


def _asked_first(handled: Handled, neighbours: Sequence[Handled]) -> list[Edit]:
    start = first_statement(handled)
    found = [one for neighbour in neighbours for one in _preludes(neighbour)]
    key = _most(Counter(load + test for load, test, _ in found), len(neighbours), few=True)
    if start is None or not key:
        return []
    fitting = [one for one in found if one[0] + one[1] == key]
    alike = [one for one in fitting if bool(_PAGE.search(one[2])) == _answers_page(handled)]
    load, test, refused = Counter(alike or fitting).most_common(1)[0][0]
    taken = {name for one in handled.node.params for name in bound_names(one.target)}
    if not _known(handled, f"{load}\n{test}\n{refused}") or taken & _assigned(load):
        return []
    indent, step = indent_of(handled.text, start.start), style_of(handled.text, handled.path).step
    refuses = "\n".join(f"{indent}{step}{row.strip()}" for row in refused.split("\n"))
    known = _loaded_already(handled, start, load)
    if known:
        test = re.sub(rf"\b{load.partition('=')[0].strip()}\b", known, test)
        return [Edit(handled.path, start.end, start.end, f"\n{indent}if {test}:\n{refuses}")]
    question = f"if {test}:\n{refuses}"
    rows = f"{load}\n{indent}{question}" if load else question
    return [Edit(handled.path, start.start, start.start, f"{rows}\n{indent}")]


def _loaded_already(handled: Handled, start: t.Node, load: str) -> str:
    """What a handler calls whom it loads first, as its neighbours load him."""
    if not load or not isinstance(start, t.Assign) or not isinstance(start.target, t.Name):
        return ""
    same = handled.cut(start).partition("=")[2].strip() == load.partition("=")[2].strip()
    return start.target.id if same else ""


def first_statement(handled: Handled) -> t.Node | None:
    """The first statement of a handler behind its docstring."""
    return next((one for one in handled.node.body if not isinstance(one, t.Literal)), None)


def _preludes(handled: Handled) -> Iterator[tuple[str, str, str]]:
    """The early statements of a handler that turn strangers away: what is loaded, what is asked, what is answered."""
    start = first_statement(handled)
    rows = [one for one in handled.node.body if start is not None and one.start >= start.start][:_EARLY]
    for before, one in zip([None, *rows], rows, strict=False):
        if not isinstance(one, t.If) or one.other or len(one.then) != 1 or not isinstance(one.then[0], t.Return):
            continue
        test, refused = handled.cut(one.test), handled.cut(one.then[0])
        load = handled.cut(before) if isinstance(before, t.Assign) and _loads(handled, before, test) else ""
        asks = _ASKS.search(load.partition("=")[2]) if load else re.search(r"\bsession\b|current_user|\bg\.", test)
        if asks and _REFUSES.search(refused) and "\n" not in load + test + refused:
            yield load, test, refused
            return


def _loads(handled: Handled, load: t.Assign, test: str) -> bool:
    """Whether a statement calls something without telling it anything of this request, and a test asks what came."""
    name = load.target.id if isinstance(load.target, t.Name) else ""
    calls = isinstance(load.value, t.Call) and (not load.value.args or "session" in handled.cut(load.value))
    return bool(name) and calls and re.fullmatch(rf"not {name}|{name} is None", test) is not None


def _answers_page(handled: Handled) -> bool:
    texts = [handled.cut(n) for n in handled.node.walk() if isinstance(n, t.Return)]
    return sum(bool(_PAGE.search(x)) for x in texts) > sum(bool(_JSON.search(x)) for x in texts)


def _most(said: Counter[str], of: int, few: bool = False) -> str:
    """The one that most say; nothing where two are said as often, or where only one of several says it."""
    best = said.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return ""
    return best[0][0] if best[0][1] * (4 if few else 2) >= of else ""


def _known(handled: Handled, text: str) -> bool:
    """Whether the file has a text's names at its top, before the handler where Python needs them there."""
    outer = {name for node in handled.top for name in declared(node)}
    called = re.findall(r"(?<![\w.'\"])([A-Za-z_]\w*)(?=\()", text.lstrip("@"))
    decorator = re.match(r"@(\w+)", text)
    early = {name for node in handled.top if node.end <= handled.node.start for name in declared(node)}
    return all(name in outer for name in called) and (decorator is None or decorator[1] in early)


def _assigned(load: str) -> set[str]:
    return {load.partition("=")[0].strip()} if load else set()


def _names(handled: Handled) -> set[str]:
    return {name for one in handled.node.params for name in bound_names(one.target)}


def _opening(handled: Handled) -> int:
    """The byte behind the bracket that opens a handler's parameters; 0 where it is not found."""
    code = handled.text.encode("utf-8", "surrogatepass")
    found = re.compile(rb"def\s+\w+\s*\(").search(code, handled.node.start, handled.node.end)
    return found.end() if found else 0
