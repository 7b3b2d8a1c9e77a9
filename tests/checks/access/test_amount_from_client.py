"""Prices that the buyer names."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, fastapi, nextjs
from tests.support import audit_files

NAME = "access/amount_from_client"
STRIPE = 'import Stripe from "stripe";\nconst stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_the_price_of_a_checkout_comes_from_the_page() -> None:
    text = """
        app.post("/api/checkout", signedIn, async (req, res) => {
          const { price, title } = req.body;
          const session = await stripe.checkout.sessions.create({
            line_items: [{ price_data: { currency: "eur", unit_amount: price, product_data: { name: title } },
              quantity: 1 }],
          });
          res.json({ url: session.url });
        });
    """
    assert found(express(STRIPE + text)) == ["high"]


def test_a_payout_of_any_amount() -> None:
    text = """
        app.post("/api/withdraw", signedIn, async (req, res) => {
          await stripe.transfers.create({ amount: req.body.amount, currency: "eur", destination: req.user.account });
          res.json({ ok: true });
        });
    """
    assert found(express(STRIPE + text)) == ["critical"]


def test_an_order_keeps_the_total_of_the_page() -> None:
    files = edge("""
        const user = await whoCalls(req);
        const { items, total } = await req.json();
        await db.from("orders").insert({ user_id: user.id, items, total });
        return new Response("ordered");
    """)
    assert found(files) == ["high"]


def test_python_subscribes_at_any_price() -> None:
    text = """
        class Wish(BaseModel):
            creator_id: str
            monthly_amount: float

        @app.post("/subscriptions")
        async def subscribe(wish: Wish, user: dict = Depends(signed_in)):
            await db.subscriptions.insert_one({"fan_id": user["id"], "monthly_amount": wish.monthly_amount})
    """
    assert found(fastapi(text)) == ["high"]


def test_the_price_is_read_from_the_row() -> None:
    text = """
        app.post("/api/checkout", signedIn, async (req, res) => {
          const zine = await db.zine.findUnique({ where: { id: req.body.zineId } });
          const session = await stripe.checkout.sessions.create({
            line_items: [{ price_data: { currency: "eur", unit_amount: zine.price }, quantity: 1 }],
          });
          res.json({ url: session.url });
        });
    """
    assert not found(express(STRIPE + text))


def test_the_amount_is_held_against_the_balance() -> None:
    text = """
        app.post("/api/withdraw", signedIn, async (req, res) => {
          const wallet = await db.wallet.findUnique({ where: { userId: req.user.id } });
          if (req.body.amount > wallet.balance) return res.status(400).json({ error: "Too much" });
          await stripe.transfers.create({ amount: req.body.amount, currency: "eur", destination: req.user.account });
          res.json({ ok: true });
        });
    """
    assert not found(express(STRIPE + text))


def test_a_tip_within_bounds_is_the_givers_choice() -> None:
    files = nextjs(
        STRIPE
        + """
        export async function POST(request) {
          const session = await auth();
          if (!session?.user) return NextResponse.json({}, { status: 401 });
          const { amount } = await request.json();
          if (amount < 100 || amount > 50000) return NextResponse.json({}, { status: 400 });
          return NextResponse.json(await stripe.paymentIntents.create({ amount, currency: "eur" }));
        }
        """,
        "tips",
    )
    assert not found(files)


def test_admins_and_providers_name_amounts() -> None:
    text = """
        app.post("/api/refunds", signedIn, adminsOnly, async (req, res) => {
          res.json(await stripe.refunds.create({ charge: req.body.charge, amount: req.body.amount }));
        });
    """
    assert not found(express(STRIPE + text))


def test_the_providers_id_of_a_price_is_no_amount() -> None:
    text = """
        app.post("/api/checkout", signedIn, async (req, res) => {
          const { priceId } = req.body;
          res.json(await stripe.checkout.sessions.create({ line_items: [{ price: priceId, quantity: 1 }] }));
        });
    """
    assert not found(express(STRIPE + text))


def test_the_amount_of_a_complaint_is_what_somebody_says() -> None:
    text = """
        app.post("/api/complaints", signedIn, async (req, res) => {
          res.json(await db.paymentDispute.create({ data: { userId: req.user.id, amount: req.body.amount } }));
        });
    """
    assert not found(express(text))


def test_the_amount_is_held_against_a_list_of_prices() -> None:
    text = """
        const PRICES = { small: 500, large: 2000 };
        app.post("/api/checkout", signedIn, async (req, res) => {
          const { plan, amount } = req.body;
          if (TEST) return res.status(400).end();
          res.json(await stripe.paymentIntents.create({ amount, currency: "eur" }));
        });
    """
    assert not found(express(STRIPE + text.replace("TEST", "!PRICES[plan] || PRICES[plan] !== amount")))
    assert found(express(STRIPE + text.replace("TEST", "!PRICES[plan] || !amount"))) == ["high"]


@pytest.mark.parametrize(
    ("amount", "severities"),
    [
        ("Math.ceil(req.body.text.length / 1500)", []),
        ("Math.ceil(req.body.duration / 60)", []),
        ("req.body.coins", ["high"]),
        ("Math.ceil(req.body.price)", ["high"]),
    ],
)
def test_what_is_worked_out_from_how_much_is_asked_for(amount: str, severities: list[str]) -> None:
    text = """
        app.post("/api/speak", signedIn, async (req, res) => {
          res.json(await db.transaction.create({ data: { userId: req.user.id, amount: AMOUNT } }));
        });
    """
    assert found(express(text.replace("AMOUNT", amount))) == severities


def test_how_many_there_are_is_no_amount_of_money() -> None:
    text = """
        app.post("/api/draw", signedIn, async (req, res) => {
          const { FIELD } = req.body;
          res.json(await (await fetch("https://draw.example", { method: "POST", body: FIELD })).json());
        });
    """
    assert not found(express(text.replace("FIELD", "totalSlides")))


@pytest.mark.parametrize(("word", "severities"), [("process.env.WORD", []), ("'word'.length", ["high"])])
def test_a_server_that_shows_a_secret_names_the_amount(word: str, severities: list[str]) -> None:
    text = f"""
        app.post("/api/results", async (req, res) => {{
          if (!process.env.WORD || req.headers["x-word"] !== {word}) return res.status(403).end();
          res.json(await db.transaction.create({{ data: {{ userId: req.body.userId, amount: req.body.amount }} }}));
        }});
    """
    assert found(express(text)) == severities
