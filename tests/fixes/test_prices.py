"""Repairs of what buyers pay: the price is the seller's, and a stand-in for paying stays with the developers."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.samples import express, fastapi

TABLE = "create table public.prints (id uuid primary key, title text, price numeric(10,2), PLUS at date);"
PATH = "supabase/functions/buy-print/index.ts"
BUY = """
import { createClient } from "npm:@supabase/supabase-js@2";
import Stripe from "npm:stripe@14";
Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
  const { print_id, amount } = await req.json();
  const { data: print, error } = await db.from("prints").select("*").eq("id", print_id).single();
  if (error || !print) {
    throw new Error("No such print");
  }
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ quantity: 1, price_data: { currency: "eur", unit_amount: Math.round(amount * 100) } }],
    metadata: { amount },
  });
  return Response.json({ url: session.url });
});
"""


def bought(code: str = BUY, plus: str = "") -> Repaired:
    migration = {"supabase/migrations/20250101000000_a.sql": TABLE.replace("PLUS", plus)}
    return repaired("access/take_price_from_row", {PATH: code, **migration})


def test_the_row_says_what_is_paid() -> None:
    after = bought()
    assert not after.left
    text = after.files[PATH]
    assert 'price = Number(print.price);\n  if (!(price > 0)) {\n    throw new Error("This has no price");\n  }' in text
    assert "unit_amount: Math.round(price * 100)" in text
    assert "metadata: { amount: price }" in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("amount * 100", "amount"),
        ('.eq("id", print_id)', '.eq("title", "Moon")'),
        ("if (error || !print) {", "if (error) {"),
        ('mode: "payment"', 'mode: "payment", payment_intent_data: { description: "Tip for the artist" }'),
    ],
)
def test_what_the_price_is_for_must_be_sure(old: str, new: str) -> None:
    assert old in BUY
    assert not bought(BUY.replace(old, new)).patches


@pytest.mark.parametrize("plus", ["frame_price numeric,", "price_cents integer,"])
def test_which_price_it_is_must_be_sure(plus: str) -> None:
    table = TABLE.replace("price numeric(10,2), PLUS", plus) if "cents" in plus else TABLE.replace("PLUS", plus)
    files = {PATH: BUY, "supabase/migrations/20250101000000_a.sql": table}
    assert not repaired("access/take_price_from_row", files).patches


def _owed(columns: str, code: str = BUY) -> Repaired:
    table = f"create table public.invoices (id uuid primary key, {columns});"
    files = {PATH: code.replace('"prints"', '"invoices"'), "supabase/migrations/20250101000000_a.sql": table}
    return repaired("access/take_price_from_row", files)


def test_what_is_owed_is_what_is_paid() -> None:
    after = _owed("amount numeric, status text")
    assert not after.left
    assert "price = Number(print.amount);" in after.files[PATH]


def test_what_is_paid_in_parts_is_left() -> None:
    assert not _owed("amount numeric, amount_paid numeric").patches
    assert not _owed("amount numeric, total numeric").patches
    assert not _owed("amount numeric", BUY.replace('mode: "payment"', 'mode: "payment", // a partial payment')).patches
    assert not bought(plus="").files[PATH].count("print.amount")


UNLOCK = '''
@app.post("/letters/{letter_id}/unlock")
async def unlock(letter_id: str, user: dict = Depends(signed_in)):
    """Unlock a letter (TOLD)"""
    letter = await db.letters.find_one({"id": letter_id, "reader_id": user["id"]})
    await db.letters.update_one({"id": letter_id}, {"$set": {"is_purchased": True}})
    return letter
'''
SUBSCRIBE = """
app.post("/api/subscribe/:artistId", signedIn, async (req, res) => {
  // TOLD
  const data = { fanId: req.user.id, artistId: req.params.artistId, status: "active" };
  res.json(await db.subscription.create({ data }));
});
"""


def test_a_mocked_payment_gives_nothing_in_production() -> None:
    after = repaired("access/refuse_mock_payment", fastapi(UNLOCK.replace("TOLD", "MOCKED")))
    assert not after.left
    assert '''(MOCKED)"""
    if os.environ.get("ENVIRONMENT") != "development":
        raise HTTPException(status_code=501, detail="Payments are not set up")
    letter =''' in after.files["main.py"]
    assert "ENVIRONMENT=" in after.files[".env.example"]
    assert after.patches[0].todo


def test_a_simulated_payment_of_express() -> None:
    after = repaired("access/refuse_mock_payment", express(SUBSCRIBE.replace("TOLD", "Simulate the payment for now")))
    assert not after.left
    assert "if (process.env.NODE_ENV !== 'development') {" in after.files["server/index.ts"].replace('"', "'")
    assert "return res.status(501).json(" in after.files["server/index.ts"]


@pytest.mark.parametrize("told", ["Subscribe", "The mock screen calls this", "Payment comes later"])
def test_what_may_be_meant_to_be_free_is_left(told: str) -> None:
    assert not repaired("access/refuse_mock_payment", express(SUBSCRIBE.replace("TOLD", told))).patches
    assert not repaired("access/refuse_mock_payment", fastapi(UNLOCK.replace("TOLD", told))).patches


SHOP = """
import express from "express";
import jwt from "jsonwebtoken";
import Stripe from "stripe";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
const app = express();

function signedIn(req, res, next) {
  req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
  next();
}

app.post("/buy", signedIn, async (req, res) => {
  const { courseId, amount } = req.body;
  if (!amount) {
    return res.status(400).json({ error: "How much?" });
  }
  const intent = await stripe.paymentIntents.create({ amount: Math.round(amount * 100), currency: "eur" });
  res.json({ secret: intent.client_secret });
});

app.listen(3000);
"""
COURSE = "model Course {\n  id String @id\n  title String\n  price Float\n}\n"
LOADED = """  const found = await prisma.course.findUnique({ where: { id: courseId } });
  if (!found) {
    return res.status(404).json({ error: "No such course" });
  }
"""


def shop(old: str = "", new: str = "", schema: str = COURSE) -> str:
    """The shop behind the fix; empty where nothing was done."""
    assert old in SHOP
    text = SHOP.replace(old, new) if old else SHOP
    files = {"package.json": '{"dependencies": {"express": "4", "stripe": "14"}}', "shop.js": text}
    imports = text.replace("const prisma = new PrismaClient();", 'import { prisma } from "./db.js";')
    files |= {"shop.js": imports.replace('import { PrismaClient } from "@prisma/client";\n', "")}
    files |= {"db.js": 'import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n'}
    done = repaired("access/take_price_from_row", {**files, "prisma/schema.prisma": schema})
    assert not (done.patches and done.left)
    return done.files["shop.js"] if done.patches else ""


def test_the_thing_that_is_named_is_loaded_for_its_price() -> None:
    after = shop()
    assert (
        "  const course = await prisma.course.findUnique({ where: { id: courseId }, select: { price: true } });\n"
        "  const price = Number(course?.price);\n"
        "  if (!(price > 0)) {\n"
        '    return res.status(404).json({ error: "This has no price" });\n'
        "  }\n"
        "  const intent = await stripe.paymentIntents.create({ amount: Math.round(price * 100)"
    ) in after
    assert "if (!amount) {" in after


def test_a_row_of_prisma_that_is_loaded_already_tells_it() -> None:
    after = shop("  const intent", f"{LOADED}  const intent")
    assert after.count("findUnique") == 1
    assert "const price = Number(found.price);" in after


def test_cents_are_taken_as_cents() -> None:
    cents = COURSE.replace("price Float", "priceCents Int")
    assert "Number(course?.priceCents)" in shop("Math.round(amount * 100)", "amount", cents)
    assert not shop(schema=cents)


@pytest.mark.parametrize(
    ("old", "new", "schema"),
    [
        ("{ courseId, amount }", "{ courseId, amount, quantity }", COURSE),
        ("{ courseId, amount }", "{ courseId, amount, couponCode }", COURSE),
        ("{ courseId, amount }", "{ thingId, amount }", COURSE),
        ("Math.round(amount * 100)", "amount", COURSE),
        ("Math.round(amount * 100)", "amount", COURSE.replace("price Float", "price Int")),
        ("", "", COURSE.replace("price Float", "price Float\n  groupPrice Float")),
        ("", "", COURSE.replace("price Float", "minPrice Float")),
    ],
)
def test_what_is_paid_for_and_in_what_must_be_sure(old: str, new: str, schema: str) -> None:
    assert not shop(old, new, schema)
