"""Fields that are stored as they came are looked at where the request comes in, by what their columns take.

Numbers, whole numbers, dates, yes or no, ids, and the words that an enum or a CHECK lists; a number that comes as a
text passes, as it does in the database. What the database does not need may be left out. With zod where the app has it,
else by plain tests; the answer is 400 and names the fields. Left are handlers that read the body in more than one place
or hand it on whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.answering import answered, says
from apprescue.source.dependencies import manifest_of
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.routes import queries_of
from apprescue.source.stored_values import Stored, stored_unchecked

_READS = re.compile(r"(?:await\s+\w+\.json\(\)|\(await\s+\w+\.json\(\)\)|req(?:uest)?\.body)(?:\s+as\s+\w+)?$")
_ID = "/^[0-9a-f-]{36}$/i"
_NAMES = ("fits", "checked", "misfits")


@fix("input/value_stored_unchecked", title="Look at what is sent before it is stored")
def check_the_body(finding: Finding, app: App) -> Changes:
    """The tests at the door of each address that the finding names, or nothing where one of them is not known."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    by_route, edits = queries_of(app), []
    for route in app.routes:
        if str(route) in named:
            fields = stored_unchecked(app, route, by_route.get(str(route), []))
            found = list(_checked(app, route, fields)) if fields else []
            if not found:
                return
            edits += found
    yield from dict.fromkeys(edits)


def _checked(app: App, route: Route, fields: Sequence[Stored]) -> Iterator[Edit]:
    file = hand(app, route.place.path)
    if file is None or file.is_python or route.trace is None or route.trace.place.path != file.path:
        return
    line = route.trace.place.line
    handlers = [n for n in file.nodes if isinstance(n, t.Function) and n.line == line and n.params]
    handler = max(handlers, key=lambda one: one.end - one.start, default=None)
    reads = [n for n in handler.walk() if isinstance(n, t.Assign) and _reads(file, n)] if handler else []
    if handler is None or len(reads) != 1 or any(re.search(rf"\b{one}\b", file.of(handler)) for one in _NAMES):
        return
    read = reads[0]
    names = {one.field: _name(file, read, one.field) for one in fields}
    if not all(names.values()) or file.function(read) is not handler:
        return
    zod = _zod(app, file)
    told = f"{{ {says(file)}: {file.said('Please check: ' + ', '.join(names))} }}"
    rows = list(answered(file, handler, 400, told))
    if not rows:
        return
    whole = read.target.id if isinstance(read.target, t.Name) else ""
    if whole and not zod and re.search(rf"\b{whole}\s*:\s*unknown\b", file.text):
        return
    tests = list(_by_zod(file, fields, names, whole) if zod else _plainly(file, fields, names))
    yield file.after(read, *tests, *(f"{file.step}{row}" for row in rows), "}")
    if zod and file.imports("zod") is None:
        yield file.new_import(f"import {{ z }} from {file.said('zod')}{file.end}")


def _reads(file: Handwriting, node: t.Assign) -> bool:
    return node.value is not None and bool(_READS.match(file.of(node.value)))


def _name(file: Handwriting, read: t.Assign, field: str) -> str:
    """What a field is called behind the statement that reads the body."""
    if isinstance(read.target, t.Name):
        return f"{read.target.id}.{field}"
    if not isinstance(read.target, t.Object):
        return ""
    taken = read.target.get(field)
    if taken is None:
        rest = next((value for key, value in read.target.entries if not isinstance(key, str) or key == "..."), None)
        inner = rest.value if isinstance(rest, t.Spread) else rest
        return f"{inner.id}.{field}" if isinstance(inner, t.Name) else ""
    inner = taken.target if isinstance(taken, t.Assign) else taken
    return inner.id if isinstance(inner, t.Name) else ""


def _zod(app: App, file: Handwriting) -> bool:
    """Whether a file has zod as `z`, or can import it so."""
    known = file.imports("zod")
    if known is not None:
        return any(local == "z" for _, local in known.names)
    if "supabase/functions/" in file.path or re.search(r"\bz\b", file.text) or "require(" in file.text:
        return False
    return manifest_of(app.files, file.path, "zod") is not None


def _by_zod(file: Handwriting, fields: Sequence[Stored], names: dict[str, str], whole: str) -> Iterator[str]:
    yield "const checked = z.object({"
    for one in fields:
        yield f"{file.step}{one.field}: z{_shape(file, one)}{'' if one.needed else '.nullish()'},"
    given = ", ".join(name if name == field else f"{field}: {name}" for field, name in names.items())
    yield f"}}).safeParse({whole or f'{{ {given} }}'}){file.end}"
    yield "if (!checked.success) {"


def _shape(file: Handwriting, one: Stored) -> str:
    low = f".{'gte' if one.or_equal else 'gt'}({one.least})" if one.least else ""
    if one.kind == "word of a list":
        return f".enum([{', '.join(map(file.said, one.words))}])"
    return {
        "number": f".coerce.number(){low}",
        "whole number": f".coerce.number().int(){low}",
        "yes or no": f".union([z.boolean(), z.enum([{file.said('true')}, {file.said('false')}])])",
        "date": ".coerce.date()",
        "id": f".string().regex({_ID})",
    }[one.kind]


def _plainly(file: Handwriting, fields: Sequence[Stored], names: dict[str, str]) -> Iterator[str]:
    tests = []
    for one in fields:
        test, name = _test(file, one, names[one.field]), names[one.field]
        kept = test if one.needed else f"{name} == null || {test}"
        tests.append(kept if one.needed or len(fields) == 1 else f"({kept})")
    first, *rest = tests
    if rest:
        yield "const fits ="
        yield from (f"{file.step}{test} &&" for test in tests[:-1])
    yield f"{file.step}{tests[-1]}{file.end}" if rest else f"const fits = {first}{file.end}"
    yield "if (!fits) {"


def _test(file: Handwriting, one: Stored, name: str) -> str:
    low = f" && Number({name}) {'>=' if one.or_equal else '>'} {one.least}" if one.least else ""
    if one.kind == "word of a list":
        return f"[{', '.join(map(file.said, one.words))}].includes(String({name}))"
    tests = {
        "number": f"Number.isFinite(Number({name})){low}",
        "whole number": f"Number.isInteger(Number({name})){low}",
        "yes or no": f"[{file.said('true')}, {file.said('false')}].includes(String({name}))",
        "date": f"!Number.isNaN(Date.parse(String({name})))",
        "id": f"{_ID}.test(String({name}))",
    }
    return f"({tests[one.kind]})" if low and not one.needed else tests[one.kind]
