"""Payout keys that are another one at every try."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

PATH = "supabase/functions/pay/index.ts"
SEND = """
async function send(token: string, payoutId: string, email: string, amount: number) {
  const batch = `out_KEY`
  const body = { sender_batch_header: { sender_batch_id: batch }, items: [{ amount, receiver: email }] }
  const sent = await fetch(`${API}/v1/payments/payouts`, {
    method: 'POST',
    headers: { 'Authorization': `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return await sent.json()
}
Deno.serve(async (req) => {
  const { payoutId, email } = await req.json()
  return Response.json(await send('t', payoutId, email, 5))
})
"""


def steady(key: str) -> Repaired:
    return repaired("input/steady_payout_key", {PATH: SEND.replace("KEY", key)})


@pytest.mark.parametrize("key", ["${payoutId}_${Date.now()}", "${Date.now()}-${payoutId}"])
def test_the_clock_goes_and_the_id_stays(key: str) -> None:
    after = steady(key)
    assert not after.left
    assert "${payoutId}`\n" in after.files[PATH]
    assert "headers: { 'Authorization': `Bearer ${token}`, 'PayPal-Request-Id': batch }," in after.files[PATH]


@pytest.mark.parametrize("key", ["${Date.now()}", "${email}-${Date.now()}"])
def test_a_key_that_only_the_clock_tells_apart_is_left(key: str) -> None:
    after = steady(key)
    assert after.left
    assert not after.patches


def test_a_key_that_is_steady_is_not_accused() -> None:
    assert not steady("${payoutId}").left


LENT = """
import stripe

class Money:
    def pay_out(
        self,
        cents: int,
        account: str
    ):
        return stripe.Transfer.create(
            amount=cents,
            currency="eur",
            destination=account,
        )
"""

ROUTE = """
import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
export async function POST(request) {
  const { amount, destination } = await request.json();
  return Response.json(await stripe.transfers.create({ amount, currency: 'eur', destination }));
}
"""


def test_a_function_that_nothing_calls_asks_for_the_key() -> None:
    after = repaired("input/ask_for_payout_key", {"money.py": LENT})
    assert not after.left
    assert "        account: str,\n        idempotency_key: str\n    ):" in after.files["money.py"]
    assert "destination=account, idempotency_key=idempotency_key,\n" in after.files["money.py"]


@pytest.mark.parametrize(
    "files",
    [
        {"money.py": LENT, "jobs.py": "from money import Money\nMoney().pay_out(5, 'a')\n"},
        {"money.py": LENT.replace("account: str\n", 'account: str = ""\n')},
        {"money.py": LENT.replace("    def", "    @app.post('/pay')\n    def")},
        {"app/api/pay/route.ts": ROUTE},
    ],
)
def test_a_function_in_use_and_one_whose_parameters_may_be_left_out(files: dict[str, str]) -> None:
    assert not repaired("input/ask_for_payout_key", files).patches
