"""The simulated accounts.spotify.com: codes and refresh tokens against access tokens."""

import base64
import binascii
import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.demo.deps import WorldDep
from app.demo.options import SimulatorOptions
from app.demo.people import new_id
from app.demo.records import Account
from app.demo.tokens import AccessToken, Code, RefreshToken
from app.demo.world import World

GRANTS = "grant_type must be authorization_code or refresh_token"

router = APIRouter(prefix="/accounts")


class TokenError(Exception):
    """The answer 400 of the token service."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class TokenIn(BaseModel):
    """The form that an app sends."""

    grant_type: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""


@router.post("/api/token")
async def token(request: Request, world: WorldDep, form: Annotated[TokenIn, Form()]) -> JSONResponse:
    """Give an access token for a code or a refresh token."""
    has_secret = _authenticate(request.headers.get("Authorization", ""), form, world.options)
    if form.grant_type == "authorization_code":
        return _redeem(world, form, has_secret=has_secret)
    if form.grant_type == "refresh_token":
        return _refresh(world, form)
    raise TokenError("unsupported_grant_type", GRANTS)


def _authenticate(authorization: str, form: TokenIn, options: SimulatorOptions) -> bool:
    """Return whether the app has proved that it knows its secret; a public app has none to prove."""
    client_id, secret = form.client_id, form.client_secret
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = _decoded(credentials).partition(":")
    if client_id != options.client_id:
        raise TokenError("invalid_client", "Invalid client")
    if secret and not secrets.compare_digest(secret, options.client_secret or ""):
        raise TokenError("invalid_client", "Invalid client secret")
    return bool(secret)


def _decoded(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _redeem(world: World, form: TokenIn, *, has_secret: bool) -> JSONResponse:
    code = world.signer.read(Code, form.code)
    account = world.find_account(code.account_id) if code else None
    if code is None or account is None:
        raise TokenError("invalid_grant", "Invalid authorization code")
    if code.expires_at <= world.timestamp:
        raise TokenError("invalid_grant", "Authorization code expired")
    if code.asked.redirect_uri != form.redirect_uri:
        raise TokenError("invalid_grant", "Invalid redirect URI")
    if code.asked.challenge is None and not has_secret:
        raise TokenError("invalid_client", "Invalid client secret")
    if code.asked.challenge is not None and _challenge(form.code_verifier) != code.asked.challenge:
        raise TokenError("invalid_grant", "code_verifier was incorrect")
    if not world.state.use_code(code.nonce, code.expires_at, world.timestamp):
        raise TokenError("invalid_grant", "Invalid authorization code")
    refresh_token = RefreshToken(
        account_id=account.id,
        scopes=code.asked.scopes,
        expires_at=world.timestamp + world.switches.refresh_lifetime_s,
        nonce=new_id(),
        generation=account.generation,
    )
    answer = {**_access(world, account, code.asked.scopes), "refresh_token": world.signer.sign(refresh_token)}
    return JSONResponse(answer)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refresh(world: World, form: TokenIn) -> JSONResponse:
    """Give a new access token; since June 2026 no new refresh token comes with it, before one did."""
    refresh = world.signer.read(RefreshToken, form.refresh_token)
    if refresh is None:
        raise TokenError("invalid_grant", "Invalid refresh token")
    account = world.find_account(refresh.account_id)
    was_replaced = world.state.is_used(refresh.nonce)
    if account is None or refresh.generation < account.generation or was_replaced:
        raise TokenError("invalid_grant", "Refresh token revoked")
    if refresh.expires_at <= world.timestamp:
        raise TokenError("invalid_grant", "Refresh token expired")
    world.state.put_account(account.model_copy(update={"seen_at": world.clock.now()}))
    return JSONResponse({**_access(world, account, refresh.scopes), **_said_of(world, refresh)})


def _said_of(world: World, refresh: RefreshToken) -> dict[str, str]:
    """Return what the answer says of the refresh token; a new one lives no longer than the old."""
    if world.switches.refresh_answer != "rotated":
        return {} if world.switches.refresh_answer == "without" else {"refresh_token": ""}
    world.state.use_code(refresh.nonce, refresh.expires_at, world.timestamp)
    fresh = refresh.model_copy(update={"nonce": new_id()})
    return {"refresh_token": world.signer.sign(fresh)}


def _access(world: World, account: Account, scopes: tuple[str, ...]) -> dict[str, str | int]:
    lifetime_s = world.switches.token_lifetime_s
    access_token = AccessToken(
        account_id=account.id, scopes=scopes, expires_at=world.timestamp + lifetime_s, nonce=new_id()
    )
    return {
        "access_token": world.signer.sign(access_token),
        "token_type": "Bearer",
        "scope": " ".join(scopes),
        "expires_in": lifetime_s,
    }
