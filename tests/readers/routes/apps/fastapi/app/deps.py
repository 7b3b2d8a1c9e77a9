from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from sqlalchemy.orm import Session

from app.config import settings
from app.db import get_db
from app.models import Potter

oauth2 = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token")


def current_potter(token: Annotated[str, Depends(oauth2)], db: Annotated[Session, Depends(get_db)]) -> Potter:
    try:
        claims = jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])
    except JWTError as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in") from error
    potter = db.get(Potter, claims["sub"])
    if potter is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please sign in")
    return potter


def current_admin(potter: Annotated[Potter, Depends(current_potter)]) -> Potter:
    if potter.role != "admin":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Admins only")
    return potter


SignedIn = Annotated[Potter, Depends(current_potter)]
Db = Annotated[Session, Depends(get_db)]
