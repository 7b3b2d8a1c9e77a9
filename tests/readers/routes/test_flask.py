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


def routes(**files: str) -> dict[str, set[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    flow = Flow(Project({f"{k.replace('__', '/')}.py": dedent(v) for k, v in files.items()}))
    return {str(r): {g.kind for g in r.guards} for r in (route_of(flow, e) for e in flask.read(flow))}


def test_only_the_methods_that_a_rule_gives_a_view() -> None:
    found = routes(
        app="""
            from flask import Flask, Blueprint
            from flask.views import MethodView, View

            class Lamps(MethodView):
                def get(self, lamp_id=None):
                    return "ok"
                def post(self):
                    return "ok"
                def delete(self, lamp_id):
                    return "ok"

            class Old(View):
                methods = ["GET", "POST"]
                def dispatch_request(self):
                    return "ok"

            api = Blueprint("api", __name__)
            api.add_url_rule("/lamps", view_func=Lamps.as_view("lamps"), methods=["GET", "POST"])
            api.add_url_rule("/lamps/<lamp_id>", view_func=Lamps.as_view("lamp"), methods=["GET", "DELETE"])
            api.add_url_rule("/all", view_func=Lamps.as_view("all"))
            api.add_url_rule("/old", view_func=Old.as_view("old"))
            app = Flask(__name__)
            app.register_blueprint(api)
        """
    )
    assert set(found) == {
        "GET /lamps",
        "POST /lamps",
        "GET /lamps/<lamp_id>",
        "DELETE /lamps/<lamp_id>",
        "GET /all",
        "POST /all",
        "DELETE /all",
        "GET /old",
        "POST /old",
    }


def test_namespaces_that_an_api_of_the_app_s_own_class_makes() -> None:
    found = routes(
        extensions="""
            from flask_restx import Api

            class Named(Api):
                def render_doc(self):
                    return "docs"

            api = Named(prefix="/api")

            def init_app(app):
                api.init_app(app)
        """,
        lamps="""
            from flask_restx import Resource
            from flask_jwt_extended import jwt_required
            from flask_security import roles_accepted
            from extensions import api as root

            api = root.namespace("lamps", description="Lamps")
            bare = root.namespace("", path="/")

            @api.route("")
            class Lamps(Resource):
                @jwt_required()
                @roles_accepted("keeper")
                @api.doc(security="token")
                def post(self):
                    return {}

            @bare.route("/welcome")
            class Welcome(Resource):
                def get(self):
                    return {}
        """,
        app="""
            from flask import Flask
            import extensions
            import lamps

            def create_app(settings):
                app = Flask(__name__)
                for blueprint in found_by_name():
                    app.register_blueprint(blueprint)
                extensions.init_app(app)
                return app
        """,
    )
    assert found == {"POST /api/lamps": {"login", "role"}, "GET /api/welcome": set()}


def test_blueprints_that_are_looked_up_by_name() -> None:
    found = routes(
        app="""
            import importlib
            from flask import Flask
            app = Flask(__name__)
            for name in ("lamps", "shades"):
                app.register_blueprint(importlib.import_module(f"parts.{name}").bp)
        """,
        parts__lamps="""
            from flask import Blueprint
            bp = Blueprint("lamps", __name__, url_prefix="/lamps")

            @bp.get("/")
            def lamps():
                return []
        """,
        parts__shades="""
            from flask import Blueprint
            bp = Blueprint("shades", __name__, url_prefix="/shades")

            @bp.route("/", methods=["POST"])
            def shades():
                return []
        """,
    )
    assert set(found) == {"GET /lamps/", "POST /shades/"}


def test_who_a_path_names_checked_in_a_decorator() -> None:
    found = routes(
        app="""
            import jwt
            from functools import wraps
            from flask import Flask, request, abort

            def own(function):
                @wraps(function)
                def inner(*args, **kwargs):
                    claims = jwt.decode(request.headers["Authorization"], KEY, algorithms=["HS256"])
                    if "owner_id" in kwargs:
                        if claims["sub"] != kwargs["owner_id"]:
                            abort(403)
                    return function(*args, **kwargs)
                return inner

            app = Flask(__name__)

            @app.get("/owners/<owner_id>/lamps")
            @own
            def lamps(owner_id):
                return []

            @app.get("/lamps")
            @own
            def all_lamps():
                return []
        """
    )
    assert found == {"GET /owners/<owner_id>/lamps": {"login", "ownership"}, "GET /lamps": {"login"}}


def test_an_app_of_a_class_of_its_own() -> None:
    found = routes(
        app="""
            from flask import Flask

            class House(Flask):
                def mount(self):
                    self.add_url_rule("/rooms", view_func=rooms)

            def rooms():
                return []

            def create_app():
                app = House(__name__)
                app.mount()

                @app.route("/lamps")
                def lamps():
                    return []

                return app
        """
    )
    assert set(found) == {"GET /rooms", "GET /lamps"}
