"""What a page may tell besides its own matter."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.addresses import asked_address
from app.deps.callers import MaybeUser
from app.deps.services import ServicesDep
from app.genres.personal.rule_forms import told
from app.genres.personal.rule_page_models import ToldRule
from app.listening.page_models import ListeningWishes


async def know_change(
    request: Request, services: ServicesDep, user: MaybeUser, *, changed: bool = False
) -> None:
    """Let a page tell what the person has corrected last, and offer to undo it."""
    if user and changed:
        request.state.change = await services.corrections.find_change(user.id)


TellsChange = Depends(know_change)


async def know_rule(
    request: Request, services: ServicesDep, user: MaybeUser, rule: Annotated[str, Query(max_length=60)] = ""
) -> None:
    """Let a page tell the rule that its address names, which was just made, and offer to undo it."""
    if user and rule and await services.genres.find_library(user.id):
        line = (await services.rules.get_pages(user.id)).find_line(rule)
        back = told(asked_address(request.scope))
        request.state.rule = ToldRule(line, back) if line else None


TellsRule = Depends(know_rule)


async def know_news(request: Request, services: ServicesDep, user: MaybeUser) -> None:
    """Let a page greet a person who comes back with what has happened since."""
    if user:
        request.state.news = await services.on_playlists.news.find(user.id)


TellsNews = Depends(know_news)


async def know_listening(request: Request, services: ServicesDep, user: MaybeUser) -> None:
    """Let the settings show whether what plays is shown, to whom, and whether Spotify lets it be seen."""
    if user:
        wishes = await services.preferences.get(user.id)
        allowed = await services.listening.now_playing.is_allowed(user.id)
        request.state.listening = ListeningWishes(wishes.now_playing, wishes.listening_feed, allowed)


TellsListening = Depends(know_listening)
