from fastapi import APIRouter, Depends
from sqlalchemy import select, update

from app.deps import Db, current_admin, current_potter
from app.models import Potter

router = APIRouter(prefix="/admin", dependencies=[Depends(current_potter)])


@router.get("/potters", dependencies=[Depends(current_admin)])
def potters(db: Db) -> list[dict]:
    return [{"id": p.id, "email": p.email} for p in db.scalars(select(Potter).limit(200))]


@router.patch("/potters/{potter_id}/role")
def set_role(potter_id: str, role: str, db: Db) -> dict[str, bool]:
    db.execute(update(Potter).where(Potter.id == potter_id).values(role=role))
    db.commit()
    return {"ok": True}
