"""Clears old requests, started by the host's clock: `python -m app.worker`."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import sentry_sdk
from sqlalchemy import update

from app.config import settings
from app.database import make_session
from app.models import Commission

logger = logging.getLogger(__name__)

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def without_addresses(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    for thrown in event.get("exception", {}).get("values", []):
        thrown["value"] = ADDRESS.sub("[address]", thrown.get("value") or "")
    return event


sentry_sdk.init(
    dsn=settings.sentry_dsn,
    send_default_pii=False,
    include_local_variables=False,
    max_request_body_size="never",
    before_send=without_addresses,
)


def close_forgotten() -> int:
    before = datetime.now(UTC) - timedelta(days=30)
    with make_session() as db:
        closed = db.execute(
            update(Commission)
            .where(Commission.status == "asked", Commission.created_at < before)
            .values(status="closed")
        )
        db.commit()
        return closed.rowcount


if __name__ == "__main__":
    logger.info("closed %d forgotten requests", close_forgotten())
