"""Tools of building the app that production answers, kept to development."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import express, fastapi, nextjs

NAME = "access/answer_in_development"
WIPE = """
app.post("/api/debug/reset", async (req, res) => {
  // Empties everything
  await db.user.deleteMany({});
  res.json({ done: true });
});
"""
SHOW = """
export async function POST() {
  await db.from("letters").delete().neq("id", "");
  return NextResponse.json({ done: true });
}
"""


def test_an_express_server() -> None:
    after = repaired(NAME, express(WIPE))
    assert not after.left
    assert (
        '  if (process.env.NODE_ENV !== "development") {\n    res.status(404).end();\n    return;\n  }\n'
        "  // Empties everything\n" in after.files["server/index.ts"]
    )
    assert after.patches[0].todo


def test_a_route_of_next() -> None:
    after = repaired(NAME, nextjs(SHOW, "debug/reset"))
    assert not after.left
    assert "    return new NextResponse(null, { status: 404 });\n  }\n" in "".join(after.files.values())


def test_fastapi() -> None:
    text = '''
        @app.post("/seed-accounts")
        async def seed():
            """Fill the tables."""
            await db.accounts.delete_many({})
    '''
    after = repaired(NAME, fastapi(text))
    assert not after.left
    assert (
        '    if os.environ.get("ENVIRONMENT") != "development":\n        raise HTTPException(status_code=404)\n'
        in after.files["main.py"]
    )
    assert "ENVIRONMENT=" in after.files[".env.example"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/pages/Settings.tsx", "export const wipe = () => fetch(`${API}/debug/reset`, { method: 'POST' });"),
        ("vercel.json", '{"crons": [{"path": "/api/debug/reset", "schedule": "0 0 * * *"}]}'),
    ],
)
def test_what_the_app_itself_calls_is_left(path: str, text: str) -> None:
    assert not repaired(NAME, {**express(WIPE), path: text}).patches


def test_what_tests_and_notes_and_other_tools_call_is_closed() -> None:
    others = {
        "tests/reset.test.ts": "await fetch('/api/debug/reset', { method: 'POST' });",
        "README.md": "curl -X POST localhost:3000/api/debug/reset",
        "src/pages/debug/Reset.tsx": "export const wipe = () => fetch('/api/debug/reset', { method: 'POST' });",
    }
    assert repaired(NAME, {**express(WIPE), **others}).patches


def test_an_address_of_the_product_that_a_remark_calls_temporary_is_left() -> None:
    text = "// TEMPORARY: remove before launch\n" + WIPE.replace("/api/debug/reset", "/api/start")
    assert not repaired(NAME, express(text)).patches
