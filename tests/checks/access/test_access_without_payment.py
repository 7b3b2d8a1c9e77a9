"""Goods for nothing."""

from __future__ import annotations

import pytest

from tests.samples import express, fastapi
from tests.support import audit_files

NAME = "access/access_without_payment"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_subscription_on_a_word() -> None:
    text = """
        app.post("/api/subscribe/:artistId", signedIn, async (req, res) => {
          const data = { fanId: req.user.id, artistId: req.params.artistId, status: "active" };
          res.json(await db.subscription.create({ data }));
        });
    """
    assert found(express(text)) == ["high"]


def test_an_unlock_that_is_only_marked() -> None:
    text = """
        @app.post("/letters/{letter_id}/unlock")
        async def unlock(letter_id: str, user: dict = Depends(signed_in)):
            letter = await db.letters.find_one({"id": letter_id, "reader_id": user["id"]})
            if not letter:
                raise HTTPException(404)
            await db.letters.update_one({"id": letter_id}, {"$set": {"is_purchased": True}})
            return letter
    """
    assert found(fastapi(text)) == ["high"]


def test_a_seller_puts_a_price_on_what_is_his() -> None:
    text = """
        @app.post("/letters/{letter_id}/sell")
        async def sell(letter_id: str, price: float, user: dict = Depends(signed_in)):
            letter = await db.letters.find_one({"id": letter_id, "writer_id": user["id"]})
            if not letter:
                raise HTTPException(404)
            await db.letters.update_one({"id": letter_id}, {"$set": {"is_paid": True, "price": price}})
            return letter
    """
    assert not found(fastapi(text))
    assert found(fastapi(text.replace(', "price": price', ""))) == ["high"]


def test_one_payment_pays_for_any_order() -> None:
    text = """
        app.post("/api/payments/confirm", async (req, res) => {
          const { payment_id, provider_order_id, signature, order_id } = req.body;
          const expected = crypto.createHmac("sha256",
            process.env.PAY_SECRET!).update(`${provider_order_id}|${payment_id}`).digest("hex");
          if (expected !== signature) return res.status(400).end();
          await db.order.update({ where: { id: order_id }, data: { status: "paid" } });
          res.json({ ok: true });
        });
    """
    assert found(express(text)) == ["high"]


FEED = """
app.get("/api/feed", signedIn, async (req, res) => {
  const mine = await db.subscription.findMany({ where: { fanId: req.user.id } });
  res.json(await db.post.findMany({ where: { artistId: { in: mine.map((s) => s.artistId) } } }));
});
"""


def test_another_address_gives_the_same_to_anybody() -> None:
    text = """
        app.get("/api/posts/:artistId", async (req, res) =>
          res.json(await db.post.findMany({ where: { artistId: req.params.artistId } })));
    """
    assert found(express(FEED + text)) == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        """
        app.get("/api/posts/:artistId", async (req, res) => {
          res.json(await db.post.findMany({ where: { artistId: req.params.artistId, isPublic: true } }));
        });
        """,
        """
        app.get("/api/my-posts", signedIn, async (req, res) =>
          res.json(await db.post.findMany({ where: { artistId: req.user.id } })));
        """,
        'app.get("/api/artists", async (req, res) => res.json(await db.artist.findMany({ take: 20 })));',
    ],
)
def test_what_is_meant_to_be_seen(text: str) -> None:
    assert not found(express(FEED + text))


LOCKED = """
app.get("/api/films/:id", async (req, res) => {
  const film = await db.film.findUnique({ where: { id: req.params.id } });
  res.json({ id: film.id, locked: film.locked, videoUrl: %s });
});
"""


def test_a_locked_film_is_told_with_its_address() -> None:
    assert found(express(LOCKED % "film.videoUrl")) == ["high"]


def test_a_locked_film_keeps_its_address() -> None:
    assert not found(express(LOCKED % "film.locked ? null : film.videoUrl"))


def test_a_job_that_books_what_is_due() -> None:
    text = """
        app.post("/api/jobs/renew", async (req, res) => {
          const due = await db.plan.findMany({ where: { endsAt: { lt: new Date() } } });
          for (const plan of due) await db.subscription.create({ data: { planId: plan.id, status: "active" } });
          res.end();
        });
    """
    assert not found(express(text))


@pytest.mark.parametrize(
    "text",
    [
        """
        app.post("/api/subscribe/:artistId", signedIn, async (req, res) => {
          const wallet = await db.wallet.findUnique({ where: { userId: req.user.id } });
          if (wallet.balance < 500) return res.status(402).end();
          res.json(await db.subscription.create({ data: { fanId: req.user.id, artistId: req.params.artistId } }));
        });
        """,
        """
        app.post("/api/subscribe/:artistId", signedIn, async (req, res) => {
          const data = { fanId: req.user.id, artistId: req.params.artistId, status: "pending" };
          res.json(await db.subscription.create({ data }));
        });
        """,
        """
        app.post("/api/follow/:artistId", signedIn, async (req, res) => {
          res.json(await db.follow.create({ data: { fanId: req.user.id, artistId: req.params.artistId } }));
        });
        """,
        """
        app.post("/api/push", signedIn, async (req, res) => {
          res.json(await db.pushSubscription.create({ data: { userId: req.user.id, endpoint: req.body.endpoint } }));
        });
        """,
        """
        app.post("/api/payments/confirm", async (req, res) => {
          const { payment_id, order_id, signature } = req.body;
          const expected = crypto.createHmac("sha256",
            process.env.PAY_SECRET!).update(`${order_id}|${payment_id}`).digest("hex");
          if (expected !== signature) return res.status(400).end();
          await db.order.update({ where: { id: order_id }, data: { status: "paid" } });
          res.json({ ok: true });
        });
        """,
    ],
)
def test_look_alikes(text: str) -> None:
    assert not found(express(text))


def test_the_page_after_paying_writes_the_receipt_itself() -> None:
    text = """
        app.get("/api/thanks", signedIn, async (req, res) => {
          const zine = await db.zine.findFirst({ where: { session: req.query.session, winnerId: req.user.id } });
          const data = { buyerId: req.user.id, zineId: zine.id, paymentStatus: "STATE" };
          res.json(await db.transaction.create({ data }));
        });
    """
    assert found(express(text.replace("STATE", "paid")))
    assert not found(express(text.replace("STATE", "pending")))


def test_a_stand_in_for_developers_only() -> None:
    text = """
        app.post("/api/subscribe/:artistId", signedIn, async (req, res) => {
          if (process.env.NODE_ENV %s "development") return res.status(501).end();
          const data = { fanId: req.user.id, artistId: req.params.artistId, status: "active" };
          res.json(await db.subscription.create({ data }));
        });
    """
    assert not found(express(text % "!=="))
    assert found(express(text % "===")) == ["high"]
