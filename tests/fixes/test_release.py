"""Repairs of how an app is released."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from apprescue.source.written import written
from tests.fixes.support import Repaired, repaired

EXPRESS = """
const express = require("express")

const app = express()
app.get("/tea", (req, res) => res.json({ tea: "green" }))
app.listen(3000)
"""
HONO = """
import { Hono } from 'hono';

const app = new Hono();
app.get('/tea', (c) => c.json({ tea: 'green' }));
export default app;
"""
FASTIFY = """
import Fastify from 'fastify';

const app = Fastify({ logger: true });
app.get('/tea', async () => ({ tea: 'green' }));
await app.listen({ port: 3000 });
"""


def manifest(name: str, version: str = "^5.0.0") -> str:
    return f'{{"name": "tea", "dependencies": {{"{name}": "{version}"}}}}'


def with_headers(files: Mapping[str, str]) -> Repaired:
    return repaired("release/add_security_headers", files)


def test_express_sends_them_first_of_all() -> None:
    done = with_headers({"package.json": manifest("express"), "server.js": EXPRESS})
    assert done.left == []
    assert (
        'const app = express()\n\napp.use((_req, res, next) => {\n  res.setHeader("X-Content-Type'
        in done.files["server.js"]
    )
    assert '  next()\n})\napp.get("/tea"' in done.files["server.js"]
    assert done.files["package.json"] == manifest("express")


def test_hono_takes_its_own_middleware() -> None:
    done = with_headers({"package.json": manifest("hono", "^4.7.0"), "src/index.ts": HONO})
    assert done.left == []
    after = done.files["src/index.ts"]
    assert "import { Hono } from 'hono';\nimport { secureHeaders } from 'hono/secure-headers';\n" in after
    assert "const app = new Hono();\n\napp.use(secureHeaders({ crossOriginResourcePolicy: false }));\n" in after


def test_fastify_has_a_hook_for_it() -> None:
    done = with_headers({"package.json": manifest("fastify"), "src/index.ts": FASTIFY})
    assert done.left == []
    assert "app.addHook('onSend', async (_request, reply) => {\n  reply.header('X-Content" in done.files["src/index.ts"]


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": manifest("hono", "^2.0.0"), "src/index.ts": HONO},
        {"package.json": manifest("express"), "server.js": EXPRESS.replace("const app = express()", "app(express())")},
        {"package.json": manifest("express"), "server.js": EXPRESS, "vercel.json": '{"headers": "X-Frame-Options"}'},
    ],
)
def test_what_is_not_sure_or_has_them_is_left(files: dict[str, str]) -> None:
    assert with_headers(files).patches == []


VITE = '{"name": "tea", "scripts": {"build": "vite build", "lint": "eslint ."}, "devDependencies": {"vite": "^5.4.0"}}'
TESTED = """
{
  "scripts": {"build": "BUILD", "test": "vitest run", "typecheck": "tsc --noEmit"},
  "dependencies": {"vite": "5", "vitest": "2"}
}
"""


def with_checks(files: Mapping[str, str]) -> Repaired:
    return repaired("release/add_checks", files)


def commands(done: Repaired) -> list[str]:
    jobs = yaml.safe_load(done.files[".github/workflows/checks.yml"])["jobs"]
    return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]


def test_an_app_without_tests_gets_one_of_what_is_built() -> None:
    done = with_checks({"package.json": VITE, "package-lock.json": "{}", "src/main.ts": "export {}"})
    assert done.left == []
    assert commands(done) == ["npm ci", "npm run build", "node --test tests/build.test.mjs"]
    assert "%OUT%" not in done.files["tests/build.test.mjs"]


def test_the_tests_that_are_there_are_run() -> None:
    files = {
        "web/package.json": TESTED.replace("BUILD", "vite build"),
        "web/src/a.test.ts": "",
        "web/pnpm-lock.yaml": "",
    }
    done = with_checks(files)
    assert done.left == []
    install = "corepack enable && pnpm install --frozen-lockfile"
    assert commands(done) == [install, "pnpm typecheck", "pnpm test", "pnpm build"]
    jobs = yaml.safe_load(done.files[".github/workflows/checks.yml"])["jobs"]
    assert jobs["web"]["defaults"]["run"]["working-directory"] == "web"


def test_tests_in_python_are_run_where_they_need_no_server() -> None:
    files = {"requirements.txt": "flask\n", "tests/test_tea.py": "def test_tea():\n    assert 1\n"}
    assert commands(with_checks(files)) == ["pip install -r requirements.txt pytest", "python -m pytest"]
    files["tests/test_tea.py"] = "import requests\nrequests.get('https://tea.example')\n"
    assert with_checks(files).patches == []


def test_a_build_that_touches_the_database_is_never_run() -> None:
    done = with_checks(
        {"package.json": TESTED.replace("BUILD", "prisma migrate deploy && vite build"), "a.test.ts": ""}
    )
    assert commands(done) == ["npm install", "npm run typecheck", "npm run test"]


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": manifest("express"), "server.js": EXPRESS},
        {"package.json": VITE, ".gitlab-ci.yml": "test: {}", "src/main.ts": ""},
    ],
)
def test_where_nothing_can_be_run_or_a_workflow_stands_it_is_left(files: dict[str, str]) -> None:
    assert with_checks(files).patches == []


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on this machine")
@pytest.mark.parametrize(
    ("script", "passes"), [("console.log(1)", True), ("const k = 'sk_live_" + "a1" * 12 + "'", False), (None, False)]
)
def test_the_test_of_what_is_built_sees_what_it_is_for(tmp_path: Path, script: str | None, passes: bool) -> None:
    for name, text in {
        "tests/build.test.mjs": written("build.test", "js").replace("%OUT%", "dist"),
        "dist/index.html": '<script type="module" src="/assets/main.js"></script>',
        **({"dist/assets/main.js": script} if script else {}),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    ran = subprocess.run(["node", "--test", str(tmp_path / "tests/build.test.mjs")], capture_output=True, text=True)
    assert (ran.returncode == 0) is passes, ran.stdout
