"""Repairs of what other sites may do."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

EXPRESS = """
import express from "express";
import cors from "cors";
import session from "express-session";
import jwt from "jsonwebtoken";

const app = express();
app.use(session({ secret: process.env.SESSION_SECRET }));
app.use(CORS);
app.get("/mine", (req, res) => {
  const user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
  res.json({ user });
});
app.listen(3000);
"""
PAGE = '<html><head><link rel="canonical" href="https://boats.shop/" /></head></html>'
ROWS = """// The sites whose pages may call this server, with commas between them.
const allowedOrigins = (process.env.ALLOWED_ORIGINS || "https://boats.shop").split(",");
if (process.env.NODE_ENV !== "production") allowedOrigins.push("http://localhost:3000");
"""


def listed(text: str, path: str = "server/index.ts", **more: str) -> Repaired:
    found = repaired("cors/list_origins", {path: text, "index.html": PAGE, **more})
    assert found.left == []
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cors()", "cors({ origin: allowedOrigins })"),
        ('cors({ origin: "*" })', "cors({ origin: allowedOrigins })"),
        ("cors({ origin: true, credentials: true })", "cors({ origin: allowedOrigins, credentials: true })"),
        ("cors({ credentials: true })", "cors({ origin: allowedOrigins, credentials: true })"),
        (
            "cors({ origin: (origin, done) => done(null, true), credentials: true })",
            "cors({ origin: allowedOrigins, credentials: true })",
        ),
    ],
)
def test_express_asks_the_list(before: str, after: str) -> None:
    found = listed(EXPRESS.replace("CORS", before))
    assert f"{ROWS}app.use({after});" in found.files["server/index.ts"]
    assert "ALLOWED_ORIGINS=\n" in found.files[".env.example"]
    assert "https://boats.shop" in found.patches[0].todo[0]


def test_a_setting_of_the_apps_own_stays() -> None:
    found = listed(EXPRESS.replace("CORS", 'cors({ origin: process.env.SITES || "*", credentials: true })'))
    assert 'origin: process.env.SITES || "https://boats.shop", credentials' in found.files["server/index.ts"]
    assert "Set SITES" in found.patches[0].todo[0]


def test_a_header_that_is_set_by_hand() -> None:
    own = '(req, res, next) => {\n  res.header("Access-Control-Allow-Origin", "*");\n  next();\n}'
    after = listed(EXPRESS.replace("CORS", own)).files["server/index.ts"]
    assert (
        '  res.header("Vary", "Origin");\n'
        "  const allowedOrigin = allowedOrigins.find((one) => one === req.headers.origin);\n"
        '  if (allowedOrigin) res.header("Access-Control-Allow-Origin", allowedOrigin);\n  next();'
    ) in after


FASTAPI = """
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    ORIGINS
    allow_credentials=True,
    allow_methods=["*"],
)
"""


@pytest.mark.parametrize(
    "before", ['allow_origins=["*"],  # tighten in production', 'allow_origin_regex=r".*",', 'allow_origins=["*"],']
)
def test_fastapi_asks_the_list(before: str) -> None:
    after = listed(FASTAPI.replace("ORIGINS", before), "main.py").files["main.py"]
    assert 'allowed_origins = os.getenv("ALLOWED_ORIGINS", "https://boats.shop").split(",")\napp.add' in after
    assert "    CORSMiddleware,\n    allow_origins=allowed_origins,\n    allow_credentials=True,\n" in after
    assert after.startswith("import os\nfrom fastapi")
    logs = listed("import logging\n" + FASTAPI.replace("ORIGINS", before), "main.py").files["main.py"]
    assert logs.startswith("import logging\nimport os\n\nfrom fastapi")


def test_a_list_in_a_name_and_a_setting_in_python() -> None:
    named = 'origins = ["*"]\napp.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)\n'
    head = (
        "import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\n"
    )
    after = listed(head + named, "main.py").files["main.py"]
    assert "\norigins = allowed_origins\n" in after
    read = "allow_origins=os.environ.get('SITES', '*').split(',')"
    after = listed(f"{head}app.add_middleware(CORSMiddleware, allow_credentials=True, {read})\n", "main.py").files
    assert "os.environ.get('SITES', 'https://boats.shop').split(',')" in after["main.py"]


def test_what_is_listed_or_public_stays() -> None:
    for own in ('cors({ origin: ["https://boats.shop"], credentials: true })', "cors({ origin: sites })"):
        text = EXPRESS.replace("CORS", own)
        assert repaired("cors/list_origins", {"server/index.ts": text}).patches == []


def test_an_edge_function_lets_go_of_credentials() -> None:
    text = """
    const headers = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Credentials": "true",
      "Access-Control-Allow-Headers": "authorization",
    };
    Deno.serve(async (req) => new Response("ok", { headers }));
    """
    path = "supabase/functions/book/index.ts"
    found = repaired("cors/list_origins", {path: text})
    assert found.left == []
    assert '"*",\n  "Access-Control-Allow-Headers"' in found.files[path]


BOOK = "supabase/functions/book/index.ts"


@pytest.mark.parametrize(
    ("bad", "after"),
    [
        ("{ status: 400 }", "{ status: 400, headers: cors }"),
        ('{ status: 400, headers: { "X": "1" } }', '{ status: 400, headers: { ...cors, "X": "1" } }'),
        ("{\n    status: 400,\n  }", "{\n    status: 400,\n    headers: cors,\n  }"),
    ],
)
def test_errors_carry_the_headers_too(bad: str, after: str) -> None:
    text = (
        'const cors = { "Access-Control-Allow-Origin": "*" };\n'
        "Deno.serve(async (req) => {\n"
        '  if (req.method === "OPTIONS") return new Response(null, { headers: cors });\n'
        "  const { boat } = await req.json();\n"
        '  if (!boat) return new Response("Which boat?", BAD);\n'
        '  return new Response("ok", { headers: cors });\n});\n'
    )
    found = repaired("cors/send_headers_on_error", {BOOK: text.replace("BAD", bad)})
    assert found.left == []
    assert f'new Response("Which boat?", {after});' in found.files[BOOK]


CALLED = {"src/Book.tsx": 'await supabase.functions.invoke("book", { body: { boat } });'}
SILENT = """
import { book } from "./book.ts";

Deno.serve(async (req) => {
  const { boat } = await req.json();
  if (!boat) return new Response("Which boat?", { status: 400 });
  return Response.json(await book(boat));
});
"""


def test_the_browsers_question_is_answered() -> None:
    found = repaired("cors/answer_preflight", {**CALLED, BOOK: SILENT})
    assert found.left == []
    after = found.files[BOOK]
    assert 'book.ts";\n\nconst corsHeaders = {\n  "Access-Control-Allow-Origin": "*",\n' in after
    asked = 'if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });'
    assert f"(req) => {{\n  {asked}\n  const {{ boat }}" in after
    assert "{ status: 400, headers: corsHeaders }" in after
    assert "Response.json(await book(boat), { headers: corsHeaders })" in after


def test_the_shared_headers_are_used() -> None:
    shared = {"supabase/functions/_shared/cors.ts": "export const corsHeaders = {'Access-Control-Allow-Origin': '*'};"}
    found = repaired("cors/answer_preflight", {**CALLED, **shared, BOOK: SILENT})
    assert found.left == []
    assert 'import { corsHeaders } from "../_shared/cors.ts";\n' in found.files[BOOK]


def test_a_handler_that_stands_elsewhere_is_left() -> None:
    text = 'import { handler } from "./handler.ts";\nDeno.serve(handler);\n'
    assert repaired("cors/answer_preflight", {**CALLED, BOOK: text}).patches == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '["https://boats.shop", "http://localhost:5173"]',
            '["https://boats.shop", ...(process.env.NODE_ENV === "production" ? [] : ["http://localhost:5173"])]',
        ),
        (
            '["http://localhost:5173", "https://boats.shop"]',
            '["https://boats.shop", ...(process.env.NODE_ENV === "production" ? [] : ["http://localhost:5173"])]',
        ),
        (
            '[\n  SITE || "http://localhost:1",\n  "http://localhost:1",\n  "https://boats.shop",\n  "http://localhost:2",\n]',
            (
                '[\n  SITE || "http://localhost:1",\n  "https://boats.shop",\n  ...'
                '(process.env.NODE_ENV === "production" ? [] : ["http://localhost:1", "http://localhost:2"]),\n]'
            ),
        ),
    ],
)
def test_localhost_is_let_in_outside_of_production(before: str, after: str) -> None:
    text = EXPRESS.replace("CORS", "cors({ origin: sites, credentials: true })")
    text = text.replace("const app", f"const SITE = process.env.SITE;\nconst sites = {before};\nconst app")
    found = repaired("cors/keep_localhost_out", {"server/index.ts": text})
    assert found.left == []
    assert f"const sites = {after};" in found.files["server/index.ts"]


def test_localhost_in_python() -> None:
    text = FASTAPI.replace("ORIGINS", 'allow_origins=["http://localhost:3000", "https://boats.shop"],')
    found = repaired("cors/keep_localhost_out", {"main.py": text})
    assert found.left == []
    told = '*(["http://localhost:3000"] if os.getenv("ENVIRONMENT") == "development" else [])'
    assert f'allow_origins=["https://boats.shop", {told}],' in found.files["main.py"]
    assert "ENVIRONMENT=\n" in found.files[".env.example"]
