"""Builds the web application: pages, login and sockets around a hub."""

import secrets

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO
from werkzeug.exceptions import Forbidden, HTTPException

from libs.common.clock import Clock, SystemClock
from libs.common.errors import SettingsError
from services.viewer import login, stream
from services.viewer.guard import Guard, cookie_settings
from services.viewer.hub import Hub
from services.viewer.options import Options
from services.viewer.origin import same_origin
from services.viewer.shell import Shell

MAX_FORM_BYTES = 4096
OPEN_TO_ALL = frozenset({"static", "login.show", "login.enter"})


def create_app(options: Options, hub: Hub, clock: Clock | None = None) -> tuple[Flask, SocketIO]:
    """The application and its sockets, to be served by `server.Server`. Raises SettingsError without a password."""
    if options.login and not options.password:
        raise SettingsError("the viewer's password is empty: give one, or start the viewer with --no-login")
    clock = clock or SystemClock()
    app = Flask(__name__)
    app.config.update(SECRET_KEY=secrets.token_bytes(32), MAX_CONTENT_LENGTH=MAX_FORM_BYTES, **cookie_settings(options))
    guard = Guard(app, options, clock)
    _guard_requests(app, guard, options)
    _add_pages(app, options)
    app.register_blueprint(login.pages(guard, hub, clock, options))
    socketio = stream.attach(app, guard, hub, clock)
    app.wsgi_app = Shell(app, app.wsgi_app, guard, options)  # type: ignore[method-assign]
    return app, socketio


def _guard_requests(app: Flask, guard: Guard, options: Options) -> None:
    @app.before_request
    def only_visitors() -> ResponseReturnValue | None:
        """Everything that is not open to all needs a visitor; whatever changes something must come from our page."""
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not same_origin(request.environ, options.origins):
            raise Forbidden("This request came from another site.")
        if request.endpoint in OPEN_TO_ALL or guard.visitor():
            return None
        if not options.login:
            raise Forbidden("Open the viewer by its address in numbers, or name this origin at its start (--origin).")
        if request.endpoint != "wall":
            return "", 401
        return redirect(url_for("login.show", camera=login.asked_camera()))

    @app.errorhandler(HTTPException)
    def plainly(error: HTTPException) -> ResponseReturnValue:
        return render_template("error.html", error=error), error.code or 500, error.get_headers()[1:]


def _add_pages(app: Flask, options: Options) -> None:
    @app.get("/")
    def wall() -> str:
        return render_template("wall.html", options=options)

    @app.get("/session")
    def session() -> ResponseReturnValue:
        """204 for a visitor (401 for a stranger): how a page that lost its socket learns that it must log in."""
        return "", 204
