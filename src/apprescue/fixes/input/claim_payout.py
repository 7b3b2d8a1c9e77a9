"""A payout that no row names is claimed first: one open claim for an account, whose id is the idempotency key.

A second click and a second try meet the open claim and so the provider's first answer; the claim is closed when the
money is sent or Stripe refuses it. One migration makes the table. Done for Stripe in Supabase functions and beside
Prisma with PostgreSQL; where the recipient is not told in the call, and inside functions lent to others, it is left.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.payout_claims import TABLE, claims_made
from apprescue.source.payout_key import payout_key
from apprescue.source.stripe_calls import keyed, sending

_PRISMA = ("findUnique", "findFirst", "findMany", "create", "update", "upsert")
_NAMES = ("payoutClaim", "payoutLedger", "claimError")


@fix("input/payout_without_idempotency", title="Claim a payout before it is sent")
def claim_payout(finding: Finding, app: App) -> Changes:
    """The table, once, and the claim around the call."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    call = sending(file, place) if file and place else None
    if file is None or call is None or finding.related or file.is_python:
        return
    function, account = file.function(call), _account(file, call)
    awaited = next(file.above(call), None)
    if function is None or not account or not isinstance(awaited, t.Await) or any(n in file.text for n in _NAMES):
        return
    if payout_key(file, call):
        return
    client = _prisma(file)
    deno = "supabase/functions/" in file.path and "createClient(" in file.text
    if not client and not deno:
        return
    made = claims_made(app, prisma=bool(client))
    if made is not None:
        yield from made
        yield from _around(file, call, *(_by_prisma(client, account) if client else _by_supabase(file, account)))


def _account(file: Handwriting, call: t.Call) -> str:
    """Who gets the money, as the call tells it."""
    for node, name in zip(call.args, ("destination", "stripeAccount"), strict=False):
        told = node.get(name) if isinstance(node, t.Object) else None
        if isinstance(told, t.Name | t.Member):
            return file.of(told)
    return ""


def _prisma(file: Handwriting) -> str:
    """What Prisma's client is called in the file."""
    for node in file.nodes:
        parts = dotted(node.callee).split(".") if isinstance(node, t.Call) else []
        takes = isinstance(node, t.Call) and node.args and isinstance(node.args[0], t.Object)
        if takes and len(parts) == 3 and parts[2] in _PRISMA and parts[0] not in ("stripe", "supabase"):
            return parts[0]
    return ""


def _by_prisma(client: str, account: str) -> tuple[list[str], str]:
    table, one = f"{client}.payoutClaim", f"{{ openFor: {account} }}"
    made = f"await {table}.upsert({{ where: {one}, create: {one}, update: {{}} }})"
    closed = f"{table}.update({{ where: {{ id: payoutClaim.id }}, data: {{ openFor: null }} }})"
    return [f"const payoutClaim = {made}"], closed


def _by_supabase(file: Handwriting, account: str) -> tuple[list[str], str]:
    said = file.said
    url, key = (f"Deno.env.get({said(name)}) ?? {said('')}" for name in ("SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"))
    table = f"payoutLedger.from({said(TABLE)})"
    links = (
        f"await {table}",
        f".upsert({{ open_for: {account} }}, {{ onConflict: {said('open_for')} }})",
        f".select({said('id')})",
        ".single()",
    )
    rows = [
        f"const payoutLedger = createClient({url}, {key})",
        "const { data: payoutClaim, error: claimError } = " + f"\n{file.step}".join(links),
        f"if (claimError || !payoutClaim) throw new Error({said('The payout could not be claimed')})",
    ]
    return rows, f"{table}.update({{ open_for: null }}).eq({said('id')}, payoutClaim.id)"


def _around(file: Handwriting, call: t.Call, rows: list[str], closed: str) -> Iterator[Edit]:
    """The claim above the call, its key in it, and its end behind it or where Stripe refuses."""
    statement, end, step = file.statement(call), file.end, file.step
    margin = f"\n{file.indent(statement)}"
    typed = ": any" if file.path.endswith((".ts", ".tsx")) else ""
    kind = dotted(call.callee).split(".")[-2].removesuffix("s")
    refused = ", ".join(map(file.said, ("StripeInvalidRequestError", "StripeCardError")))
    caught = (
        f".catch(async (refused{typed}) => {{",
        f"{step}if ([{refused}].includes(refused?.type)) {{",
        f"{step}{step}await {closed}{end}",
        f"{step}}}",
        f"{step}throw refused{end}",
        "})",
    )
    yield file.before(statement, *(f"{row}{end}".replace("\n", margin) for row in rows))
    yield keyed(file, call, f"`{kind}-${{payoutClaim.id}}`")
    yield file.at(call.end, margin.join(caught))
    yield file.after(statement, f"await {closed}{end}")
