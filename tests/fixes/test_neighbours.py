"""Repairs of Python addresses that ask nobody, in the words in which their neighbours ask."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "access/ask_as_neighbours"

FLASK = """
    from flask import Blueprint, Flask, jsonify, redirect, render_template, request, session
    from models import Crate, db, Keeper

    desk = Blueprint("desk", __name__)

    def current_keeper():
        number = session.get("keeper_id")
        if not number:
            return None
        return Keeper.query.filter_by(id=number).first()

    @desk.route("/crates")
    def crates():
        keeper = current_keeper()
        if not keeper:
            return redirect("/login")
        return render_template("PAGE", crates=Crate.query.filter_by(keeper_id=keeper.id).all())

    @desk.route("/crates/<int:number>/label", methods=["POST"])
    def label(number):
        keeper = current_keeper()
        if not keeper:
            return redirect("/login")
        crate = Crate.query.filter_by(id=number, keeper_id=keeper.id).first_or_404()
        crate.label = request.form.get("label")
        db.session.commit()
        return redirect("/crates")

    @desk.route("/crates/<int:number>/name", methods=["POST"])
    def name(number):
        keeper = current_keeper()
        if not keeper:
            return jsonify({"error": "Please sign in."}), 401
        crate = Crate.query.filter_by(id=number, keeper_id=keeper.id).first_or_404()
        crate.name = request.form.get("name")
        db.session.commit()
        return jsonify({"ok": True})

    @desk.route("PATH", methods=["POST"])
    def weigh(number):
        BODY
        return ANSWER

    @desk.route("/")
    def shop():
        return render_template("shop.html")

    app = Flask(__name__)
    app.register_blueprint(desk)
"""
MODELS = """
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()

    class Keeper(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class Crate(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        keeper_id = db.Column(db.Integer, db.ForeignKey("keeper.id"))
        label = db.Column(db.String)
        name = db.Column(db.String)
        weight = db.Column(db.Integer)
"""
WEIGH = """crate = Crate.query.get_or_404(number)
        crate.weight = request.form.get("weight")
        db.session.commit()"""
FORM = """<form method="POST" action="/crates/{{ crate.id }}/weight"></form>"""


def flask(
    path: str = "/crates/<int:number>/weight",
    body: str = WEIGH,
    answer: str = 'redirect("/crates")',
    page: str = "crates.html",
) -> dict[str, str]:
    text = FLASK.replace("PATH", path).replace("BODY", body).replace("ANSWER", answer).replace("PAGE", page)
    return {"app.py": text, "models.py": MODELS, "templates/crates.html": FORM}


def test_the_first_statements_of_neighbours_that_change_the_same() -> None:
    done = repaired(NAME, flask())
    assert not done.left
    assert (
        "def weigh(number):\n    keeper = current_keeper()\n    if not keeper:\n"
        '        return redirect("/login")\n    crate = Crate.query.get_or_404(number)\n'
    ) in done.files["app.py"]


def test_who_answers_with_json_refuses_with_json() -> None:
    done = repaired(NAME, flask(answer='jsonify({"ok": True})'))
    assert (
        'def weigh(number):\n    keeper = current_keeper()\n    if not keeper:\n        return jsonify({"error"'
        in (done.files["app.py"])
    )


def test_whom_the_handler_loads_already_is_asked_about() -> None:
    who = 'who = current_keeper()\n        print("weighed by", who.id if who else None)\n        '
    done = repaired(NAME, flask(body=f"{who}{WEIGH}"))
    assert 'who = current_keeper()\n    if not who:\n        return redirect("/login")\n' in done.files["app.py"]


@pytest.mark.parametrize(
    "files",
    [
        flask(path="/track/<int:number>"),
        flask(path="/crates/<int:number>/<token>"),
        flask(page="other.html") | {"templates/shop.html": FORM},
        {path: text.replace("        if not keeper:", "        if 0:") for path, text in flask().items()},
    ],
    ids=["tracking", "by token", "an open page calls it", "no neighbour asks"],
)
def test_what_may_be_meant_for_everybody_is_left(files: dict[str, str]) -> None:
    assert not repaired(NAME, files).patches


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

    @app.put("/api/crates/{number}/name")
    async def name(number: str, text: str, user: dict = Depends(current_user)):
        await db.crates.update_one({"id": number, "user_id": user["id"]}, {"$set": {"name": text}})

    @app.delete("/api/crates/{number}")
    async def drop(
        number: str,
    ):
        await db.crates.delete_one({"id": number})
"""


def test_the_parameter_that_the_framework_fills() -> None:
    done = repaired(NAME, {"main.py": FASTAPI})
    assert not done.left
    assert "    number: str,\n    user: dict = Depends(current_user),\n):" in done.files["main.py"]


@pytest.mark.parametrize(
    ("call", "patched"),
    [
        ("fetch(`/api/crates/${id}`, { method: 'DELETE' })", False),
        ("fetch(`/api/crates/${id}`, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })", True),
        ("api.delete(`/crates/${id}`)", False),
    ],
)
def test_a_page_that_sends_no_login_goes_on_working(call: str, patched: bool) -> None:
    files = {"main.py": FASTAPI, "src/crates.ts": f"export const drop = (id, token) => {call};\n"}
    assert bool(repaired(NAME, files).patches) is patched


DECORATED = """
    from functools import wraps
    from flask import Flask, jsonify, request
    from models import Crate, db, Session

    app = Flask(__name__)

    def token_required(f):
        @wraps(f)
        def asked(*args, **kwargs):
            found = Session.query.filter_by(token=request.headers.get("Authorization")).first()
            if not found:
                return jsonify({"error": "Please sign in."}), 401
            return f(FIRST*args, **kwargs)
        return asked

    @app.route("/api/crates/<int:number>/label", methods=["PUT"])
    @token_required
    def label(GIVENnumber):
        Crate.query.filter_by(id=number).update({"label": request.json["label"]})
        db.session.commit()
        return jsonify(ok=True)

    @app.route("/api/crates/<int:number>", methods=["DELETE"])
    def drop(number):
        Crate.query.filter_by(id=number).delete()
        db.session.commit()
        return jsonify(ok=True)
"""


@pytest.mark.parametrize(("first", "given"), [("", ""), ("found.user_id, ", "user_id, ")])
def test_the_decorator_with_what_it_hands_over(first: str, given: str) -> None:
    text = DECORATED.replace("FIRST", first).replace("GIVEN", given)
    models = MODELS + "\n    class Session(db.Model):\n        token = db.Column(db.String, primary_key=True)\n"
    done = repaired(NAME, {"app.py": text, "models.py": models})
    assert not done.left
    assert f'methods=["DELETE"])\n@token_required\ndef drop({given}number):' in done.files["app.py"]


STAFF = """
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

    async def require_admin(user: dict = Depends(current_user)):
        if user["role"] != "admin":
            raise HTTPException(status_code=403, detail="This is for admins.")
        return user

    @app.post("/api/admin/users/{number}/ban")
    async def ban(number: str, user: dict = Depends(GUARD)):
        await db.users.update_one({"id": number}, {"$set": {"banned": True}})

    @app.post("/api/admin/users/{number}/suspend")
    async def suspend(number: str, PARAMETER):
        await db.users.update_one({"id": number}, {"$set": {"suspended": True}})
"""


@pytest.mark.parametrize(
    ("parameter", "written"),
    [
        ("user: dict = Depends(current_user)", "number: str, user: dict = Depends(require_admin)):"),
        ("me: dict = Depends(current_user)", "me: dict = Depends(current_user), user: dict = Depends(require_admin)):"),
    ],
)
def test_an_admins_work_asks_for_the_role(parameter: str, written: str) -> None:
    text = STAFF.replace("GUARD", "require_admin").replace("PARAMETER", parameter)
    done = repaired("access/ask_role_as_neighbours", {"main.py": text})
    assert not done.left
    assert written in done.files["main.py"]


def test_without_a_neighbour_that_asks_for_the_role_none_is_invented() -> None:
    text = STAFF.replace("GUARD", "current_user").replace("PARAMETER", "user: dict = Depends(current_user)")
    done = repaired("access/ask_role_as_neighbours", {"main.py": text})
    assert done.left
    assert not done.patches
