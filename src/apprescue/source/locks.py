"""Locks in the code that open by themselves where their key is not set, and the edits that close them.

A lock is a test of a secret or a signature. Each function here knows one form in which it opens, and writes it so
that what is missing refuses: by the function's own way of refusing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.held_settings import KEY, is_key, setting, setting_of, settings_in
from apprescue.source.refusals import Body, refusal, refuses

_LIVE = re.compile(r"NODE_ENV|ENVIRONMENT|\bPROD\b|[iI]s_?[pP]rod")
_VERIFIES = re.compile(r"(?i)construct_?event|verif|timingSafeEqual|compare_digest|createHmac|hmac\.")
_HMAC = re.compile(r"(?:createHmac|hmac\.new|hmac\.digest)$")
_CLOCK = re.compile(r"""(?P<of>[\w.]+)\.headers\.get\(\s*(?P<q>["'])x-vercel-cron(?P=q)\s*\)\s*(?:===?)\s*["']1["']""")
_BLANK = ("", None)


def closed(body: Body) -> Iterator[Edit]:
    """The edits that close the locks of a function."""
    bound = settings_in(body)
    for rows, inside in body.blocks():
        for number, row in enumerate(rows):
            if isinstance(row, t.If):
                yield from _of_if(body, row, inside, bound)
            elif isinstance(row, t.Assign):
                yield from _empty_key(body, row, inside, rows[number + 1 :])
                yield from _stand_in(body, row, rows[number + 1 :])
    yield from _clock(body)


def _of_if(body: Body, row: t.If, inside: Sequence[t.Node], bound: dict[str, str]) -> Iterator[Edit]:
    parts = _flat(row.test, "&&")
    asked = [one for one in parts if _is_asked(one, bound)]
    live = [one for one in parts if _LIVE.search(body.cut(one)) and one not in asked]
    rest = [one for one in parts if one not in asked and one not in live]
    if asked and len(rest) == 1 and not live and not row.other and refuses(body, row.then):
        yield _edit_test(body, row, [*(_turned(body, one) for one in asked), body.cut(rest[0])])
    elif asked and not rest and not live and _checks(body, row.then):
        yield from _asked_first(body, row, inside, asked, bound)
    elif _passes(body, row, bound):
        yield from _refused(body, row, inside, bound)
    elif not asked and refuses(body, row.then) and (lacking := _unasked(body, row, inside, bound)):
        old = body.cut(row.test)
        inner = old[1:-1] if old.startswith("(") and not body.python else old
        yield _edit_test(body, row, [_turned(body, lacking), inner])


def _flat(node: t.Node, op: str) -> list[t.Node]:
    if isinstance(node, t.Binary) and node.op == op:
        return [*_flat(node.left, op), *_flat(node.right, op)]
    return [node]


def _is_asked(node: t.Node, bound: dict[str, str]) -> bool:
    """Whether a part of a test asks no more than whether a secret is set or something was sent."""
    if isinstance(node, t.Binary) and node.op == "!=" and isinstance(node.right, t.Literal):
        return isinstance(node.right.value, str | None) and is_key(node.left, bound)
    return is_key(node, bound)


def _turned(body: Body, node: t.Node) -> str:
    """The opposite of a question whether something is there."""
    text = body.cut(node)
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if isinstance(node, t.Binary):
        for old, new in (("!==", "==="), ("!=", "=="), (" is not ", " is ")):
            if old in text:
                return text.replace(old, new, 1)
    return f"not {text}" if body.python else f"!{text}"


def _edit_test(body: Body, row: t.If, parts: Sequence[str]) -> Edit:
    words = (" or " if body.python else " || ").join(parts)
    opened = body.cut(row.test).startswith("(") and body.code[row.test.end - 1 : row.test.end] == b")"
    return Edit(body.path, row.test.start, row.test.end, f"({words})" if opened and not body.python else words)


def _checks(body: Body, rows: Sequence[t.Node]) -> bool:
    """Whether statements verify something and turn away whoever fails."""
    text = body.cut(rows[0], rows[-1]) if rows else ""
    inner = (n for row in rows for n in row.walk())
    turns = any(
        (isinstance(n, t.If) and refuses(body, n.then)) or (isinstance(n, t.Handler) and refuses(body, n.body))
        for n in inner
    )
    return turns or bool(_VERIFIES.search(text))


def _asked_first(
    body: Body, row: t.If, inside: Sequence[t.Node], asked: Sequence[t.Node], bound: dict[str, str]
) -> Iterator[Edit]:
    """`if (secret) { verify }`: what is missing refuses before, or where the other branch went on without."""
    named = next((name for one in asked if (name := setting_of(one, bound))), "")
    if row.other:
        if len(row.other) == 1 and isinstance(row.other[0], t.If):
            return
        why = _reason(named) if len(asked) == 1 else "The signature cannot be checked"
        if not refuses(body, row.other) and (text := refusal(body, row, (*inside, row), why)):
            start, end = _else_of(body, row)
            indent = body.indent(row)
            lines = _shifted(_told(body, named, text), indent, body.style.step)
            whole = f"\n{indent}{body.style.step}{lines}\n{indent}"
            yield Edit(body.path, start, end, lines if body.python else whole)
        return
    text = refusal(body, row, inside, _reason(named))
    opened = row.test.end if body.python else body.code.find(b"{", row.test.end, row.then[0].start)
    if text and opened > 0:
        head = _new_if(body, row, [_turned(body, one) for one in asked], _told(body, named, text))
        yield Edit(body.path, row.start, opened, f"{head}else" if body.python else f"{head} else ")


def _reason(named: str) -> str:
    return f"{named} is not set" if named else "The secret is not set"


def _told(body: Body, named: str, text: str) -> str:
    """The refusal, below a line of the log that says what is missing."""
    if named and not body.python and "throw" not in text:
        return f"console.error({body.style.text(_reason(named))}){body.style.end}\n{text}"
    return text


def _new_if(body: Body, row: t.Node, tests: Sequence[str], lines: str) -> str:
    """`if (tests) { lines }` in the place of a statement, without the end of its last line."""
    indent, step = body.indent(row), body.style.step
    inner = _shifted(lines, indent, step)
    if body.python:
        return f"if {' or '.join(tests)}:\n{indent}{step}{inner}\n{indent}"
    return f"if ({' || '.join(tests)}) {{\n{indent}{step}{inner}\n{indent}}}"


def _shifted(lines: str, indent: str, step: str) -> str:
    """Lines one step further in than they were written for."""
    first, *rest = lines.split("\n")
    return "\n".join([first, *(f"{indent}{step}{row.removeprefix(indent)}" if row.strip() else row for row in rest)])


def _else_of(body: Body, row: t.If) -> tuple[int, int]:
    """The bytes of what stands in the other branch, its remarks too where it has braces."""
    opened = body.code.find(b"{", row.then[-1].end if row.then else row.test.end, row.other[0].start)
    if body.python or opened < 0:
        return row.other[0].start, row.other[-1].end
    return opened + 1, row.end - 1


def _passes(body: Body, row: t.If, bound: dict[str, str]) -> bool:
    """`if (!secret) return true`, or on to the next one."""
    parts = _flat(row.test, "||")
    if row.other or not all(isinstance(p, t.Unary) and p.op == "!" and is_key(p.value, bound) for p in parts):
        return False
    last = row.then[-1] if row.then else None
    if isinstance(last, t.Return):
        yes = isinstance(last.value, t.Literal) and last.value.value is True
        return (
            yes
            or bool(re.search(r"^return\s+next\(\)", body.cut(last)))
            or (last.value is None and _goes_on(body, row))
        )
    return isinstance(last, t.Call) and body.cut(last).startswith("next()")


def _goes_on(body: Body, row: t.If) -> bool:
    """Whether `return` alone lets pass: after `next()`, or in a function that refuses by raising."""
    if len(row.then) > 1 and body.cut(row.then[-2]).startswith("next()"):
        return True
    return body.python and any(isinstance(n, t.Throw) for n in body.function.walk())


def _refused(body: Body, row: t.If, inside: Sequence[t.Node], bound: dict[str, str]) -> Iterator[Edit]:
    last = row.then[-1]
    first = row.then[-2] if len(row.then) > 1 and body.cut(row.then[-2]).startswith("next()") else last
    one = _flat(row.test, "||")[0]
    named = setting_of(one.value, bound) if isinstance(one, t.Unary) else ""
    if isinstance(last, t.Return) and isinstance(last.value, t.Literal) and last.value.value is True:
        yield Edit(body.path, last.value.start, last.value.end, "False" if body.python else "false")
    elif text := refusal(body, last, (*inside, row), _reason(named)):
        yield Edit(body.path, first.start, last.end, text)


def _unasked(body: Body, row: t.If, inside: Sequence[t.Node], bound: dict[str, str]) -> t.Node | None:
    """The setting that a refusing test compares with without asking whether it is there: put into a text, or as it is
    with what was sent."""
    for part in _flat(row.test, "||"):
        if isinstance(part, t.Binary) and part.op == "!=":
            for side in (part.left, part.right):
                pieces = side.pieces if isinstance(side, t.Template) else [side]
                for one in pieces:
                    if setting_of(one, bound) and is_key(one, bound) and not _is_asked_before(body, one, row, inside):
                        return one
    return None


def _is_asked_before(body: Body, one: t.Node, row: t.If, inside: Sequence[t.Node]) -> bool:
    """Whether the function asked for it: in a test around, or in one before that refuses."""
    own = body.cut(one)
    text = re.escape(own)
    before = body.code[body.function.start : row.test.end].decode("utf-8", "surrogatepass")
    around = (body.cut(part).strip("()") for n in inside if isinstance(n, t.If) for part in _flat(n.test, "&&"))
    return own in around or bool(re.search(rf"(?:!|\bnot\s+){text}(?![\w.])", before))


def _stand_in(body: Body, row: t.Assign, after: Sequence[t.Node]) -> Iterator[Edit]:
    """`const secret = read || "text"` that a test below compares with: without the text, which that test asks for."""
    value, target = row.value, row.target
    if not isinstance(target, t.Name) or value is None or not KEY.search(setting(value)):
        return
    if not any(isinstance(one, t.If) and refuses(body, one.then) and _uses(one.test, target.id) for one in after):
        return
    if isinstance(value, t.Binary) and _is_text(value.right):
        yield Edit(body.path, value.left.end, value.right.end, "")
    elif isinstance(value, t.Call) and len(value.args) == 2 and _is_text(value.args[1]):
        yield Edit(body.path, value.args[0].end, value.args[1].end, "")
    elif isinstance(value, t.Call) and len(value.args) == 3 and _is_text(value.args[2]):
        yield Edit(body.path, value.args[2].start, value.args[2].end, "None")


def _is_text(node: t.Node) -> bool:
    return isinstance(node, t.Literal) and isinstance(node.value, str) and bool(node.value)


def _empty_key(body: Body, row: t.Assign, inside: Sequence[t.Node], after: Sequence[t.Node]) -> Iterator[Edit]:
    """`const secret = read || ""` that a signature is computed with: refused below, before it is used."""
    value, target = row.value, row.target
    if not isinstance(target, t.Name) or value is None or not (named := setting(value)):
        return
    blank = isinstance(value, t.Binary) and isinstance(value.right, t.Literal) and value.right.value in _BLANK
    if isinstance(value, t.Call):
        blank = len(value.args) == 2 and isinstance(value.args[1], t.Literal) and value.args[1].value in _BLANK
    used = any(
        isinstance(n, t.Call) and _HMAC.search(body.cut(n.callee)) and any(_uses(a, target.id) for a in n.args)
        for one in after
        for n in one.walk()
    )
    asked = any(isinstance(one, t.If) and re.search(rf"\b{target.id}\b", body.cut(one.test)) for one in after)
    if blank and used and not asked and after:
        text = refusal(body, after[0], inside, _reason(named))
        if text:
            new = _new_if(body, after[0], [_turned(body, target)], _told(body, named, text))
            end = "" if body.python else f"\n{body.indent(after[0])}"
            yield Edit(body.path, after[0].start, after[0].start, new + end)


def _uses(node: t.Node, name: str) -> bool:
    return any(isinstance(n, t.Name) and n.id == name for n in node.walk())


def _clock(body: Body) -> Iterator[Edit]:
    """The header by which a host's clock tells itself, and which anybody can send: its secret instead."""
    own = body.cut(body.function)
    for found in _CLOCK.finditer(own):
        start = body.function.start + len(own[: found.start()].encode("utf-8", "surrogatepass"))
        end = start + len(found[0].encode("utf-8", "surrogatepass"))
        quote = found["q"]
        secret = "process.env.CRON_SECRET"
        asked = f"{found['of']}.headers.get({quote}authorization{quote}) === `Bearer ${{{secret}}}`"
        yield Edit(body.path, start, end, f"!!{secret} && {asked}")
