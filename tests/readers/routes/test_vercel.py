"""The methods that a Vercel function answers to, however it refuses the others."""

from __future__ import annotations

import pytest

from apprescue.readers.routes import vercel
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

LIB = """
export function answer(res, status, body) { res.statusCode = status; res.end(JSON.stringify(body)); }
export function only(req, res, allowed) {
  if (allowed.includes(req.method)) return true;
  res.setHeader("Allow", allowed.join(", "));
  answer(res, 405, { ok: false });
  return false;
}
"""
WORK = "await prisma.lamp.create({ data: req.body }); answer(res, 200, {});"
HANDLER = 'import {{ only, answer }} from "../lib/http";\nexport default async function handler(req, res) {{ {} }}\n'


def methods(body: str, rest: str = "") -> set[str]:
    text = HANDLER.format(body) + rest
    flow = Flow(Project({"vercel.json": "{}", "lib/http.js": LIB, "api/lamps.js": text}))
    return {route_of(flow, e).method for e in vercel.read(flow)}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f'if (!only(req, res, ["POST"])) return; {WORK}', {"POST"}),
        (f'if (!only(req, res, ["GET", "PATCH"])) return; {WORK}', {"GET", "PATCH"}),
        (f'if (req.method !== "POST") {{ res.statusCode = 405; return res.end(); }} {WORK}', {"POST"}),
        (f'if (req.method !== "POST") {{ res.writeHead(405); res.end(); return; }} {WORK}', {"POST"}),
        (f'if (req.method === "POST") {{ {WORK} return; }} answer(res, 200, []);', {"POST", "ANY"}),
        (WORK, {"ANY"}),
    ],
)
def test_methods(body: str, wanted: set[str]) -> None:
    assert methods(body) == wanted


def test_a_table_of_handlers() -> None:
    found = methods(
        "const work = table[req.method]; if (!work) return answer(res, 405, {}); return work(req, res);",
        "const table = { GET: list, DELETE: drop };\nasync function list(req, res) { answer(res, 200, []); }\n"
        "async function drop(req, res) { await prisma.lamp.delete({ where: { id: req.query.id } }); res.end(); }\n",
    )
    assert found == {"GET", "DELETE"}
