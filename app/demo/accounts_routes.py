"""The simulated accounts.spotify.com: the consent page and what follows from it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.demo.authorize import (
    RefusedPageError,
    RefusedRedirectError,
    authorization,
    origin_of,
    redirect_with,
)
from app.demo.deps import WorldDep
from app.demo.options import PREFIX
from app.demo.people import display_name, new_id
from app.demo.render import render_page
from app.demo.scopes import sentences
from app.demo.tokens import Authorization, Browser, Code, Consent
from app.demo.world import World

COOKIE = "simulated_account"
CONSENT_LIFETIME_S = 15 * 60
CODE_LIFETIME_S = 3 * 60

router = APIRouter(prefix="/accounts")


@router.get("/authorize")
async def consent_page(request: Request, world: WorldDep) -> Response:
    """Ask the person; whoever has agreed to as much before is sent back at once, unless told otherwise."""
    try:
        asked = authorization(request.query_params, world.options)
    except RefusedPageError as error:
        return _refused(world, str(error))
    except RefusedRedirectError as error:
        return RedirectResponse(error.url, 303)
    account_id = _account_id(request, world) or new_id()
    account = world.find_account(account_id)
    approved = account is not None and set(account.approved) >= set(asked.scopes)
    if approved and request.query_params.get("show_dialog", "false").lower() != "true":
        answer: Response = _send_back(world, asked, account_id)
    else:
        answer = _ask(world, asked, account_id)
    _remember(answer, world, account_id)
    return answer


@router.post("/authorize")
async def decide(
    request: Request,
    world: WorldDep,
    consent: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
) -> Response:
    """Take the person's answer, from the browser that was asked."""
    shown = world.signer.read(Consent, consent)
    if shown is None or shown.account_id != _account_id(request, world):
        return _refused(world, "This page was meant for another browser, or cookies are off")
    if shown.expires_at <= world.timestamp:
        return _refused(world, "This page waited too long for an answer")
    if decision != "agree":
        asked = shown.asked
        return RedirectResponse(
            redirect_with(asked.redirect_uri, error="access_denied", state=asked.state), 303
        )
    return _send_back(world, shown.asked, shown.account_id)


def _ask(world: World, asked: Authorization, account_id: str) -> Response:
    shown = Consent(asked=asked, account_id=account_id, expires_at=world.timestamp + CONSENT_LIFETIME_S)
    return render_page(
        world.options,
        "consent.html",
        forms=f"'self' {origin_of(asked.redirect_uri)}",
        name=display_name(account_id),
        allowed=sentences(asked.scopes),
        consent=world.signer.sign(shown),
    )


def _refused(world: World, reason: str) -> Response:
    return render_page(world.options, "refused.html", status=400, reason=reason)


def _send_back(world: World, asked: Authorization, account_id: str) -> Response:
    """Note the consent, making the account if it is new, and give the app a code."""
    now = world.clock.now()
    known = world.find_account(account_id)
    account = known or world.new_account(account_id)
    approved = tuple(sorted({*account.approved, *asked.scopes}))
    world.state.put_account(account.model_copy(update={"approved": approved, "seen_at": now}))
    if known is None:
        world.seed_playlists(account)
    code = Code(
        asked=asked,
        account_id=account_id,
        expires_at=world.timestamp + CODE_LIFETIME_S,
        nonce=new_id(),
    )
    signed = world.signer.sign(code)
    return RedirectResponse(redirect_with(asked.redirect_uri, code=signed, state=asked.state), 303)


def _account_id(request: Request, world: World) -> str | None:
    browser = world.signer.read(Browser, request.cookies.get(COOKIE, ""))
    return browser.account_id if browser else None


def _remember(answer: Response, world: World, account_id: str) -> None:
    answer.set_cookie(
        COOKIE,
        world.signer.sign(Browser(account_id=account_id)),
        max_age=int(world.options.account_lifetime.total_seconds()),
        path=PREFIX,
        secure=world.options.base_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
