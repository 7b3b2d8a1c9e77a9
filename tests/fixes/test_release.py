"""Repairs of how an app is released."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

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
