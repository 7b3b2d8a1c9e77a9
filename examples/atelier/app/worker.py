"""Clears old requests, started by the host's clock: `python -m app.worker`."""

import logging
from datetime import UTC, datetime, timedelta

import sentry_sdk
from sqlalchemy import update

from app.config import settings
from app.database import make_session
from app.models import Commission

logger = logging.getLogger(__name__)

sentry_sdk.init(
    dsn=settings.sentry_dsn,
    send_default_pii=False,
    include_local_variables=False,
    max_request_body_size="never",
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
