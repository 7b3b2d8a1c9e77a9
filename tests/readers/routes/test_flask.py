"""What Flask's hooks let pass."""

from __future__ import annotations

from textwrap import dedent

from apprescue.readers.routes import flask
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

HOOK = """
    from flask import Flask, Blueprint, request, session, redirect
    desk = Blueprint("desk", __name__)

    @desk.before_request
    def keep_out():
        if request.endpoint == "desk.login" or request.path.rstrip("/") == "/desk/help":
            return None
        if session.get("desk_open") is True:
            return None
        return redirect("/desk/login")

    @desk.post("/login")
    def login():
        return "ok"

    @desk.post("/help")
    def help():
        return "ok"

    @desk.post("/prices")
    def prices():
        return "ok"

    app = Flask(__name__)
    app.register_blueprint(desk, url_prefix="/desk")
"""


def test_a_hook_that_lets_some_addresses_pass_by_their_names() -> None:
    flow = Flow(Project({"app.py": dedent(HOOK)}))
    guards = {e.path: [g.kind for g in route_of(flow, e).guards] for e in flask.read(flow)}
    assert guards == {"/desk/login": [], "/desk/help": [], "/desk/prices": ["login"]}
