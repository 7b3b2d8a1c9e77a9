"""Repairs of admins' addresses in apps that know no admins."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.samples import express, fastapi, nextjs

NAME = "access/list_admins"
BAN = """
    app.post("/api/admin/ban/:id", signedIn, async (req, res) => {
      try {
        // he is out for good
        res.json(await db.maker.update({ where: { id: req.params.id }, data: { banned: true } }));
      } catch (error) {
        res.status(500).json({ error: "That did not work" });
      }
    });
    app.get("/api/me", signedIn, async (req, res) => {
      res.json(await db.maker.findMany({ where: { ownerId: req.user.id } }));
    });
"""


def server(text: str = BAN) -> Repaired:
    return repaired(NAME, express(text))


def test_a_handler_of_express_asks_for_the_list() -> None:
    done = server()
    assert not done.left
    assert (
        "  try {\n"
        '    if (!(process.env.ADMIN_USER_IDS ?? "").split(",").filter(Boolean).includes(String(req.user.id))) {\n'
        '      return res.status(403).json({ error: "Admins only" });\n'
        "    }\n"
        "    // he is out for good\n"
    ).replace("Admins only", "You are not allowed to do this") in done.files["server/index.ts"]
    assert "ADMIN_USER_IDS=\n" in done.files[".env.example"]
    assert "lets nobody in" in done.patches[0].todo[0]


def test_a_handler_of_next_asks_for_the_list() -> None:
    text = """
    export async function POST(req) {
      const session = await auth();
      if (!session?.user?.id) return NextResponse.json({ error: "Sign in first" }, { status: 401 });
      const { id } = await req.json();
      await db.from("makers").update({ banned: true }).eq("id", id);
      return NextResponse.json({ ok: true });
    }
    """
    done = repaired(NAME, nextjs(text, "admin/ban"))
    assert not done.left
    assert ".includes(String(session?.user?.id))" in done.files["app/api/admin/ban/route.ts"]


@pytest.mark.parametrize("caller", ['user["id"]', 'user.get("sub", "")'])
def test_a_handler_of_fastapi_asks_for_the_list(caller: str) -> None:
    text = f"""
    @app.get("/mine")
    async def mine(user=Depends(signed_in)):
        return await db.makers.find({{"owner": {caller}}}).to_list(50)


    @app.post("/admin/ban/{{number}}")
    async def ban(number: str, user=Depends(signed_in)):
        await db.makers.update_one({{"id": number}}, {{"$set": {{"banned": True}}}})
    """
    done = repaired(NAME, fastapi(text))
    assert not done.left
    assert (
        f'    if str({caller}) not in os.environ.get("ADMIN_USER_IDS", "").replace(",", " ").split():\n'
        '        raise HTTPException(status_code=403, detail="You are not allowed to do this")\n'
    ) in done.files["main.py"]


@pytest.mark.parametrize(
    "more",
    [
        'app.get("/api/admin/wares", signedIn, adminsOnly, async (req, res) => res.json(await db.ware.findMany()));',
        'app.post("/api/admin/wares", (req, res) => { if (req.user.role !== "admin") return res.status(403).end(); });',
    ],
)
def test_an_app_that_knows_admins_is_left(more: str) -> None:
    assert server(f"{BAN}    {more}\n").patches == []


def test_who_is_calling_must_be_told() -> None:
    text = """
    @app.post("/admin/ban/{number}")
    async def ban(number: str, _=Depends(signed_in)):
        await db.makers.update_one({"id": number}, {"$set": {"banned": True}})
    """
    assert repaired(NAME, fastapi(text)).patches == []
