"""The Supabase client with the server's key, as a statement of a file can use it."""

from __future__ import annotations

import re

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

SECRET = "SUPABASE_SERVICE_ROLE_KEY"
_SERVES = re.compile(r"(?i)^(?:create|get|make)?(?:supabase)?(?:service|admin)(?:role)?client$")
_SHARED = re.compile(r"(?i)^(?:supabase_?(?:admin|service)(?:_?(?:role|client))*|admin_?(?:supabase|db))$")
_KEYS = re.compile(r"SERVICE_ROLE|SUPABASE_SECRET_KEY|SUPABASE_SERVICE_KEY")


def server_client(file: Handwriting, before: t.Node, own: str) -> tuple[str, list[str]]:
    """What goes round the rules at a statement, and the rows that make it: the file's own client, a helper's, or a new
    one by the name `own`. Nothing where none is to be had."""
    function = file.function(before)
    for node in file.nodes:
        if isinstance(node, t.Assign) and isinstance(node.target, t.Name) and node.start < before.start:
            near = file.function(node) in (None, function) and not any(isinstance(n, t.If) for n in file.above(node))
            if near and _is_servers(file, node.value):
                return node.target.id, []
    imported = [local for node in file.top if isinstance(node, t.Import) for _, local in node.names]
    helper = next((one for one in imported if _SERVES.match(one) and f"{one}()" in file.text), "")
    if helper:
        return (f"(await {helper}())" if f"await {helper}()" in file.text else f"{helper}()"), []
    shared = next((one for one in imported if _SHARED.match(one) and re.search(rf"\b{one}\b\s*\.", file.text)), "")
    if shared:
        return shared, []
    if "createClient" not in imported or "Deno.env" not in file.text:
        return "", []
    url, key = (f"Deno.env.get({file.said(name)})!" for name in ("SUPABASE_URL", SECRET))
    return own, [f"const {own} = createClient({url}, {key}){file.end}"]


def _is_servers(file: Handwriting, made: t.Node | None) -> bool:
    named = dotted(made.callee) if isinstance(made, t.Call) else ""
    given = made.args if isinstance(made, t.Call) and named == "createClient" else []
    if len(given) < 2 or any("Authorization" in file.of(one) for one in given[2:]):
        return False
    key = given[1]
    kept = [n.value for n in file.nodes if isinstance(n, t.Assign) and isinstance(n.target, t.Name)
            and isinstance(key, t.Name) and n.target.id == key.id and n.value]  # fmt: skip
    told = file.of(key) if not kept else file.of(kept[0]) if len(kept) == 1 else ""
    return bool(_KEYS.search(told)) and "ANON" not in told
