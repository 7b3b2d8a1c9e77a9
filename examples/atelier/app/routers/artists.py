from uuid import UUID

from fastapi import APIRouter, HTTPException
from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from app.database import Db
from app.deps import SignedIn, SignedInArtist
from app.models import Artist, Commission, Package
from app.schemas import ArtistChange, ArtistFull

router = APIRouter(prefix="/artists", tags=["artists"])


@router.get("")
def all_artists(db: Db) -> list[dict[str, object]]:
    artists = db.scalars(select(Artist).order_by(Artist.slug)).all()
    result = []
    for artist in artists:
        done = db.scalar(select(func.count()).select_from(Commission).where(Commission.artist_id == artist.id))
        packages = db.scalars(select(Package).where(Package.artist_id == artist.id)).all()
        result.append({"slug": artist.slug, "done": done, "from_cents": min((p.price_cents for p in packages), default=0)})
    return result


@router.get("/featured")
def featured(db: Db) -> list[dict[str, object]]:
    artists = db.scalars(
        select(Artist).where(Artist.featured).options(selectinload(Artist.packages)).order_by(Artist.slug).limit(24)
    )
    return [{"slug": a.slug, "packages": [p.title for p in a.packages]} for a in artists]


@router.get("/search")
def search(db: Db, q: str, sort: str = "slug") -> list[dict[str, object]]:
    rows = db.execute(
        text(f"SELECT slug, bio, style FROM artists WHERE bio ILIKE '%{q}%' OR style ILIKE '%{q}%' ORDER BY {sort} LIMIT 30")
    )
    return [dict(row._mapping) for row in rows]


@router.get("/by-style")
def by_style(db: Db, style: str) -> list[dict[str, object]]:
    rows = db.execute(
        text("SELECT slug, bio FROM artists WHERE style = :style ORDER BY slug LIMIT 30"),
        {"style": style},
    )
    return [dict(row._mapping) for row in rows]


@router.patch("/me")
def change_own_page(change: ArtistChange, artist: SignedInArtist, db: Db) -> dict[str, bool]:
    artist.bio, artist.style = change.bio, change.style
    db.add(artist)
    db.commit()
    return {"ok": True}


@router.get("/{slug}")
def one(slug: str, db: Db) -> dict[str, object]:
    artist = db.scalar(select(Artist).where(Artist.slug == slug))
    if artist is None:
        raise HTTPException(404, "No such artist")
    return {"slug": artist.slug, "bio": artist.bio, "style": artist.style, "open_slots": artist.open_slots}


@router.put("/{artist_id}")
def replace_page(artist_id: UUID, change: ArtistFull, user: SignedIn, db: Db) -> dict[str, bool]:
    artist = db.get(Artist, artist_id)
    if artist is None:
        raise HTTPException(404, "No such artist")
    for field, value in change.model_dump().items():
        setattr(artist, field, value)
    db.commit()
    return {"ok": True}
