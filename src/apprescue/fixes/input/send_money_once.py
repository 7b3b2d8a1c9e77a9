"""Money that is sent away carries an idempotency key, so that the provider takes a second try for the first one.

The key is made from the id of the row that the same code marks as done afterwards, from the payout's id among the
call's metadata, or from the row whose balance is emptied together with the total that it had before. Where nothing
names one payout the call is left, and so are other providers' calls. Within a day Stripe answers a second try with what
came of the first, also where that was a failure.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import code_of
from apprescue.source.handwriting import hand
from apprescue.source.payout_key import payout_key
from apprescue.source.stripe_calls import keyed, sending


@fix("input/payout_without_idempotency", title="Send money with an idempotency key", safety=Safety.REVIEW)
def send_money_once(finding: Finding, app: App) -> Changes:
    """The key at each call, or nothing where one of them has none."""
    edits = []
    for place in (code_of(one) for one in (finding.place, *finding.related)):
        file = hand(app, place.path) if place else None
        call = sending(file, place) if file and place else None
        key = payout_key(file, call) if file and call else ""
        if file is None or call is None or not key:
            return
        edits.append(keyed(file, call, key))
    yield from edits
