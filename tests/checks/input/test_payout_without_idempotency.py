"""Payments that a retry repeats."""

from __future__ import annotations

import pytest

from tests.samples import express
from tests.support import audit_files

NAME = "input/payout_without_idempotency"
STRIPE = 'import Stripe from "stripe";\nconst stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n'


def found(call: str) -> list[str]:
    text = f"""
app.post("/api/payouts/:id", signedIn, adminsOnly, async (req, res) => {{
  const payout = await db.payout.findUnique({{ where: {{ id: req.params.id }} }});
  res.json(await {call});
}});
"""
    return [finding.severity for finding in audit_files(express(STRIPE + text), only=NAME)]


@pytest.mark.parametrize(
    "call",
    [
        "stripe.transfers.create({ amount: payout.amount, destination: payout.account })",
        "stripe.transfers.create({ amount: payout.amount }, { idempotencyKey: `payout-${Date.now()}` })",
        'fetch("https://api.paystack.co/transfer", { method: "POST", body: JSON.stringify({ amount: row.amount }) })',
    ],
)
def test_a_second_try_pays_again(call: str) -> None:
    assert found(call) == ["high"]


@pytest.mark.parametrize(
    "call",
    [
        "stripe.transfers.create({ amount: payout.amount }, { idempotencyKey: `payout-${payout.id}` })",
        'fetch("https://api.paystack.co/transfer", { body: JSON.stringify({ amount: 1, reference: payout.id }) })',
        "stripe.refunds.create({ charge: payout.charge })",
        "stripe.checkout.sessions.create({ mode: 'payment' })",
    ],
)
def test_look_alikes(call: str) -> None:
    assert not found(call)
