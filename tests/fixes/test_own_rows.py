"""Repairs of Python queries that find anybody's row by an id."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "access/look_among_own"

FLASK = """
    from flask import Flask, jsonify, request
    from flask_login import current_user, login_required
    from models import Crate, db

    app = Flask(__name__)

    @app.route("/crates/<int:number>/label", methods=["POST"])
    @login_required
    def label(number):
        crate = Crate.query.filter_by(id=number, OWNER=current_user.id).first_or_404()
        crate.label = request.json["label"]
        db.session.commit()
        return jsonify(ok=True)

    @app.route("/crates/<int:number>/weight", methods=["POST"])
    @login_required
    def weigh(number):
        crate = QUERY
        if crate is None:
            return jsonify(error="There is no such crate."), 404
        crate.weight = request.json["weight"]
        db.session.commit()
        return jsonify(ok=True)
"""
MODELS = """
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()

    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class Crate(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
        MORE
        label = db.Column(db.String)
        weight = db.Column(db.Integer)
"""


def flask(query: str, more: str = "", owner: str = "user_id") -> dict[str, str]:
    return {"app.py": FLASK.replace("QUERY", query).replace("OWNER", owner), "models.py": MODELS.replace("MORE", more)}


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("Crate.query.get(number)", "Crate.query.filter_by(id=number, user_id=current_user.id).first()"),
        ("Crate.query.get_or_404(number)", "Crate.query.filter_by(id=number, user_id=current_user.id).first_or_404()"),
        (
            "Crate.query.filter_by(id=number).first()",
            "Crate.query.filter_by(id=number, user_id=current_user.id).first()",
        ),
        (
            "db.session.query(Crate).filter(Crate.id == number).first()",
            "db.session.query(Crate).filter(Crate.id == number, Crate.user_id == current_user.id).first()",
        ),
    ],
)
def test_sqlalchemy_looks_among_the_callers_rows(query: str, narrowed: str) -> None:
    done = repaired(NAME, flask(query))
    assert not done.left
    assert f"    crate = {narrowed}\n" in done.files["app.py"]


@pytest.mark.parametrize(
    "files",
    [
        flask("Crate.query.get(number)", more="seller_id = db.Column(db.Integer)"),
        flask("Crate.query.get(number)", owner="label"),
        flask("Crate.query.get(number if not current_user.is_admin else request.json['number'])"),
    ],
    ids=["two people", "nobody's column", "admins too"],
)
def test_whose_row_it_is_must_be_told(files: dict[str, str]) -> None:
    done = repaired(NAME, files)
    assert done.left
    assert not done.patches


FASTAPI = """
    from fastapi import Depends, FastAPI, HTTPException
    from fastapi.security import HTTPBearer
    from motor.motor_asyncio import AsyncIOMotorClient

    app = FastAPI()
    db = AsyncIOMotorClient("mongodb://localhost").shop
    bearer = HTTPBearer()

    async def current_user(sent=Depends(bearer)):
        found = await db.sessions.find_one({"token": sent.credentials})
        if not found:
            raise HTTPException(status_code=401, detail="Please sign in.")
        return await db.users.find_one({"id": found["user_id"]})

    @app.put("/api/crates/{number}/label")
    async def label(number: str, text: str, user: dict = Depends(current_user)):
        await db.crates.update_one({"id": number, "user_id": user["id"]}, {"$set": {"label": text}})

    @app.delete("/api/crates/{number}")
    async def drop(number: str, me: dict = DEPENDS):
        found = await db.crates.delete_one({"id": number})
        if not found.deleted_count:
            raise HTTPException(status_code=404, detail="There is no such crate.")
"""


def test_mongodb_asks_for_the_owner_in_the_handlers_own_words() -> None:
    done = repaired(NAME, {"main.py": FASTAPI.replace("DEPENDS", "Depends(current_user)")})
    assert not done.left
    assert 'db.crates.delete_one({"id": number, "user_id": me["id"]})' in done.files["main.py"]


def test_who_calls_must_be_known_in_the_same_way() -> None:
    other = FASTAPI.replace("DEPENDS", "Depends(whoever)").replace("@app.put", WHOEVER + "    @app.put")
    done = repaired(NAME, {"main.py": other})
    assert done.left
    assert not done.patches


SHOWN = FASTAPI.replace("DEPENDS", "Depends(current_user)").partition('    @app.delete("')[0]
SHOWS = """
    @app.get("/api/crates/{number}")
    async def show(number: str, me: dict = Depends(current_user)):
        return await db.crates.find_one({"id": number})

    @app.get("/api/users/{user_id}/crates")
    async def all_of(user_id: str, me: dict = Depends(current_user)):
        return await db.crates.find({"user_id": user_id}).to_list(50)
"""


def test_what_is_only_looked_at_and_may_be_shown_to_others_is_left() -> None:
    done = repaired(NAME, {"main.py": SHOWN + SHOWS})
    assert done.left
    assert not done.patches


WHOEVER = """async def whoever(user=Depends(current_user)):
        return {"session": user}

"""

DJANGO = """
    from django.contrib.auth.decorators import login_required
    from django.http import JsonResponse
    from django.shortcuts import get_object_or_404
    from django.urls import path
    from shop.models import Crate

    @login_required
    def label(request, number):
        crate = get_object_or_404(Crate, id=number, owner=request.user)
        crate.label = request.POST["label"]
        crate.save()
        return JsonResponse({"ok": True})

    @login_required
    def drop(request, number):
        crate = get_object_or_404(Crate, id=number)
        crate.delete()
        return JsonResponse({"ok": True})

    urlpatterns = [path("crates/<int:number>/label/", label), path("crates/<int:number>/drop/", drop)]
"""
CRATE = """
    from django.conf import settings
    from django.db import models

    class Crate(models.Model):
        owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
        label = models.CharField(max_length=80)
"""
SETTINGS = 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["shop"]\n'


def test_django_asks_for_the_owner() -> None:
    done = repaired(NAME, {"shop/urls.py": DJANGO, "shop/models.py": CRATE, "shop/settings.py": SETTINGS})
    assert not done.left
    assert (
        "crate = get_object_or_404(Crate, id=number, owner=request.user)\n    crate.delete()"
        in (done.files["shop/urls.py"])
    )


PIER = """from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

from deps import Session, current_user, get_db
from models import Boat, Mooring, User

app = FastAPI()
SignedIn = Annotated[User, Depends(current_user)]
Db = Annotated[Session, Depends(get_db)]


@app.get("/boats")
def own(me: SignedIn, db: Db):
    return db.query(OTHER).filter(OTHER.skipper_id == me.id).all()


@app.put("/boats/{number}")
def rename(number: int, name: str, user: SignedIn, db: Db):
    boat = db.get(Boat, number)
    TEST
        raise HTTPException(404)
    boat.name = name
    db.commit()
"""
HARBOUR = """from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)


class Boat(Base):
    __tablename__ = "boats"
    id = Column(Integer, primary_key=True)
    skipper_id = Column(Integer, ForeignKey("users.id"))
    name = Column(String)


class Mooring(Base):
    __tablename__ = "moorings"
    id = Column(Integer, primary_key=True)
    skipper_id = Column(Integer, ForeignKey("users.id"))
"""
DEPS = """from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from jose import jwt
from sqlalchemy.orm import Session

from models import SessionLocal, User
from settings import SECRET

bearer = OAuth2PasswordBearer(tokenUrl="token")


def get_db():
    yield SessionLocal()


def current_user(token: str = Depends(bearer), db: Session = Depends(get_db)):
    return db.get(User, jwt.decode(token, SECRET, algorithms=["HS256"])["sub"])
"""


def renamed(test: str, other: str = "Boat") -> str:
    text = PIER.replace("TEST", test).replace("OTHER", other)
    done = repaired(NAME, {"main.py": text, "models.py": HARBOUR, "deps.py": DEPS, "requirements.txt": "fastapi\n"})
    return done.files["main.py"]


@pytest.mark.parametrize("test", ["if boat is None:", "if not boat:"])
def test_what_a_session_got_is_missing_where_it_is_anothers(test: str) -> None:
    assert f"    {test[:-1]} or boat.skipper_id != user.id:\n" in renamed(test)


@pytest.mark.parametrize(("test", "other"), [("if boat is None and number:", "Boat"), ("if not boat:", "Mooring")])
def test_whether_it_is_there_must_be_asked_and_whose_it_is_be_told(test: str, other: str) -> None:
    assert "!= user.id" not in renamed(test, other)
