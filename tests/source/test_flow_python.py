"""What following Python finds out: decorators, dependencies, models, rows that are objects, frameworks' globals."""

from __future__ import annotations

from textwrap import dedent

from apprescue.model.app import Query, Route
from apprescue.sprint.read import read


def app_of(**files: str) -> tuple[dict[str, Route], tuple[Query, ...]]:
    """The routes by name and the queries of an app of these modules."""
    app, _, trouble = read({f"{name}.py": dedent(text) for name, text in files.items()})
    assert not trouble
    return {str(route): route for route in app.routes}, app.queries


def kinds(route: Route) -> list[str]:
    return [guard.kind for guard in route.guards]


FASTAPI = """
    from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Security
    from fastapi.security import HTTPBearer
    from jose import jwt
    from pydantic import BaseModel
    from pydantic_settings import BaseSettings
    app = FastAPI()
"""


def fastapi(text: str) -> dict[str, Route]:
    return app_of(main=dedent(FASTAPI) + dedent(text))[0]


def test_a_bearer_scheme_alone_is_no_login() -> None:
    routes = fastapi("""
        bearer = HTTPBearer()
        @app.get("/looms")
        def looms(token=Depends(bearer)): return token.credentials
    """)
    assert kinds(routes["GET /looms"]) == []


def test_a_dependency_made_by_a_call_or_an_object_guards() -> None:
    routes = fastapi("""
        def weaver(authorization: str = Header()): return jwt.decode(authorization, "k")
        def needs(role):
            def check(user=Depends(weaver)):
                if user["role"] != role: raise HTTPException(403)
                return user
            return check
        class Needs:
            def __init__(self, role): self.role = role
            def __call__(self, user=Depends(weaver)):
                if user["role"] != self.role: raise HTTPException(403)
        @app.delete("/looms/{loom}")
        def remove(loom: int, user=Depends(needs("admin"))): ...
        @app.put("/looms/{loom}", dependencies=[Depends(Needs("admin"))])
        def change(loom: int): ...
    """)
    assert [g.kind for g in routes["DELETE /looms/{loom}"].guards] == ["login", "role"]
    assert [g.kind for g in routes["PUT /looms/{loom}"].guards] == ["login", "role"]


def test_a_user_who_may_be_missing_is_no_login() -> None:
    routes = fastapi("""
        def maybe(authorization: str = Header(None)):
            if not authorization: return None
            return jwt.decode(authorization, "k")
        @app.get("/looms")
        def looms(user=Depends(maybe)): return []
    """)
    assert kinds(routes["GET /looms"]) == []


def test_a_model_lets_only_its_fields_through() -> None:
    routes, queries = app_of(
        main=dedent(FASTAPI)
        + dedent("""
        from sqlalchemy.orm import Session
        from store import Weaver
        class WeaverIn(BaseModel):
            name: str
            role: str
        @app.post("/weavers")
        def join(weaver: WeaverIn, db: Session = Depends()):
            db.add(Weaver(**weaver.model_dump(exclude={"name"}), looms=0))
        """),
        store="""
        from sqlalchemy.orm import DeclarativeBase, Mapped
        class Base(DeclarativeBase): ...
        class Weaver(Base):
            __tablename__ = "weavers"
            role: Mapped[str]
        """,
    )
    assert {(p.name, p.where) for p in routes["POST /weavers"].parameters} == {("name", "body"), ("role", "body")}
    written = queries[0].written
    assert written is not None
    assert written.fields is not None
    assert {name: set(v.origins) for name, v in written.fields.items()} == {"role": {"body.role"}, "looms": set()}


def test_a_secret_with_an_empty_default_fails_open() -> None:
    routes = fastapi("""
        class Settings(BaseSettings):
            cron_secret: str = ""
            hook_secret: str
        settings = Settings()
        @app.post("/wind")
        def wind(x_cron: str = Header("")):
            if x_cron != settings.cron_secret: raise HTTPException(401)
        @app.post("/ring")
        def ring(x_hook: str = Header("")):
            if x_hook != settings.hook_secret.strip(): raise HTTPException(401)
    """)
    assert [(g.kind, g.fail_open) for g in routes["POST /wind"].guards] == [("secret", True)]
    assert [(g.kind, g.fail_open) for g in routes["POST /ring"].guards] == [("secret", False)]


def test_routers_included_in_a_loop_and_made_anew() -> None:
    routes, _ = app_of(
        main="""
        from fastapi import FastAPI
        import wool, dye
        app = FastAPI()
        for part in (wool, dye):
            app.include_router(part.router, prefix="/v1")
        """,
        wool="""
        from fastapi import APIRouter
        router = APIRouter(prefix="/old")
        router = APIRouter(prefix="/wool")
        @router.get("/all")
        def every(): ...
        """,
        dye="""
        from fastapi import APIRouter
        router = APIRouter()
        @router.get("/dye")
        def every(): ...
        """,
    )
    assert sorted(routes) == ["GET /v1/dye", "GET /v1/wool/all"]


FLASK = """
    from functools import wraps
    from flask import Flask, abort, g, jsonify, request, session
    import jwt
    from store import Loom, db
    app = Flask(__name__)
"""
STORE = """
    from flask_sqlalchemy import SQLAlchemy
    db = SQLAlchemy()
    class Loom(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        owner_id = db.Column(db.Integer)
        def rename(self, name):
            self.name = name
"""


def flask(text: str) -> tuple[dict[str, Route], tuple[Query, ...]]:
    return app_of(main=dedent(FLASK) + dedent(text), store=STORE)


def test_a_decorator_of_the_app_guards_by_what_it_asks_before_it_calls() -> None:
    routes, _ = flask("""
        def signed_in(f):
            @wraps(f)
            def wrapper(*args, **kwargs):
                try:
                    g.user = jwt.decode(request.headers["Authorization"], "k")
                except Exception:
                    return jsonify(error="no"), 401
                return f(*args, **kwargs)
            return wrapper
        def timed(f):
            @wraps(f)
            def wrapper(*args, **kwargs):
                return f(*args, **kwargs)
            return wrapper
        @app.get("/looms/<int:loom>")
        @signed_in
        def one(loom):
            found = Loom.query.get(loom)
            if found.owner_id != g.user["sub"]: abort(403)
            return jsonify(found)
        @app.get("/time")
        @timed
        def time(): return "now"
    """)
    assert kinds(routes["GET /looms/<int:loom>"]) == ["login", "ownership"]
    assert kinds(routes["GET /time"]) == []


def test_a_hook_lets_named_addresses_pass() -> None:
    routes, _ = flask("""
        @app.before_request
        def ask():
            if request.path in ("/health", "/login"): return None
            if "user_id" not in session: return jsonify(error="no"), 401
        @app.get("/health")
        def health(): return "ok"
        @app.get("/looms")
        def looms(): return jsonify([])
    """)
    assert kinds(routes["GET /health"]) == []
    assert kinds(routes["GET /looms"]) == ["login"]


def test_assigning_to_a_row_changes_it() -> None:
    _, queries = flask("""
        @app.post("/looms/<int:loom>")
        def rename(loom):
            found = Loom.query.filter_by(id=loom).first()
            found.rename(request.json["name"])
            found.colour = request.json["colour"]
            db.session.commit()
    """)
    changed = next(q for q in queries if q.operation == "update")
    assert [(f.column, set(f.value.origins)) for f in changed.filters] == [("id", {"path.loom"})]
    assert changed.written is not None
    assert set(changed.written.fields or ()) == {"name", "colour"}


def test_a_flag_that_the_request_sets_comes_from_the_request() -> None:
    _, queries = flask("""
        @app.post("/looms")
        def add():
            if request.json["rare"]: rare = True
            else: rare = False
            db.session.add(Loom(rare=rare, old=True))
    """)
    written = queries[0].written
    assert written is not None
    assert written.fields is not None
    assert set(written.fields["rare"].origins) == {"body.rare"}
    assert not written.fields["old"].origins


def test_the_callers_own_row_is_a_login_and_no_ownership() -> None:
    routes, _ = flask("""
        from flask_login import current_user, login_required
        @app.delete("/looms/<int:loom>")
        @login_required
        def remove(loom):
            mine = Loom.query.filter_by(owner_id=current_user.id).first()
            if mine is None: abort(403)
            Loom.query.filter_by(id=loom).delete()
        @app.put("/looms/<int:loom>")
        @login_required
        def change(loom):
            mine = Loom.query.filter_by(owner_id=current_user.id, id=loom).first()
            if mine is None: abort(403)
    """)
    assert set(kinds(routes["DELETE /looms/<int:loom>"])) == {"login"}
    assert set(kinds(routes["PUT /looms/<int:loom>"])) == {"login", "ownership"}


DJANGO = {
    "settings": """
        ROOT_URLCONF = "urls"
        REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
    """,
    "store": """
        from django.db import models
        class Loom(models.Model):
            owner = models.IntegerField()
            name = models.TextField()
    """,
    "urls": """
        from django.urls import include, path
        from rest_framework import routers
        import views
        router = routers.SimpleRouter(trailing_slash=False)
        router.register("looms", views.Looms)
        urlpatterns = [path("v1/", include(router.urls))]
    """,
}


def django(text: str) -> tuple[dict[str, Route], tuple[Query, ...]]:
    return app_of(**DJANGO, views=text)


def test_permissions_by_action_and_combined() -> None:
    routes, queries = django("""
        from rest_framework import permissions, viewsets
        from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAdminUser
        from store import Loom
        class IsOwner(BasePermission):
            def has_object_permission(self, request, view, obj):
                return request.method in SAFE_METHODS or obj.owner == request.user
        class Looms(viewsets.ModelViewSet):
            queryset = Loom.objects.all()
            def get_permissions(self):
                if self.action in ("list", "retrieve"): return [AllowAny()]
                if self.action == "destroy": return [IsAdminUser()]
                return [(permissions.IsAuthenticated & IsOwner)()]
    """)
    assert {name: sorted(set(kinds(route))) for name, route in routes.items()} == {
        "GET /v1/looms": [],
        "POST /v1/looms": ["login"],
        "GET /v1/looms/<pk>": [],
        "PUT /v1/looms/<pk>": ["login", "ownership"],
        "PATCH /v1/looms/<pk>": ["login", "ownership"],
        "DELETE /v1/looms/<pk>": ["login", "role"],
    }
    removed = next(q for q in queries if q.route.startswith("DELETE"))
    assert [(f.column, set(f.value.origins)) for f in removed.filters] == [("id", {"path.pk"})]


def test_a_token_that_another_service_verified_is_a_login_and_its_scheme_no_secret() -> None:
    routes, _ = flask("""
        import requests
        def verified(token):
            return requests.post("https://id.example/verify", headers={"Authorization": token}).status_code == 200
        def signed_in(f):
            @wraps(f)
            def wrapper(*args, **kwargs):
                header = request.headers.get("Authorization", "")
                if header[0:7] != "Bearer " or not verified(header[7:]): return jsonify(error="no"), 401
                return f(*args, **kwargs)
            return wrapper
        @app.get("/checked")
        @signed_in
        def checked(): return jsonify([])
    """)
    assert kinds(routes["GET /checked"]) == ["login"]


def test_a_blueprints_hook_lets_its_login_page_pass() -> None:
    routes, _ = flask("""
        from flask import Blueprint, redirect, url_for
        back = Blueprint("back", __name__)
        @back.before_request
        def ask():
            if request.endpoint == "back.login" or request.path.rstrip("/") == "/back/help": return None
            if session.get("role") == "owner": return None
            return redirect(url_for("back.login"))
        @back.post("/login")
        def login(): ...
        @back.get("/help/")
        def aid(): ...
        @back.get("/looms")
        def looms(): ...
        app.register_blueprint(back, url_prefix="/back")
    """)
    assert {name: kinds(route) for name, route in routes.items()} == {
        "POST /back/login": [],
        "GET /back/help/": [],
        "GET /back/looms": ["role"],
    }


def test_a_list_made_of_rows_tells_which_parts_of_them_it_shows() -> None:
    routes, _ = flask("""
        class Shown:
            @staticmethod
            def every(): return [{"name": loom.name} for loom in Loom.query.all()]
        @app.get("/looms")
        def looms(): return jsonify(Shown.every())
    """)
    trace = routes["GET /looms"].trace
    assert trace is not None
    shown = trace.returns[0].step
    assert shown is not None
    assert shown.args[0].origins == {"row.Loom.name"}
    assert shown.args[0].step is not None
    assert shown.args[0].step.name == "Loom.query.all"
