import os

from flask import Flask

from .extensions import db, jwt, limiter, login_manager


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    login_manager.init_app(app)
    jwt.init_app(app)
    limiter.init_app(app)

    from . import crew, harbour, logbook
    from .boats import boats

    app.register_blueprint(boats, url_prefix="/boats")
    app.register_blueprint(harbour.bp)
    app.register_blueprint(crew.bp, url_prefix="/api/crew")
    logbook.register(app)

    @app.route("/")
    def home() -> str:
        return "Northquay sailing club"

    return app
