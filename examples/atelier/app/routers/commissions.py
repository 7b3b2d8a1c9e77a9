import asyncio
import logging
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import APIRouter, BackgroundTasks, HTTPException, Query
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from app.config import settings
from app.database import Db
from app.deps import Admin, InvoiceViewer, SignedIn, SignedInArtist
from app.mail import send_letter, send_notice
from app.models import Artist, Commission, Message, Package, User
from app.schemas import CommissionIn, MessageIn, PackageOrder

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/commissions", tags=["commissions"])


@router.get("/mine")
def mine(user: SignedIn, db: Db, page: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, object]]:
    rows = db.scalars(
        select(Commission)
        .where(Commission.client_id == user.id)
        .order_by(Commission.created_at.desc())
        .offset(page * 20)
        .limit(20)
    )
    return [{"id": str(c.id), "status": c.status, "price_cents": c.price_cents} for c in rows]


@router.get("/export")
def export(admin: Admin) -> list[dict[str, object]]:
    engine = create_engine(settings.database_url)
    with Session(engine) as db:
        rows = db.execute(text("SELECT * FROM commissions")).mappings().all()
    return [dict(row) for row in rows if row["status"] == "done"]


@router.get("/rates")
async def rates(user: SignedIn) -> dict[str, object]:
    async with httpx.AsyncClient(timeout=5) as client:
        try:
            euro = await client.get("https://rates.atelier.example/eur")
            pound = await client.get("https://rates.atelier.example/gbp")
            yen = await client.get("https://rates.atelier.example/jpy")
            return {"eur": euro.json(), "gbp": pound.json(), "jpy": yen.json()}
        except Exception:
            pass
    return {}


@router.get("/shipping")
async def shipping(user: SignedIn, country: str) -> dict[str, object]:
    async with httpx.AsyncClient(timeout=5) as client:
        try:
            post, courier = await asyncio.gather(
                client.get("https://post.atelier.example/quote", params={"country": country}),
                client.get("https://courier.atelier.example/quote", params={"country": country}),
            )
            return {"post": post.json(), "courier": courier.json()}
        except httpx.HTTPError:
            logger.exception("no shipping quotes")
            raise HTTPException(502, "The carriers do not answer") from None


@router.get("/{commission_id}")
def one(commission_id: UUID, user: SignedIn, db: Db) -> dict[str, object]:
    commission = db.get(Commission, commission_id)
    if commission is None:
        raise HTTPException(404, "No such commission")
    messages = db.scalars(select(Message).where(Message.commission_id == commission_id).limit(200))
    return {"brief": commission.brief, "price_cents": commission.price_cents, "messages": [m.body for m in messages]}


@router.get("/{commission_id}/invoice")
def invoice(commission_id: UUID, viewer: InvoiceViewer, db: Db) -> dict[str, object]:
    commission = db.get(Commission, commission_id)
    if commission is None or commission.client_id != viewer.id:
        raise HTTPException(404, "No such commission")
    return {"to": viewer.name, "cents": commission.price_cents}


@router.post("", status_code=201)
def ask(data: CommissionIn, user: SignedIn, db: Db) -> dict[str, str]:
    commission = Commission(
        artist_id=data.artist_id,
        client_id=user.id,
        brief=data.brief,
        price_cents=data.price_cents,
    )
    db.add(commission)
    db.commit()
    return {"id": str(commission.id)}


@router.post("/from-package", status_code=201)
def order_package(data: PackageOrder, user: SignedIn, db: Db, later: BackgroundTasks) -> dict[str, str]:
    package = db.get(Package, data.package_id)
    if package is None:
        raise HTTPException(404, "No such package")
    commission = Commission(
        artist_id=package.artist_id,
        client_id=user.id,
        brief=data.brief,
        price_cents=package.price_cents,
    )
    db.add(commission)
    db.commit()
    later.add_task(send_letter, user.email, "Your commission", "The artist has your brief and will answer soon.")
    logger.info("commission %s ordered", commission.id)
    return {"id": str(commission.id)}


@router.post("/{commission_id}/accept")
def accept(commission_id: UUID, artist: SignedInArtist, db: Db) -> dict[str, bool]:
    commission = db.get(Commission, commission_id)
    if commission is None or commission.artist_id != artist.id:
        raise HTTPException(404, "No such commission")
    taken = db.scalar(
        select(func.count())
        .select_from(Commission)
        .where(Commission.artist_id == artist.id, Commission.status == "accepted")
    )
    if taken >= artist.open_slots:
        raise HTTPException(409, "No free slot")
    commission.status = "accepted"
    db.commit()
    return {"ok": True}


@router.post("/{commission_id}/finish")
def finish(commission_id: UUID, artist: SignedInArtist, db: Db) -> dict[str, bool]:
    locked = db.scalar(select(Artist).where(Artist.id == artist.id).with_for_update())
    commission = db.scalar(
        select(Commission)
        .where(Commission.id == commission_id, Commission.artist_id == artist.id, Commission.status == "accepted")
        .with_for_update()
    )
    if locked is None or commission is None:
        raise HTTPException(404, "No such commission")
    commission.status = "done"
    locked.balance_cents += commission.price_cents
    db.commit()
    return {"ok": True}


@router.post("/{commission_id}/messages", status_code=201)
def write(commission_id: UUID, data: MessageIn, user: SignedIn, db: Db) -> dict[str, str]:
    commission = db.get(Commission, commission_id)
    artist = db.get(Artist, commission.artist_id) if commission else None
    if commission is None or artist is None or user.id not in (commission.client_id, artist.user_id):
        raise HTTPException(404, "No such commission")
    message = Message(commission_id=commission.id, author_id=user.id, body=data.body)
    db.add(message)
    db.commit()
    return {"id": str(message.id)}


@router.post("/remind")
def remind_all(message: str, artist: SignedInArtist, db: Db) -> dict[str, int]:
    clients = db.scalars(
        select(User).join(Commission, Commission.client_id == User.id).where(Commission.artist_id == artist.id).limit(500)
    ).all()
    for client in clients:
        send_notice(client.email, client.name, message)
    return {"sent": len(clients)}


@router.delete("/{commission_id}", status_code=204)
def remove(commission_id: UUID, admin: Admin, db: Db) -> None:
    commission = db.get(Commission, commission_id)
    if commission is not None:
        db.delete(commission)
        db.commit()
        logger.info("commission %s removed by %s", commission_id, admin.id)
