"""Repairs of addresses that act for the user whom the request names."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import express, fastapi

NAME = "access/act_for_caller"
PAY = """
    app.post("/api/payouts", signedIn, async (req, res) => {
      const { userId, amount } = req.body;
      if (!userId) {
        return res.status(400).json({ error: "For whom?" });
      }
      // The row for the bank
      res.json(await db.payout.create({ data: { userId, amount, state: "asked" } }));
    });
    app.get("/api/mine", signedIn, async (req, res) => {
      res.json(await db.payout.findMany({ where: { userId: req.user.id } }));
    });
"""
ASKED = (
    '  if (String(userId) !== String(req.user.id) && req.user.role !== "admin") {\n'
    '    return res.status(403).json({ error: "You are not allowed to do this" });\n'
    "  }\n"
    "  // The row for the bank\n"
)


def paid(old: str = "", new: str = "") -> str:
    assert old in PAY
    done = repaired(NAME, express(PAY.replace(old, new, 1) if old else PAY))
    assert not (done.patches and done.left)
    return done.files["server/index.ts"]


def test_a_body_that_names_somebody_else_is_refused() -> None:
    assert ASKED in paid()


def test_the_handlers_own_word_for_the_id_is_used() -> None:
    text = paid(
        "const { userId, amount } = req.body;", "const { amount } = req.body;\n      const userId = req.body.userId;"
    )
    assert ASKED in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      // The row", '      if (req.user.role === "admin") audit(userId);\n      // The row'),
        ("data: { userId, amount", "data: { userId: userId ?? req.user.id, amount"),
        ("signedIn, async (req, res) => {\n      const { userId", "async (req, res) => {\n      const { userId"),
        ("      res.json(await db.payout.findMany({ where: { userId: req.user.id } }));", "      res.json({});"),
    ],
)
def test_whom_it_is_for_must_be_sure(old: str, new: str) -> None:
    assert "!== String(" not in paid(old, new)


FAST = """
    class Order(BaseModel):
        user_id: str
        ware: str


    @app.get("/mine")
    async def mine(user=Depends(signed_in)):
        return await db.orders.find({"user_id": user["id"]}).to_list(50)


    @app.post("/orders/{user_id}")
    async def order(HOW, user=Depends(signed_in)):
        await db.orders.insert_one({"user_id": SAID, "ware": "hat"})


    @app.get("/orders/{user_id}")
    async def orders(HOW, user=Depends(signed_in)):
        return await db.orders.find({"user_id": SAID}).to_list(50)
"""


@pytest.mark.parametrize(("how", "said"), [("user_id: str", "user_id"), ("order: Order", "order.user_id")])
def test_fastapi_asks_at_the_head_of_the_handler(how: str, said: str) -> None:
    done = repaired(NAME, fastapi(FAST.replace("HOW", how).replace("SAID", said)))
    assert (
        f'    if str({said}) != str(user["id"]):\n'
        '        raise HTTPException(status_code=403, detail="You are not allowed to do this")\n'
    ) in done.files["main.py"]
    assert done.patches
    assert not done.left
