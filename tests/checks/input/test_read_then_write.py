"""Values that are read, changed and written back."""

from __future__ import annotations

from tests.samples import edge, express
from tests.support import audit_files

NAME = "input/read_then_write"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_balance_is_spent_twice() -> None:
    files = edge("""
        const { walletId, amount } = await req.json();
        const { data: wallet } = await db.from("wallets").select("balance").eq("id", walletId).single();
        await db.from("wallets").update({ balance: wallet.balance - amount }).eq("id", walletId);
        return new Response("spent");
    """)
    assert found(files) == ["high"]


def test_a_count_is_only_wrong() -> None:
    text = """
        app.post("/api/zines/:id/view", async (req, res) => {
          const zine = await db.zine.findUnique({ where: { id: req.params.id } });
          await db.zine.update({ where: { id: zine.id }, data: { views: zine.views + 1 } });
          res.end();
        });
    """
    assert found(express(text)) == ["low"]


def test_the_database_counts() -> None:
    text = """
        app.post("/api/wallet", signedIn, async (req, res) => {
          await db.wallet.update({ where: { userId: req.user.id }, data: { balance: { decrement: 5 } } });
          res.end();
        });
    """
    assert not found(express(text))


def test_the_old_value_is_asked_for_too() -> None:
    files = edge("""
        const { walletId, amount } = await req.json();
        const { data: wallet } = await db.from("wallets").select("balance").eq("id", walletId).single();
        const next = wallet.balance - amount;
        await db.from("wallets").update({ balance: next }).eq("id", walletId).eq("balance", wallet.balance);
        return new Response("spent");
    """)
    assert not found(files)


def test_a_value_of_another_column_is_copied() -> None:
    files = edge("""
        const { data: zine } = await db.from("zines").select("price, title").eq("id", (await req.json()).id).single();
        await db.from("zines").update({ shown_price: zine.price }).eq("title", zine.title);
        return new Response("kept");
    """)
    assert not found(files)


def test_it_runs_in_a_transaction() -> None:
    text = """
        app.post("/api/wallet", signedIn, async (req, res) => {
          await db.$transaction(async (tx) => {
            const wallet = await tx.wallet.findUnique({ where: { userId: req.user.id } });
            await tx.wallet.update({ where: { id: wallet.id }, data: { balance: wallet.balance - 5 } });
          });
          res.end();
        });
    """
    assert not found(express(text))


def test_a_name_is_kept_or_made() -> None:
    text = """
        app.post("/api/trips/:id/share", signedIn, async (req, res) => {
          const trip = await db.trip.findUnique({ where: { id: req.params.id } });
          let slug = trip.slug;
          if (req.body.enable) {
            if (!slug) slug = crypto.randomBytes(12).toString("hex");
          } else {
            slug = null;
          }
          await db.trip.update({ where: { id: trip.id }, data: { slug } });
          res.end();
        });
    """
    assert not found(express(text))


TIPPED = """
    app.post("/api/boats/:id/tip", signedIn, async (req, res) => {
      const boat = await db.boat.findUnique({ where: { id: req.params.id } });
      TEST
      await db.boat.update({ where: { id: boat.id }, data: { tip_total: boat.tip_total + req.body.amount } });
      res.end();
    });
"""


def test_a_sum_that_is_only_shown() -> None:
    assert found(express(TIPPED.replace("TEST", ""))) == ["medium"]


def test_a_sum_that_decides() -> None:
    assert found(express(TIPPED.replace("TEST", "if (boat.tip_total < 100) return res.end();"))) == ["high"]


def test_a_text_is_no_money() -> None:
    model = "model Boat {\n  id String @id\n  coin_name String\n}\n"
    text = """
        app.post("/api/boats/:id/tidy", signedIn, async (req, res) => {
          const boat = await db.boat.findUnique({ where: { id: req.params.id } });
          await db.boat.update({ where: { id: boat.id }, data: { coin_name: boat.coin_name + "!" } });
          res.end();
        });
    """
    assert "high" not in found(express(text) | {"prisma/schema.prisma": model})
    assert found(express(text) | {"prisma/schema.prisma": model.replace("coin_name String", "coin_name Int")})
