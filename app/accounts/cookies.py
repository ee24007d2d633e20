"""The cookies of sign-in and how a browser must keep them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypedDict

from app.accounts.models import ABSOLUTE_END, ATTEMPT_LIFE
from app.settings import Settings


class CookieAttributes(TypedDict):
    """What setting and deleting a cookie have in common."""

    key: str
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


@dataclass(frozen=True)
class Cookie:
    """One cookie: HttpOnly, SameSite=Lax, for this host and every path of it.

    Lax, because the browser comes back from Spotify by following a link from another site.
    """

    name: str
    max_age_s: int
    secure: bool

    @property
    def attributes(self) -> CookieAttributes:
        """The arguments for Starlette's `set_cookie` and `delete_cookie`."""
        return CookieAttributes(key=self.name, path="/", secure=self.secure, httponly=True, samesite="lax")


def session_cookie(settings: Settings) -> Cookie:
    """Return the cookie that names a session; its exact end is judged by the server."""
    return host_cookie(settings, "session", life=ABSOLUTE_END)


def signin_cookie(settings: Settings) -> Cookie:
    """Return the cookie that binds a sign-in to the browser that started it."""
    return host_cookie(settings, "signin", life=ATTEMPT_LIFE)


def host_cookie(settings: Settings, name: str, *, life: timedelta) -> Cookie:
    """Return a cookie that only this host ever gets.

    A browser keeps a `__Host-` cookie only over https; plain http on loopback needs another name.
    """
    max_age_s = int(life.total_seconds())
    if settings.loopback and not settings.https:
        return Cookie(f"genre_sorter_{name}", max_age_s, secure=False)
    return Cookie(f"__Host-{name}", max_age_s, secure=True)
