from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm
from slowapi import Limiter
from slowapi.util import get_remote_address
from sqlalchemy import select

from app.deps import Db, SignedIn
from app.models import Potter
from app.security import make_token, matches

router = APIRouter(prefix="/auth", tags=["auth"])
limiter = Limiter(key_func=get_remote_address)


@router.post("/token")
@limiter.limit("5/minute")
def sign_in(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> dict[str, str]:
    potter = db.scalar(select(Potter).where(Potter.email == form.username))
    if potter is None or not matches(form.password, potter.password_hash):
        raise HTTPException(401, "Wrong e-mail or password")
    return {"access_token": make_token(potter.id), "token_type": "bearer"}


@router.get("/me")
async def me(potter: SignedIn) -> dict[str, str]:
    return {"id": potter.id, "email": potter.email}
