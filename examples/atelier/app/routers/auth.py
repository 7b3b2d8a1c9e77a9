from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Request, Response
from sqlalchemy import select

from app.config import settings
from app.database import Db
from app.deps import Remembered, SignedIn
from app.limits import limiter
from app.mail import send_letter
from app.models import User
from app.schemas import Credentials, Registration
from app.security import hash_password, make_access_token, make_mail_token, password_matches

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201)
def register(data: Registration, db: Db) -> dict[str, str]:
    user = User(email=data.email, name=data.name, role=data.role, password_hash=hash_password(data.password))
    db.add(user)
    db.commit()
    link = f"{settings.app_url}/confirm?token={make_mail_token(user.id, 'confirm')}"
    send_letter(user.email, "Welcome to Atelier", f"Please confirm your address: {link}")
    return {"id": str(user.id)}


@router.post("/login")
def login(data: Credentials, response: Response, db: Db) -> dict[str, str]:
    user = db.scalar(select(User).where(User.email == data.email))
    if user is None or not password_matches(data.password, user.password_hash):
        raise HTTPException(401, "Wrong e-mail or password")
    response.set_cookie("remembered", str(user.id), max_age=60 * 60 * 24 * 365)
    return {"access_token": make_access_token(user.id)}


@router.post("/forgot")
@limiter.limit("5/hour")
def forgot(request: Request, email: Annotated[str, Body(embed=True)], db: Db) -> dict[str, bool]:
    user = db.scalar(select(User).where(User.email == email))
    if user is not None:
        token = make_mail_token(user.id, "reset")
        link = f"https://{request.headers['host']}/reset?token={token}"
        send_letter(user.email, "Choose a new password", f"Here you choose a new password: {link}")
    return {"ok": True}


@router.post("/quick-login")
def quick_login(user: Remembered) -> dict[str, str]:
    return {"access_token": make_access_token(user.id)}


@router.post("/desk", status_code=204)
def open_desk(response: Response, user: SignedIn) -> None:
    response.set_cookie(
        "desk",
        make_mail_token(user.id, "desk"),
        max_age=1800,
        httponly=True,
        secure=True,
        samesite="lax",
    )


@router.get("/me")
def me(user: SignedIn) -> dict[str, str]:
    return {"id": str(user.id), "email": user.email, "name": user.name}
