"""The public gallery: anybody may show it on a page of their own, so every origin may read it, without cookies."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import select

from app.database import Db
from app.models import Artwork

gallery = FastAPI(title="Atelier gallery")
gallery.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"])


@gallery.get("/artworks")
def artworks(db: Db, page: int = 0) -> list[dict[str, str]]:
    rows = db.scalars(select(Artwork).order_by(Artwork.id).offset(page * 30).limit(30))
    return [{"title": row.title, "file": row.file_name} for row in rows]
