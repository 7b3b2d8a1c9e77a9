"""Repairs of keys in pages: what they were for is done on the server."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.fixes.support import Repaired, repaired

CLIENT = """
import { createClient } from "@supabase/supabase-js";

export const supabase = createClient("https://abc.supabase.co", "sb_publishable_abcdefghijklmnop");
"""
LOGIN = """
import { supabase } from "@/lib/supabase";

export const signIn = (email: string, password: string) => supabase.auth.signInWithPassword({ email, password });
"""
COUNTING = """
import { createClient } from "npm:@supabase/supabase-js@2.49.1";

const ALLOWANCE = 20;

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const token = req.headers.get("Authorization")?.replace("Bearer ", "");
  const { data: { user } } = await admin.auth.getUser(token);
  if (!user) return new Response("Please sign in", { status: 401 });
  const { data: allowed } = await admin.rpc("count_call", { caller: user.id, most: ALLOWANCE });
  if (!allowed) return new Response("Enough", { status: 429 });
  const answer = await fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` },
    body: JSON.stringify({ model: "gpt-4o", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }),
    signal: AbortSignal.timeout(9_000),
  });
  return new Response(await answer.text());
});
"""
PAGE = """
import OpenAI from "openai";

const openai = new OpenAI({ apiKey: import.meta.env.VITE_OPENAI_API_KEY, dangerouslyAllowBrowser: true });

export async function nameDish(recipe: string): Promise<string> {
  const answer = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [
      { role: "system", content: "You name dishes." },
      { role: "user", content: `The recipe: ${recipe}` },
    ],
  });
  return answer.choices[0].message.content ?? "";
}
"""
CALL = PAGE[PAGE.index("  const answer") : PAGE.index("  return")]
NEW = "supabase/functions/name-dish/index.ts"


def moved(page: str = PAGE, path: str = "src/lib/dishes.ts", **more: str) -> Repaired:
    files = {
        "package.json": '{"dependencies": {"vite": "5.0.0", "openai": "4.0.0", "@supabase/supabase-js": "2.49.1"}}',
        "src/lib/supabase.ts": CLIENT,
        "src/lib/login.ts": LOGIN,
        "supabase/functions/greet/index.ts": COUNTING,
        ".env.example": "VITE_OPENAI_API_KEY=\nVITE_NAME=\n",
        path: page,
    }
    return repaired("secrets/move_key_to_server", {**files, **more})


def test_the_page_asks_a_function_that_has_the_key() -> None:
    found = moved()
    assert found.left == []
    assert found.files["src/lib/dishes.ts"] == dedent("""\
        import { supabase } from "@/lib/supabase";

        export async function nameDish(recipe: string): Promise<string> {
          const { data: answer, error } = await supabase.functions.invoke("name-dish", { body: { recipe } });
          if (error) throw error;
          return answer.choices[0].message.content ?? "";
        }
        """)
    after = found.files[NEW]
    assert after.startswith(
        'import { createClient } from "npm:@supabase/supabase-js@2.49.1";\n\nconst corsHeaders = {\n'
    )
    asked = [
        "await supabase.auth.getUser(token);",
        'if (!user) return json({ error: "Please sign in" }, 401);',
        'const key = Deno.env.get("OPENAI_API_KEY");',
        'if (typeof recipe !== "string" || recipe.length > 10_000) {',
        'await supabase.rpc("count_call", { caller: user.id, most: 20 });',
        'const response = await fetch("https://api.openai.com/v1/chat/completions", {',
        "headers: { Authorization: `Bearer ${key}`, ",
        '      body: JSON.stringify({\n        max_tokens: 1000,\n        model: "gpt-4o-mini",\n        messages: [\n',
        '{ role: "user", content: `The recipe: ${recipe}` },',
        "signal: AbortSignal.timeout(30_000),",
        "return json({ choices });",
    ]
    places = [after.index(row) for row in asked]
    assert places == sorted(places)
    assert found.files[".env.example"] == dedent("""\
        VITE_NAME=

        # Edge functions (supabase secrets set NAME=value)
        OPENAI_API_KEY=
        """)
    told = "\n".join(found.patches[0].todo)
    assert "supabase secrets set OPENAI_API_KEY=" in told
    assert "supabase functions deploy name-dish" in told
    assert "On platform.openai.com under API keys revoke the key" in told


def test_calls_are_counted_anew_where_the_app_does_not_count_them() -> None:
    files = {
        "supabase/functions/greet/index.ts": "Deno.serve(() => new Response('Hi'));",
        "supabase/migrations/20250101000000_cooks.sql": "create table public.cooks (id uuid primary key);",
    }
    found = moved(**files)
    assert found.left == []
    assert 'rpc("count_ai_call", { _user_id: user.id, _most: 100 });' in found.files[NEW]
    made = next(text for path, text in found.files.items() if path.endswith("_count_ai_calls.sql"))
    assert "alter table public.ai_calls enable row level security;" in made
    assert "revoke execute on function public.count_ai_call(uuid, integer) from public, anon, authenticated;" in made
    assert "supabase db push" in "".join(found.patches[0].todo)
    assert moved(**{**files, "supabase/migrations/20250101000000_cooks.sql": "create table ai_calls ();"}).edits == 0


def test_a_key_that_stands_in_the_page() -> None:
    page = PAGE.replace("import.meta.env.VITE_OPENAI_API_KEY", '"sk-proj-8Zx2Qv7Lm4Tn9Rb1Wc6Yd3Kf5Hg0JpAs"')
    found = moved(page)
    assert found.left == []
    assert "sk-proj-" not in "".join(found.files.values())
    assert 'Deno.env.get("OPENAI_API_KEY")' in found.files[NEW]


def test_prompts_and_models_that_have_names_go_along() -> None:
    page = PAGE.replace("export async", 'const MODEL = "gpt-4o-mini";\n\nexport async')
    page = page.replace('"gpt-4o-mini",\n    messages', "MODEL,\n    messages")
    page = page.replace("  const answer", "  const prompt = `The recipe: ${recipe.trim()}`;\n  const answer")
    found = moved(page.replace("content: `The recipe: ${recipe}`", "content: prompt"))
    assert found.left == []
    assert "prompt" not in found.files["src/lib/dishes.ts"]
    assert "MODEL" not in found.files["src/lib/dishes.ts"]
    assert "{ body: { recipe: recipe.trim() } }" in found.files["src/lib/dishes.ts"]
    assert 'model: "gpt-4o-mini"' in found.files[NEW]
    assert "content: `The recipe: ${recipe}` }" in found.files[NEW]


def test_what_a_component_keeps_and_an_answer_that_has_no_name() -> None:
    page = """
    import { useState } from "react";
    import Anthropic from "@anthropic-ai/sdk";

    const claude = new Anthropic({ apiKey: import.meta.env.VITE_ANTHROPIC_API_KEY, dangerouslyAllowBrowser: true });

    export function Dishes() {
      const [recipe, setRecipe] = useState("");
      const [name, setName] = useState("");
      const nameDish = async () => {
        const message = (await claude.messages.create({
          model: "claude-3-5-haiku-latest",
          max_tokens: 200,
          messages: [{ role: "user", content: recipe }],
        })).content[0];
        setName(message.type === "text" ? message.text : "");
      };
      return <button onClick={nameDish}>{name}</button>;
    }
    """
    found = moved(page, "src/pages/Dishes.tsx")
    assert found.left == []
    after = found.files["src/pages/Dishes.tsx"]
    assert '    const { data, error } = await supabase.functions.invoke("name-dish", { body: { recipe } });\n' in after
    assert "    if (error) throw error;\n    const message = data.content[0];\n" in after
    assert 'headers: { "x-api-key": key, "anthropic-version": "2023-06-01", ' in found.files[NEW]
    assert "max_tokens: 1000" not in found.files[NEW]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('model: "gpt-4o-mini",', 'model: "gpt-4o-mini", stream: true,'),
        ("const openai", "export const openai"),
        ('content: "You name dishes."', "content: `You name dishes: ${recipe}`"),
        ("recipe: string", "recipe: Recipe"),
        ('model: "gpt-4o-mini"', "model: recipe"),
        ("  return answer", "  await openai.models.list();\n  return answer"),
        ("VITE_OPENAI_API_KEY,", "VITE_OPENAI_API_KEY, organization: 'x',"),
        ("  return answer", "  console.log(import.meta.env.VITE_OPENAI_API_KEY);\n  return answer"),
        ("await openai", "openai"),
        ("const openai", "let kind: OpenAI.Model;\nconst openai"),
    ],
)
def test_calls_of_which_not_all_is_known_stay(old: str, new: str) -> None:
    page = PAGE.replace("`The recipe: ${recipe}`", "recipe") if "Recipe" in new else PAGE
    assert old in page
    assert moved(page.replace(old, new)).edits == 0


def test_apps_whose_users_do_not_sign_in_stay() -> None:
    assert moved(**{"src/lib/login.ts": "export {};"}).edits == 0
    assert moved(**{"src/lib/supabase.ts": CLIENT.replace("sb_publishable_", "sb_secret_")}).edits == 0


ADMIN_CLIENT = """
import { createClient } from "@supabase/supabase-js";
import type { Database } from "./types";

export const admin = createClient<Database>(
  import.meta.env.VITE_SUPABASE_URL,
  import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY,
);
"""
ADMIN_PAGE = """
import { admin } from "@/lib/admin";

export async function waiting() {
  const { data, error } = await admin.from("cooks").select("id, name").eq("is_listed", false);
  if (error) throw error;
  return data.map((cook) => cook.name);
}

export async function list(id: string) {
  await admin.from("cooks").update({ is_listed: true }).eq("id", id);
}
"""
BAN = """
import { createClient } from "npm:@supabase/supabase-js@2.49.1";

Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const token = req.headers.get("Authorization")?.replace("Bearer ", "");
  const { data: { user } } = await db.auth.getUser(token);
  if (!user) return new Response("Please sign in", { status: 401 });
  const { data: role } = await db.from("staff").select("id").eq("user_id", user.id).eq("role", "admin").maybeSingle();
  if (!role) return new Response("Admins only", { status: 403 });
  const { cookId } = await req.json();
  await db.from("cooks").delete().eq("id", cookId);
  return new Response("{}");
});
"""


def asked_for_admins(page: str = ADMIN_PAGE, path: str = "src/pages/AdminCooks.ts", **more: str) -> Repaired:
    files = {
        "package.json": '{"dependencies": {"vite": "5.0.0", "@supabase/supabase-js": "2.49.1"}}',
        "src/lib/supabase.ts": CLIENT,
        "src/lib/login.ts": LOGIN,
        "src/lib/admin.ts": ADMIN_CLIENT,
        "supabase/functions/ban-cook/index.ts": BAN,
        ".env.example": "VITE_SUPABASE_URL=\nVITE_SUPABASE_SERVICE_ROLE_KEY=\n",
        path: page,
    }
    return repaired("secrets/move_queries_to_server", {**files, **more})


def test_queries_of_admins_are_made_on_the_server() -> None:
    found = asked_for_admins()
    assert found.left == []
    assert "src/lib/admin.ts" not in found.files
    assert found.files[".env.example"] == "VITE_SUPABASE_URL=\n"
    assert found.files["src/pages/AdminCooks.ts"] == dedent("""\
        import { supabase } from "@/lib/supabase";
        import type { Database } from "@/lib/types";

        export async function waiting() {
          const { data, error } = (await supabase.functions.invoke("admin-data", {
            body: { operation: "list-cooks" },
          })) as {
            data: Pick<Database["public"]["Tables"]["cooks"]["Row"], "id" | "name">[];
            error: Error | null;
          };
          if (error) throw error;
          return data.map((cook) => cook.name);
        }

        export async function list(id: string) {
          await supabase.functions.invoke("admin-data", { body: { operation: "update-cooks", id } });
        }
        """)
    after = found.files["supabase/functions/admin-data/index.ts"]
    asked = [
        "await supabase.auth.getUser(token);",
        '.from("staff")',
        '.eq("user_id", user.id)',
        '.eq("role", "admin")',
        'if (!role) return json({ error: "Admins only" }, 403);',
        'if (body.operation === "list-cooks") {',
        'supabase.from("cooks").select("id, name").eq("is_listed", false).range(0, 999);',
        'if (body.operation === "update-cooks") {',
        "const { id } = body;",
        'supabase.from("cooks").update({ is_listed: true }).eq("id", id);',
    ]
    places = [after.index(row) for row in asked]
    assert places == sorted(places)
    assert "Replace the service role key" in found.patches[0].todo[-1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("update({ is_listed: true })", "update(changes)"),
        ("await admin.from", "admin.from"),
        ("export async function list", "export { admin };\nexport async function list"),
        ('.select("id, name")', ".select(columns)"),
        ("const { data, error } =", "const { data, count, error } ="),
        ('admin.from("cooks").update', 'admin.storage.from("cooks").update'),
    ],
)
def test_queries_of_which_not_all_is_known_stay(old: str, new: str) -> None:
    assert old in ADMIN_PAGE
    assert asked_for_admins(ADMIN_PAGE.replace(old, new)).edits == 0


def test_pages_of_everybody_and_apps_without_a_role_stay() -> None:
    assert asked_for_admins(path="src/pages/Cooks.ts").edits == 0
    assert asked_for_admins(**{"supabase/functions/ban-cook/index.ts": "Deno.serve(() => new Response());"}).edits == 0
