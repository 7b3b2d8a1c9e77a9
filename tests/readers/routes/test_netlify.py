"""Netlify's edge functions: those that answer are addresses, those that only pass on are not."""

from __future__ import annotations

from apprescue.readers.routes import netlify
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

SETTINGS = """
[[edge_functions]]
function = "lamp"
path = "/lamps/:id"

[[edge_functions]]
path = "/*"
function = "noted"
"""


def test_edge_functions() -> None:
    folder = "netlify/edge-functions/"
    flow = Flow(
        Project(
            {
                "netlify.toml": SETTINGS,
                folder + "lamp.ts": "export default async (request, context) => Response.json({ id: 1 });",
                folder + "noted.ts": "export default async (request, context) => { note(); return context.next(); };",
                folder + "hello.js": "export default async () => new Response('hello');\n"
                'export const config = { path: ["/hello", "/hi"], method: "POST" };',
                folder + "unused.ts": "export default async () => new Response('never');",
                folder + "lib/helper.ts": "export default async () => new Response('never');",
            }
        )
    )
    assert {str(route_of(flow, e)) for e in netlify.read(flow)} == {
        "ANY /lamps/:id",
        "POST /hello",
        "POST /hi",
    }
