import hmac
import logging
from typing import Annotated
from uuid import UUID

import stripe
from fastapi import APIRouter, Header, HTTPException, Request
from sqlalchemy.exc import IntegrityError

from app.config import settings
from app.database import Db
from app.deps import Admin, SignedIn
from app.models import Artist, Commission, Payout, ProcessedEvent
from app.schemas import PayoutIn

logger = logging.getLogger(__name__)
stripe.api_key = settings.stripe_secret_key
router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/webhook")
async def stripe_event(request: Request, db: Db) -> dict[str, bool]:
    try:
        event = stripe.Webhook.construct_event(
            await request.body(), request.headers["stripe-signature"], settings.stripe_webhook_secret
        )
    except (KeyError, ValueError, stripe.SignatureVerificationError) as error:
        raise HTTPException(400, "Bad signature") from error
    db.add(ProcessedEvent(id=event["id"]))
    try:
        db.flush()
    except IntegrityError:
        db.rollback()
        return {"received": True}
    if event["type"] == "checkout.session.completed":
        commission = db.get(Commission, UUID(event["data"]["object"]["metadata"]["commission_id"]))
        if commission is not None:
            commission.status = "paid"
    db.commit()
    return {"received": True}


@router.post("/payout-events")
async def payout_event(request: Request, db: Db) -> dict[str, bool]:
    event = await request.json()
    artist = db.get(Artist, UUID(event["artist_id"]))
    if event["type"] == "transfer.reversed" and artist is not None:
        artist.balance_cents += event["amount_cents"]
        db.commit()
    return {"received": True}


@router.post("/checkout/{commission_id}")
def checkout(commission_id: UUID, user: SignedIn, db: Db) -> dict[str, str | None]:
    commission = db.get(Commission, commission_id)
    if commission is None or commission.client_id != user.id:
        raise HTTPException(404, "No such commission")
    session = stripe.checkout.Session.create(
        mode="payment",
        line_items=[
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": commission.price_cents,
                    "product_data": {"name": "Commission"},
                },
            }
        ],
        metadata={"commission_id": str(commission.id)},
        success_url=f"{settings.app_url}/commissions/{commission.id}",
        idempotency_key=f"checkout-{commission.id}",
    )
    return {"url": session.url}


@router.post("/payouts", status_code=201)
def open_payout(data: PayoutIn, user: SignedIn, db: Db) -> dict[str, str]:
    payout = Payout(artist_id=data.artist_id, amount=data.amount * 0.9)
    db.add(payout)
    db.commit()
    return {"id": str(payout.id)}


@router.post("/{commission_id}/refund")
def refund(commission_id: UUID, user: SignedIn, db: Db) -> dict[str, bool]:
    commission = db.get(Commission, commission_id)
    if commission is None:
        raise HTTPException(404, "No such commission")
    stripe.Refund.create(metadata={"commission_id": str(commission.id)}, amount=commission.price_cents)
    commission.status = "refunded"
    db.commit()
    return {"ok": True}


@router.post("/{payout_id}/approve")
def approve(payout_id: UUID, admin: Admin, db: Db) -> dict[str, bool]:
    payout = db.get(Payout, payout_id)
    if payout is None:
        raise HTTPException(404, "No such payout")
    payout.status = "approved"
    db.commit()
    logger.info("payout %s approved by %s", payout.id, admin.id)
    return {"ok": True}


@router.post("/tasks/settle")
def settle(db: Db, x_task_token: Annotated[str | None, Header()] = None) -> dict[str, int]:
    if x_task_token and x_task_token != settings.task_token:
        raise HTTPException(403, "Forbidden")
    pending = db.query(Payout).filter(Payout.status == "approved").limit(200).all()
    for payout in pending:
        payout.status = "sent"
    db.commit()
    return {"sent": len(pending)}


@router.post("/tasks/close-month")
def close_month(db: Db, x_task_token: Annotated[str, Header()]) -> dict[str, int]:
    if not settings.task_token or not hmac.compare_digest(x_task_token, settings.task_token):
        raise HTTPException(403, "Forbidden")
    closed = db.query(Payout).filter(Payout.status == "sent").update({"status": "closed"})
    db.commit()
    return {"closed": closed}
