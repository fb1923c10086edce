"""Who is asking: turns a request (a socket's first one too) into a visitor, or nobody."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from libs.common.clock import Clock
from services.viewer.access import User
from services.viewer.account import Account
from services.viewer.options import Options
from services.viewer.origin import known_host
from services.viewer.sessions import Sessions


@dataclass(eq=False)
class Visitor(UserMixin):  # type: ignore[misc]
    """Somebody who may come in; `id` is the session's token, which flask-login keeps in the signed cookie."""

    id: str
    user: User


class Guard:
    """Holds the account and the open sessions."""

    def __init__(self, app: Flask, options: Options, clock: Clock) -> None:
        self._options = options
        self._account = Account(options.username, options.password) if options.login else None
        self.sessions = Sessions(clock)
        manager = LoginManager(app)
        manager.user_loader(self._load)

    def visitor(self) -> Visitor | None:
        """Who sent the request at hand; None is a stranger. Without a login everybody is anonymous and welcome."""
        if self._options.login:
            return current_user._get_current_object() if current_user.is_authenticated else None
        return self._anonymous(request)

    def admit(self, name: str, password: str) -> bool:
        """Log the sender of the request in; False if name or password is wrong."""
        if self._account is None or not self._account.matches(name, password):
            return False
        user = self._user(self._account.name)
        return bool(login_user(Visitor(self.sessions.open(user), user)))

    def dismiss(self) -> None:
        """Log the sender of the request out."""
        if visitor := self.visitor():
            self.sessions.close(visitor.id)
        logout_user()

    def alive(self, session: str) -> bool:
        """True while a socket that came with this session may stay."""
        return not self._options.login or self.sessions.alive(session)

    def _load(self, token: str) -> Visitor | None:
        user = self.sessions.user(token)
        return Visitor(token, user) if user else None

    def _anonymous(self, asking: Request) -> Visitor | None:
        known = known_host(asking.environ, self._options.origins)
        return Visitor("", self._user("anonymous")) if known else None

    def _user(self, name: str) -> User:
        return User(name, frozenset(self._options.topics))


def cookie_settings(options: Options) -> dict[str, Any]:
    """Flask's settings for a cookie that scripts cannot read and other sites cannot use.

    Lax, not Strict: a link in somebody's web mail leads to the wall, not to the login.
    """
    return {
        "SESSION_COOKIE_NAME": options.cookie,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": options.tls,
    }
