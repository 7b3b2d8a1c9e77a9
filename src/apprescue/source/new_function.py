"""An edge function of Supabase, written anew as the app's own are: their CORS headers, their client, their counter.

It answers signed-in users only, tells a refusal in its own words and anything else in one sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.function_callers import FUNCTIONS
from apprescue.source.handwriting import Handwriting, hand

_CLIENT = re.compile(r"""import\s*\{[^}]*\bcreateClient\b[^}]*\}\s*from\s*["']([^"']+)["']""")
_SHARED = f"{FUNCTIONS}_shared/cors.ts"
_EXPORTED = re.compile(r"export const corsHeaders\b[^=]*=\s*\{[^}]*Access-Control-Allow-Headers")
_ANSWERS = re.compile(r"export (?:function|const) json\b[^{]*\bstatus(?:: number)? = 200")
_OWN = """const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};
"""
_JSON = """
function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });
}
"""
_TEXT = """import {{ createClient }} from "{client}";
{cors}
Deno.serve(async (req) => {{
  if (req.method === "OPTIONS") return new Response(null, {{ headers: corsHeaders }});

  try {{
    const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {{
      auth: {{ persistSession: false }},
    }});
    const token = req.headers.get("Authorization")?.replace("Bearer ", "");
    if (!token) return json({{ error: "Please sign in" }}, 401);
    const {{ data: {{ user }} }} = await supabase.auth.getUser(token);
    if (!user) return json({{ error: "Please sign in" }}, 401);

{work}
  }} catch (error) {{
    console.error("{name} failed", error);
    return json({{ error: "Something went wrong. Please try again." }}, 500);
  }}
}});
"""


@dataclass(frozen=True)
class Counting:
    """The app's own function of the database that counts a user's calls: what it is called with, where `{user}` stands
    for the user's id."""

    name: str
    given: str


def function_path(name: str) -> str:
    """Where the function of a name stands."""
    return f"{FUNCTIONS}{name}/index.ts"


def free_name(app: App, words: str) -> str:
    """A name for a new function of these words (`suggestHashtags`); empty where it would be another's."""
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", words)
    name = "-".join(part.lower() for part in parts)
    taken = {path.split("/")[2] for path in app.files if path.startswith(FUNCTIONS)}
    names = (name, f"{name}-on-server")
    return next((one for one in names if re.fullmatch(r"[a-z][a-z0-9-]*", one) and one not in taken), "")


def new_function(app: App, name: str, work: Sequence[str]) -> str:
    """The function's text: `work` are the rows behind the login, which know `supabase` (with the server's key), `user`
    and `json`, and give the answer back."""
    rows = "\n".join(row[1:] if row[:1] == "\0" else f"    {row}" if row else "" for row in work)
    return _TEXT.format(client=_client(app), cors=_cors(app), work=rows, name=name)


def _client(app: App) -> str:
    found = Counter(
        one for path, text in app.files.items() if path.startswith(FUNCTIONS) for one in _CLIENT.findall(text)
    )
    full = [one for one, _ in found.most_common() if not one.startswith(".")]
    return full[0] if full else "https://esm.sh/@supabase/supabase-js@2"


def _cors(app: App) -> str:
    """What the function needs for its answers: the app's own, where they are shared."""
    shared = app.files.get(_SHARED, "")
    if not _EXPORTED.search(shared):
        return f"\n{_OWN}{_JSON}"
    if _ANSWERS.search(shared):
        return 'import { corsHeaders, json } from "../_shared/cors.ts";\n'
    return f'import {{ corsHeaders }} from "../_shared/cors.ts";\n{_JSON}'


def counting(app: App) -> Counting | None:
    """How the app's functions count what a user asks of a model, before they ask it; None where they do not."""
    asking = {one.place.path for one in app.ai_calls}
    for query in app.queries:
        if query.operation == "rpc" and query.as_whom == "service" and query.place.path in asking:
            file = hand(app, query.place.path) if query.place.path.startswith(FUNCTIONS) else None
            found = (
                next((made for call in file.calls(query.place) if (made := _counting(file, call))), None)
                if file
                else None
            )
            if found:
                return found
    return None


def _counting(file: Handwriting, call: t.Call) -> Counting | None:
    """`const { data: allowed } = await client.rpc("name", { user: user.id, most: 20 }); if (!allowed) ...`."""
    row = next((n for n in file.above(call) if isinstance(n, t.Assign)), None)
    rpc = next((n for n in call.walk() if isinstance(n, t.Call) and _is_rpc(n)), None)
    target = row.target if row else None
    allowed = target.get("data") if isinstance(target, t.Object) else None
    if rpc is None or not isinstance(allowed, t.Name) or len(rpc.args) != 2:
        return None
    named, given = rpc.args
    refuses = any(
        isinstance(n, t.If)
        and isinstance(n.test, t.Unary)
        and file.of(n.test) in (f"!{allowed.id}", f"(!{allowed.id})")
        for n in file.nodes
    )
    if not isinstance(named, t.Literal) or not isinstance(given, t.Object) or not refuses:
        return None
    told = [(key, _given(file, value)) for key, value in given.entries]
    users = [text for _, text in told if text == "user.id"]
    if len(users) != 1 or not all(isinstance(key, str) and text for key, text in told):
        return None
    return Counting(str(named.value), ", ".join(f"{key}: {text}" for key, text in told))


def _is_rpc(node: t.Call) -> bool:
    return isinstance(node.callee, t.Member) and node.callee.name == "rpc"


def _given(file: Handwriting, node: t.Node) -> str:
    """An argument of a counter: the caller, or a number."""
    if isinstance(node, t.Member) and node.name == "id" and isinstance(node.object, t.Name):
        return "user.id" if re.search(r"(?i)user", node.object.id) else ""
    if isinstance(node, t.Name):
        kept = [
            n.value
            for n in file.top
            if isinstance(n, t.Assign) and isinstance(n.target, t.Name) and n.target.id == node.id
        ]
        node = kept[0] if len(kept) == 1 and kept[0] is not None else node
    return str(node.value) if isinstance(node, t.Literal) and isinstance(node.value, int | float) else ""
