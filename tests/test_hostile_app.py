"""A whole audit of apps that are broken, or made to break us: it ends, says what it saw, and writes nothing."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from apprescue.sprint.run import audit_folder

PLANTED = """
create table notes (id uuid primary key, user_id uuid, salary numeric, email text);
alter table notes enable row level security;
create policy "all" on notes for all using (true) with check (true);
"""
DEEP = 20_000
LONG = 300_000

NESTED = {
    "a.ts": "[" * DEEP,
    "b.ts": "const a = " + "(" * DEEP + "1" + ")" * DEEP,
    "c.ts": "f(" * DEEP + ")" * DEEP,
    "d.ts": "a" + ".b()" * DEEP,
    "e.ts": "const a = " + "'a'+" * DEEP + "req.body",
    "f.ts": "function f(x){if(x){}" + "else if(x){}" * 5000 + "}",
    "g.tsx": "const a = " + "<div>" * 3000 + "</div>" * 3000,
    "h.ts": "const f = " + "() => " * 5000 + "1",
    "i.ts": "const f = " + "a ? b : " * DEEP + "1",
    "j.ts": "const f = " + "`${" * 3000 + "1" + "}`" * 3000,
    "a.py": "x = " + "(" * DEEP,
    "b.py": "\n".join(" " * depth + "if x:" for depth in range(500)),
    "c.py": "x = a" + ".b()" * DEEP,
    "d.py": "x = " + "lambda: " * 5000 + "1",
    "e.py": "x = " + "1+" * DEEP + "1",
    "package.json": "[" * LONG,
    "tsconfig.json": '{"a":' * DEEP,
    "pyproject.toml": "a = " + "[" * DEEP,
    "prisma/schema.prisma": "model A {" * 3000,
    "firestore.rules": "match /a {" * 5000,
    "supabase/migrations/2.sql": "create table (" * 3000,
    "supabase/migrations/3.sql": "select " + "(" * DEEP + "1" + ")" * DEEP + ";",
    "supabase/migrations/4.sql": "create policy p on t using (" + "(" * 5000 + ")",
}
MISSHAPEN = {
    "package.json": '{"dependencies": [], "scripts": 3, "name": {}, "workspaces": 1}',
    "api/package.json": "[1]",
    "tsconfig.json": "3",
    "web/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": 3}, "baseUrl": []}}',
    "vercel.json": "null",
    "firebase.json": "[]",
    "openapi.json": '{"paths": []}',
    "openapi.yaml": "paths: 3",
    "pyproject.toml": "project = 3\ntool = []",
    "supabase/config.toml": "functions = 3",
    "docker-compose.yml": "a: &a [*a, *a]\n\t",
    ".github/workflows/ci.yml": "- - - -\n" * 100,
    ".env": "=\nexport\nA==\n'B'=1\n\0",
    "requirements.txt": "-r requirements.txt\n-e .\n@@@",
    "broken.ts": "export default async functio POST({ { => }}} `",
    "broken.py": "def f(:\n\treturn\n  x = = 1",
    "app/api/[[...x]]/route.ts": "export async function GET() {}",
    "app/api/[/route.ts": "export async function POST() {}",
    "con\nfig\x1b[31m.ts": "export const a = 1",
}
CYCLES = {
    "a.ts": "export * from './b'; export {x} from './b'; import a from './a'; export {a}",
    "b.ts": "export * from './a'; export {x} from './a'; import {x} from './a'; x()",
    "c.ts": "const a = a; const b = c, c = b; let d = () => d; const f = {...f}; export const {e} = e;",
    "d.ts": "class A extends B {} class B extends A { m() { this.m() } } "
    "function f(x) { return g([x]) } function g(x) { return f([x, x]) } "
    "export default async function handler(req, res) { f(req.body); new A().m() }",
    "e.ts": "const a0 = {x: 1};"
    + "".join(f"const a{i + 1} = {{...a{i}, p: a{i}, q: a{i}}};" for i in range(100))
    + "f(a100)",
    "app/api/x/route.ts": "".join(f"function f{i}(x) {{ f{i + 1}(x); f{i + 1}([x, x]) }}\n" for i in range(60))
    + "export async function POST(req) { f0(await req.json()) }",
    "f.py": "from g import *\nfrom g import y\ny()",
    "g.py": "from f import *\nfrom f import y\nclass A(B): pass\nclass B(A):\n  def m(self): return self.m()",
}
ENDLESS = {
    "a.ts": "const a = '" + " " * LONG + "'",
    "b.ts": "//" + "a" * LONG,
    "c.ts": "password = " * (LONG // 10),
    "d.ts": "const a = '" + "eyJ" * (LONG // 3) + "'",
    "e.ts": "fetch('http://a:b@" + "c." * (LONG // 2) + "')",
    "a.py": "password = '" * (LONG // 10),
    "a.yml": "password: " * (LONG // 10),
    "b.yml": "a:" * (LONG // 2),
    "a.txt": "-----BEGIN PRIVATE KEY-----\n" * (LONG // 30),
    "a.html": "<a " * (LONG // 3),
    ".env": "A=" + " " * LONG + "x",
    ".env.local": "A=${A}\n" * (LONG // 8),
    "a.toml": " " * LONG,
    "a.sql": "'" + "a" * LONG,
    "b.sql": "-- " + "/*" * LONG,
}


@pytest.mark.parametrize(
    "files", [NESTED, MISSHAPEN, CYCLES, ENDLESS], ids=["nested", "misshapen", "cycles", "endless lines"]
)
def test_the_audit_ends_and_still_sees_the_rest(files: dict[str, str], tmp_path: Path) -> None:
    for path, text in {**files, "supabase/migrations/1.sql": PLANTED}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    before = _snapshot(tmp_path)
    started = time.monotonic()
    done = audit_folder(tmp_path)
    assert time.monotonic() - started < 60
    assert done.crashed == ()
    assert [one for one in done.not_examined if "Error" in one.reason] == []
    assert any("notes" in str(finding.place) for finding in done.findings)
    assert _snapshot(tmp_path) == before


def _snapshot(root: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "" for p in root.rglob("*")}
