import stripe
from fastapi import APIRouter, HTTPException, Request

from app.config import settings

router = APIRouter(prefix="/webhooks")


@router.post("/stripe", include_in_schema=False)
async def stripe_event(request: Request) -> dict[str, str]:
    try:
        event = stripe.Webhook.construct_event(
            await request.body(), request.headers["stripe-signature"], settings.stripe_webhook_secret
        )
    except (KeyError, ValueError, stripe.SignatureVerificationError) as error:
        raise HTTPException(400, "Bad signature") from error
    return {"received": event["type"]}


@router.api_route("/ping", methods=["GET", "HEAD"])
async def ping() -> dict[str, str]:
    return {"pong": "yes"}
