from pathlib import Path
from uuid import uuid4

from fastapi import APIRouter, HTTPException, UploadFile
from fastapi.responses import FileResponse
from sqlalchemy import select

from app.config import settings
from app.database import Db
from app.deps import SignedInArtist
from app.models import Artwork

router = APIRouter(prefix="/files", tags=["files"])
UPLOADS = Path(settings.upload_dir)
KINDS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
LIMIT = 8 * 1024 * 1024


@router.post("/portfolio", status_code=201)
async def add_to_portfolio(file: UploadFile, artist: SignedInArtist) -> dict[str, str]:
    target = f"{settings.upload_dir}/{artist.slug}/{file.filename}"
    with open(target, "wb") as out:
        out.write(await file.read())
    return {"path": target}


@router.post("/artworks", status_code=201)
async def add_artwork(title: str, picture: UploadFile, artist: SignedInArtist, db: Db) -> dict[str, str]:
    ending = KINDS.get(picture.content_type or "")
    if ending is None:
        raise HTTPException(415, "Please choose a PNG, JPEG or WebP")
    content = await picture.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise HTTPException(413, "A picture has at most 8 MB")
    name = f"{uuid4()}{ending}"
    (UPLOADS / name).write_bytes(content)
    db.add(Artwork(artist_id=artist.id, title=title, file_name=name))
    db.commit()
    return {"name": name}


@router.get("/artworks/{name}")
def artwork(name: str, db: Db) -> FileResponse:
    row = db.scalar(select(Artwork).where(Artwork.file_name == name))
    if row is None:
        raise HTTPException(404, "No such artwork")
    return FileResponse(UPLOADS / row.file_name)


@router.get("/download")
def download(path: str) -> FileResponse:
    return FileResponse(f"{settings.upload_dir}/{path}")
