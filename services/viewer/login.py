"""The login page: name and password in, a session cookie out."""

from math import ceil

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from libs.common.clock import Clock
from libs.common.names import is_name
from libs.common.throttle import Throttle
from services.viewer.guard import Guard
from services.viewer.hub import Hub
from services.viewer.options import Options


def pages(guard: Guard, hub: Hub, clock: Clock, options: Options) -> Blueprint:
    """GET and POST /login, POST /logout. All lead to fixed places only: there is no "next" to be abused."""
    login = Blueprint("login", __name__)
    throttle = Throttle(clock)

    @login.get("/login")
    def show() -> ResponseReturnValue:
        if guard.visitor():
            return redirect(url_for("wall", camera=asked_camera()))
        return form()

    @login.post("/login")
    def enter() -> ResponseReturnValue:
        address = request.remote_addr or ""
        if wait_s := ceil(throttle.attempt(address)):
            return form(f"Too many attempts. Try again in {wait_s} s.", 429, wait_s)
        if not guard.admit(request.form.get("username", ""), request.form.get("password", "")):
            return form("Name or password is wrong.", 401)
        throttle.right(address)
        return redirect(url_for("wall", camera=asked_camera()), 303)

    @login.post("/logout")
    def leave() -> ResponseReturnValue:
        guard.dismiss()
        hub.tick()
        return redirect(url_for("login.show"), 303)

    def form(error: str = "", status: int = 200, wait_s: int = 0) -> ResponseReturnValue:
        typed = request.form.get("username", "")
        page = render_template("login.html", options=options, error=error, username=typed, camera=asked_camera())
        return page, status, {"Retry-After": str(wait_s)} if wait_s else {}

    return login


def asked_camera() -> str | None:
    """The camera that the address or the form names, to be shown after the login."""
    camera = request.values.get("camera", "")
    return camera if is_name(camera) else None
