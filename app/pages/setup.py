"""The checks of the set-up page."""

from app.pages.models import SetupCheck, SetupPage
from app.settings import Settings
from app.spotify.app_mode import AppMode


def setup_page(settings: Settings, *, opened_at: str, mode: AppMode) -> SetupPage:
    """Check what Spotify and MusicBrainz depend on; `opened_at` is the address that the browser used."""
    named_localhost = settings.public_host == "localhost"  # which Spotify refuses since November 2025
    client_id = "" if settings.demo else settings.spotify_client_id
    contact = "" if settings.demo else settings.contact
    checks = (
        SetupCheck("client_id", ok=bool(client_id), value=client_id),
        SetupCheck(
            "redirect_uri", ok=False if named_localhost else None, value=f"http://127.0.0.1:{settings.port}"
        ),
        SetupCheck("address", ok=opened_at == settings.public_url, value=settings.public_url, used=opened_at),
        SetupCheck("contact", ok=bool(contact), value=contact),
    )
    return SetupPage(
        configured=not settings.demo,
        checks=checks,
        redirect_uri=settings.redirect_uri,
        mode=None if settings.demo else mode,
    )
