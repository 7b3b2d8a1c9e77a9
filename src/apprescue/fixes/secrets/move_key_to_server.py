"""A page no longer calls a language model with your key: an edge function with the key on the server does it.

For apps of Supabase: the function holds the whole prompt, the model and a cap on the answer's length, asks who is
calling, counts the call with the app's own counter or a new one, and takes from the page only the texts that it cannot
know, of limited length. The page calls it with the app's own client and goes on with the same answer; the public
setting goes. Left are streams, clients that make several calls or are handed on, prompts that come from outside as a
whole, and apps whose users do not sign in with Supabase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Edit, Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.app_client import app_client
from apprescue.source.browser_models import ModelCall, model_call
from apprescue.source.call_counter import counter
from apprescue.source.env_example import example_of, named_in_example
from apprescue.source.handwriting import hand
from apprescue.source.imports import with_imports
from apprescue.source.new_function import Counting, free_name, function_path, new_function
from apprescue.source.prompts import uses
from apprescue.source.public_setting import without_setting
from apprescue.source.rotation import rotation

_LONGEST = "10_000"
_SECTION = re.compile(r"^#[^\n]*(?:edge functions?|supabase secrets)[^\n]*\n", re.I | re.M)


@fix(
    "ai/model_call_in_browser",
    "secrets/secret_under_public_prefix",
    "secrets/key_in_client_code",
    title="Call the model from the server, where its key is kept",
)
def move_key_to_server(finding: Finding, app: App) -> Changes:
    """The function, the page that calls it, and the settings."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    if file is None or file.is_python or not any(path.startswith("supabase/") for path in app.files):
        return
    call = model_call(file)
    if call is None or (call.variable and len({r.place for r in app.env_reads if r.name == call.variable}) != 1):
        return
    client = app_client(app, file.path)
    name = free_name(app, _named(call))
    page = list(_page(call, name))
    counted = counter(app)
    if client is None or not name or not page or counted is None:
        return
    yield from counted[1]
    yield Edit(function_path(name), 0, 0, new_function(app, name, list(_work(call, counted[0]))))
    yield from page
    yield from _imports(call, with_imports(file.path, file.text, file.top, [client]))
    yield from _settings(app, call)
    if counted[1]:
        yield Todo("Run the new migration, which counts each user's calls, before the function: supabase db push")
    yield Todo(f"Set the key for the function: supabase secrets set {call.setting}=your-new-key")
    yield Todo(
        f"Deploy it before the pages that call it: supabase functions deploy {name}. It answers signed-in users."
    )
    yield Todo(f"Replace the key of {call.provider}: every visitor could read it. {rotation(call.provider)}")


def _named(call: ModelCall) -> str:
    """What the call is for, by the name of its function or of its file."""
    function = call.file.function(call.awaited)
    over = next(iter(call.file.above(function)), None) if function else None
    name = function.name if function else ""
    if not name and isinstance(over, t.Assign) and isinstance(over.target, t.Name):
        name = over.target.id
    return name or basename(call.file.path).partition(".")[0]


def _work(call: ModelCall, counted: Counting) -> Iterator[str]:
    """The function's rows: the key, what the page sends, the count, the model, the answer."""
    yield f'const key = Deno.env.get("{call.setting}");'
    yield f'if (!key) throw new Error("{call.setting} is not set");'
    yield ""
    if call.outside:
        names = ", ".join(call.outside)
        yield f"const {{ {names} }} = await req.json();"
        wrong = " || ".join(f'typeof {one} !== "string" || {one}.length > {_LONGEST}' for one in call.outside)
        yield f"if ({wrong}) {{"
        yield '  return json({ error: "A text has at most 10000 characters" }, 400);'
        yield "}"
        yield ""
    yield f'const {{ data: allowed }} = await supabase.rpc("{counted.name}", {{ {counted.given} }});'
    yield 'if (!allowed) return json({ error: "That was enough for today" }, 429);'
    yield ""
    quoted = {name: name if name.isalpha() else f'"{name}"' for name, _ in call.headers}
    headers = ", ".join(f"{quoted[name]}: {value}" for name, value in call.headers)
    yield f'const response = await fetch("{call.url}", {{'
    yield '  method: "POST",'
    yield f'  headers: {{ {headers}, "Content-Type": "application/json" }},'
    yield from _body(call)
    yield "  signal: AbortSignal.timeout(30_000),"
    yield "});"
    yield "if (!response.ok) throw new Error(`The model answered with ${response.status}`);"
    yield ""
    read = _read_of(call)
    yield f"const {{ {', '.join(read)} }} = await response.json();" if read else "const answer = await response.json();"
    yield f"return json({{ {', '.join(read)} }});" if read else "return json(answer);"


def _body(call: ModelCall) -> Iterator[str]:
    """The request's body, moved to where it stands now; rows inside of a text over several rows stay."""
    rows = f"body: JSON.stringify({call.payload}),".split("\n")
    if "`" in call.payload and len(rows) > 1 and re.search(r"`[^`]*\n[^`]*`", call.payload):
        yield f"  {rows[0]}"
        yield from (f"\0{row}" for row in rows[1:])
        return
    least = min((len(row) - len(row.lstrip()) for row in rows[1:] if row.strip()), default=0)
    yield f"  {rows[0]}"
    yield from (f"  {row[least:]}" for row in rows[1:])


def _read_of(call: ModelCall) -> list[str]:
    """The parts of the answer that the page reads; none where it handles the answer as a whole."""
    row = call.file.statement(call.awaited)
    if not isinstance(row, t.Assign) or row.value is not call.awaited or not isinstance(row.target, t.Name):
        return []
    name = row.target.id
    others = [one for one in uses(call.file, name) if one is not row.target]
    parts = [
        n for n in call.file.nodes if isinstance(n, t.Member) and isinstance(n.object, t.Name) and n.object.id == name
    ]
    return sorted({one.name for one in parts}) if len(parts) == len(others) else []


def _page(call: ModelCall, name: str) -> Iterator[Edit]:
    """The call of the function in the place of the model's."""
    file, awaited = call.file, call.awaited
    row, function = file.statement(awaited), file.function(awaited)
    if function is None or not isinstance(row, t.Assign | t.Return):
        return
    words = set(re.findall(r"\w+", file.of(function)))
    failed = next(one for one in ("error", "invokeError", "functionError") if one not in words)
    sent = ", ".join(key if key == text else f"{key}: {text}" for key, text in call.outside.items())
    body = f", {{ body: {{ {sent} }} }}" if sent else ""
    invoked = f"await supabase.functions.invoke({file.said(name)}{body}){file.end}"
    thrown = f"if ({failed}) throw {failed}{file.end}"
    if isinstance(row, t.Assign) and row.value is awaited and isinstance(row.target, t.Name):
        yield file.instead(awaited, invoked.removesuffix(file.end) if file.end else invoked)
        told = f"{{ data: {row.target.id}, error{'' if failed == 'error' else f': {failed}'} }}"
        yield file.instead(row.target, told)
        yield file.after(row, thrown)
    else:
        answer = next(one for one in ("data", "answer", "invoked") if one not in words)
        told = (
            f"{{ data{'' if answer == 'data' else f': {answer}'}, error{'' if failed == 'error' else f': {failed}'} }}"
        )
        yield file.before(row, f"const {told} = {invoked}", thrown)
        yield file.instead(awaited, answer)
    yield from (_without(call, one) for one in call.idle if not isinstance(one, t.Import))


def _without(call: ModelCall, node: t.Node, empty: bool = True) -> Edit:
    """The edit that takes a statement out, with its row and, between two empty ones, the one behind it."""
    code = call.file.code
    start = code.rfind(b"\n", 0, node.start) + 1
    end = code.find(b"\n", node.end)
    end = len(code) if end < 0 else end + 1
    if empty and code[end : end + 1] == b"\n" and code[max(0, start - 2) : start] in (b"\n\n", b""):
        end += 1
    return Edit(call.file.path, start, end, "")


def _imports(call: ModelCall, added: Iterator[Edit]) -> Iterator[Edit]:
    """The SDK's import goes, the client's comes."""
    gone = [_without(call, one, empty=False) for one in call.idle if isinstance(one, t.Import)]
    for one in added:
        inside = next((edit for edit in gone if edit.start <= one.start <= edit.end), None)
        if inside is None:
            yield one
        else:
            gone.remove(inside)
            yield Edit(inside.path, inside.start, inside.end, one.text.lstrip("\n") + "\n")
    yield from gone


def _settings(app: App, call: ModelCall) -> Iterator[Change]:
    """The public setting leaves every file that names it; the server's stands in the example."""
    path = function_path("any")
    example, text = example_of(app, path), app.files.get(example_of(app, path), "")
    section = _SECTION.search(text)
    told = re.search(rf"^{call.setting}=", text, re.M)
    if section and not told:
        at = len(text[: section.end()].encode("utf-8", "surrogatepass"))
        yield Edit(example, at, at, f"{call.setting}=\n")
    else:
        yield from named_in_example(app, path, [call.setting], "Edge functions (supabase secrets set NAME=value)")
    if call.variable:
        yield from without_setting(app, call.variable)
