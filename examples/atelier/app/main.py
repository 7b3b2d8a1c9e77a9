import logging

import sentry_sdk
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from slowapi import _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded

from app.config import settings
from app.gallery import gallery
from app.limits import limiter
from app.routers import artists, assistant, auth, commissions, files, payments

logging.basicConfig(level=logging.INFO)

sentry_sdk.init(dsn=settings.sentry_dsn, traces_sample_rate=1.0, send_default_pii=True)

app = FastAPI(title="Atelier")
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/debug/settings")
def debug_settings() -> dict[str, object]:
    return settings.model_dump()


@app.exception_handler(Exception)
async def unexpected(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error), "kind": type(error).__name__}, status_code=500)


for router in (auth.router, artists.router, commissions.router, payments.router, files.router, assistant.router):
    app.include_router(router, prefix="/api")
app.mount("/public", gallery)
