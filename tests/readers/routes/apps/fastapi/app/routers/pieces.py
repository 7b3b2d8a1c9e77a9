from fastapi import APIRouter, HTTPException, Query, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import select

from app.deps import Db, SignedIn
from app.models import Piece

router = APIRouter()


class PieceIn(BaseModel):
    title: str = Field(max_length=140)
    price_cents: int = Field(gt=0)


@router.get("/")
def list_pieces(db: Db, glaze: str | None = None, page: int = Query(0, ge=0)) -> list[dict]:
    rows = db.scalars(select(Piece).order_by(Piece.id).offset(page * 40).limit(40))
    return [{"id": p.id, "title": p.title, "glaze": glaze} for p in rows]


@router.post("/", status_code=201)
def add_piece(piece: PieceIn, db: Db, potter: SignedIn) -> dict[str, int]:
    row = Piece(potter_id=potter.id, title=piece.title, price_cents=piece.price_cents)
    db.add(row)
    db.commit()
    return {"id": row.id}


@router.put("/{piece_id}")
def change_piece(piece_id: int, piece: PieceIn, db: Db, potter: SignedIn) -> dict[str, bool]:
    row = db.get(Piece, piece_id)
    if row is None:
        raise HTTPException(404, "No such piece")
    if row.potter_id != potter.id:
        raise HTTPException(403, "Not your piece")
    row.title, row.price_cents = piece.title, piece.price_cents
    db.commit()
    return {"ok": True}


@router.delete("/{piece_id}", status_code=204)
def remove_piece(piece_id: int, db: Db, potter: SignedIn) -> None:
    db.delete(db.get(Piece, piece_id))
    db.commit()


@router.post("/{piece_id}/photo")
async def add_photo(piece_id: int, photo: UploadFile, potter: SignedIn) -> dict[str, str | None]:
    return {"name": photo.filename}
