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
