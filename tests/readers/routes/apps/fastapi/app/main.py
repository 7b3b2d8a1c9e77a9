from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.config import settings
from app.routers import admin, auth, kilns, webhooks
from app.routers.pieces import router as pieces_router

app = FastAPI(title="Emberglaze", root_path_in_servers=False)
app.add_middleware(CORSMiddleware, allow_origins=[settings.web_origin], allow_methods=["*"], allow_credentials=True)

API = "/api/v1"


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


app.include_router(auth.router, prefix=API)
app.include_router(pieces_router, prefix=API + "/pieces", tags=["pieces"])
app.include_router(kilns.router, prefix=f"{API}/kilns")
app.include_router(admin.router, prefix=API)
app.include_router(webhooks.router)
