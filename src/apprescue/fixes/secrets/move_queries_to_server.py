"""Pages of admins no longer hold the key that opens the whole database: an edge function makes their queries.

Each query becomes one operation of the function, with its table, columns and filters fixed on the server; only the
values that the page alone knows come in. The function asks for the admin's role as the app's other functions do. The
client with the key goes, and its public setting. Left are queries that are not known whole, pages that are not the
admins' by their name, and apps whose functions ask for no role.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Edit, Gone, Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.admin_asked import admin_asked
from apprescue.source.app_client import app_client
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.imports import Needed
from apprescue.source.new_function import free_name, function_path, new_function
from apprescue.source.powerful_queries import PowerfulQuery, powerful_queries
from apprescue.source.public_setting import without_setting
from apprescue.source.rotation import rotation
from apprescue.source.syntax import SCRIPTS

_MADE = re.compile(
    r"export const (\w+)[^=\n]*=\s*createClient(<Database>)?\(\s*[^,]+,\s*"
    r"(?:import\.meta\.env|process\.env)\.(\w*SERVICE_?(?:ROLE|KEY)\w*)\b"
)
_JOINT = re.compile(r"(^supabase|\))\.(?=\w+\()")
_TEXT = re.compile(r"""\"[^\"\n]*\"|'[^'\n]*'""")
_WIDTH = 110
_ADMINS = re.compile(r"(?i)admin")


@dataclass(frozen=True)
class _Page:
    """A file that makes queries with the key, and its import of the client."""

    file: Handwriting
    brings: t.Import
    queries: Sequence[PowerfulQuery]


@fix("secrets/service_role_in_browser", title="Make the admins' queries on the server, where the key is kept")
def move_queries_to_server(finding: Finding, app: App) -> Changes:
    """The function, the pages that call it, and the client that goes."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    made = list(_MADE.finditer(file.text)) if file else []
    if file is None or len(made) != 1 or len([n for n in file.top if isinstance(n, t.Export)]) != 1:
        return
    pages = _pages(app, file.path, made[0][1])
    asked, name = admin_asked(app), free_name(app, "admin-data")
    if not pages or not asked or not name or sum(r.name == made[0][3] for r in app.env_reads) != 1:
        return
    clients = [app_client(app, page.file.path) for page in pages]
    names = _operations([query for page in pages for query in page.queries])
    if None in clients:
        return
    yield Edit(function_path(name), 0, 0, new_function(app, name, list(_work(asked, names))))
    for page, client in zip(pages, clients, strict=True):
        yield from _moved(page, client, name, names, file if made[0][2] else None)
    yield Gone(file.path)
    yield from without_setting(app, made[0][3])
    yield Todo(f"Deploy the function before the pages that call it: supabase functions deploy {name}.")
    yield Todo(f"Replace the service role key: every visitor could read it. {rotation('Supabase')}")


def _pages(app: App, path: str, client: str) -> list[_Page]:
    """Every file that has the client; none where one of them does more than queries of admins."""
    stem = posixpath.splitext(path)[0]
    found: list[_Page] = []
    for one, text in sorted(app.files.items()):
        if (
            one == path
            or not one.endswith(SCRIPTS)
            or not re.search(rf"\b{client}\b|/{posixpath.basename(stem)}['\"]", text)
        ):
            continue
        file = Handwriting(one, text)
        brings = [n for n in file.top if isinstance(n, t.Import) and _leads_to(n.module, one, stem)]
        if not brings:
            continue
        queries = powerful_queries(file, client)
        if len(brings) > 1 or brings[0].names != [(client, client)] or queries is None or not _ADMINS.search(one):
            return []
        found.append(_Page(file, brings[0], queries))
    return found


def _leads_to(module: str, path: str, stem: str) -> bool:
    bare = posixpath.splitext(module)[0] if module.endswith(SCRIPTS) else module
    if bare.startswith("."):
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), bare)) == stem
    return bare.startswith(("@/", "~/", "src/")) and stem.endswith(f"/{bare.partition('/')[2]}")


def _operations(queries: Sequence[PowerfulQuery]) -> dict[str, PowerfulQuery]:
    """The queries by the names of their operations."""
    names: dict[str, PowerfulQuery] = {}
    for query in queries:
        name = f"{query.verb}-{query.table.replace('_', '-')}"
        free = name if name not in names else next(f"{name}-{n}" for n in range(2, 99) if f"{name}-{n}" not in names)
        names[free] = query
    return names


def _work(asked: str, names: dict[str, PowerfulQuery]) -> Iterator[str]:
    """The function's rows: the role, then each operation."""
    yield from _chained("const { data: role } = await ", asked, "")
    yield 'if (!role) return json({ error: "Admins only" }, 403);'
    yield ""
    yield "const body = await req.json();"
    for name, query in names.items():
        yield f'if (body.operation === "{name}") {{'
        if query.outside:
            given = ", ".join(query.outside)
            yield f"  const {{ {given} }} = body;"
            yield f'  if ([{given}].some((value) => !["string", "number", "boolean"].includes(typeof value))) {{'
            yield '    return json({ error: "Something is missing" }, 400);'
            yield "  }"
        yield from _chained("const { data, error } = await ", query.text + query.limit, "  ")
        yield "  if (error) throw error;"
        yield "  return json(data);"
        yield "}"
    yield 'return json({ error: "There is no such operation" }, 400);'


def _chained(before: str, chain: str, indent: str) -> Iterator[str]:
    """A statement that calls a chain, which gets a row for each of its calls where it is long."""
    joints = _JOINT.findall(_TEXT.sub("''", chain))
    if len(indent + before + chain) <= _WIDTH or len(joints) != len(_JOINT.findall(chain)):
        yield from f"{indent}{before}{chain};".split("\n")
        return
    rows = _JOINT.sub("\\1\n.", chain).split("\n")
    yield f"{indent}{before}{rows[0]}"
    yield from (f"{indent}  {row}" for row in rows[1:-1])
    yield f"{indent}  {rows[-1]};"


def _rows_of(file: Handwriting, query: PowerfulQuery, text: str) -> str:
    """A call with the type of its answer, over several rows where it is long."""
    indent, step = file.indent(query.awaited), file.step
    if len(indent + text) <= _WIDTH // 2:
        return text
    head, _, tail = text.partition(", { body: ")
    sent, _, kind = tail.partition(" })) as { ")
    rows, error = kind.removesuffix(" }").rsplit("; ", 1)
    inner = f"\n{indent}{step}"
    return f"{head}, {{{inner}body: {sent},\n{indent}}})) as {{{inner}{rows};{inner}{error};\n{indent}}}"


def _moved(
    page: _Page, client: Needed | None, name: str, names: dict[str, PowerfulQuery], typed: Handwriting | None
) -> Iterator[Change]:
    """The calls in a page, and its imports."""
    file, brings = page.file, page.brings
    row = file.of(brings)
    kinds = False
    for operation, query in names.items():
        if not any(query is own for own in page.queries):
            continue
        given = "".join(f", {key}" if key == told else f", {key}: {told}" for key, told in query.outside.items())
        sent = f"{{ body: {{ operation: {file.said(operation)}{given} }} }}"
        call = f"await supabase.functions.invoke({file.said(name)}, {sent})"
        kind = _kind(query) if typed and file.path.endswith((".ts", ".tsx")) else ""
        kinds = kinds or bool(kind)
        yield file.instead(query.awaited, _rows_of(file, query, f"({call}) as {kind}") if kind else call)
    known = any(isinstance(n, t.Import) and "supabase" in (local for _, local in n.names) for n in file.top)
    rows = [] if known or client is None else [f"import {{ supabase }} from {file.said(client.module)}{file.end}"]
    types = (
        next((n.module for n in typed.top if isinstance(n, t.Import) and ("Database", "Database") in n.names), "")
        if typed
        else ""
    )
    if kinds and "Database" not in file.text:
        beside = posixpath.join(posixpath.dirname(brings.module), types) if types.startswith("./") else types
        rows.append(f"import type {{ Database }} from {file.said(posixpath.normpath(beside))}{file.end}")
    end = brings.start + len(row.encode()) + (1 if file.code[brings.start + len(row.encode()) :][:1] == b";" else 0)
    yield Edit(file.path, brings.start, end, "\n".join(rows)) if rows else Edit(file.path, brings.start, end + 1, "")


def _kind(query: PowerfulQuery) -> str:
    """The answer's type, as long as its rows are looked at."""
    looks = isinstance(query.target, t.Object) and query.target.get("data") is not None
    if not looks or not query.columns:
        return ""
    row = f'Database["public"]["Tables"]["{query.table}"]["Row"]'
    if query.columns != ("*",):
        row = f"Pick<{row}, {' | '.join(f'{chr(34)}{one}{chr(34)}' for one in query.columns)}>"
    return f"{{ data: {row}{' | null' if query.single else '[]'}; error: Error | null }}"
