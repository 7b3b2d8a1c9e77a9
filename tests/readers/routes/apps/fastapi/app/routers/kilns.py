from fastapi import APIRouter, Body, Depends, Header
from sqlalchemy import select

from app.deps import Db, current_potter
from app.models import Firing

router = APIRouter(dependencies=[Depends(current_potter)])


@router.get("")
def firings(db: Db, x_studio: str = Header("main")) -> list[dict]:
    rows = db.scalars(select(Firing).where(Firing.kiln == x_studio).limit(100))
    return [{"id": f.id, "celsius": f.celsius} for f in rows]


@router.post("/{kiln}/fire")
def fire(kiln: str, db: Db, celsius: int = Body(embed=True)) -> dict[str, bool]:
    db.add(Firing(kiln=kiln, celsius=celsius))
    db.commit()
    return {"ok": True}


@router.get("/manuals/{file_path:path}")
def manual(file_path: str) -> dict[str, str]:
    return {"manual": file_path}
