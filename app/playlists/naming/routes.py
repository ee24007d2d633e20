"""Preferences as JSON."""

from fastapi import APIRouter

from app.deps import CurrentUser, PreferencesDep
from app.playlists.naming.schemas import PreferencesIn, PreferencesOut

router = APIRouter(prefix="/api/preferences", tags=["Preferences"])


@router.get("")
async def get_preferences(user: CurrentUser, preferences: PreferencesDep) -> PreferencesOut:
    """Return the caller's preferences."""
    return PreferencesOut.of(await preferences.get(user.id))


@router.post("")
async def change_preferences(
    user: CurrentUser, preferences: PreferencesDep, wanted: PreferencesIn
) -> PreferencesOut:
    """Set some of the caller's preferences and return all of them.

    Covers are made only if Spotify's permission for them was given too (`/auth/spotify?feature=covers`).
    """
    return PreferencesOut.of(await preferences.change(user.id, wanted.model_dump(exclude_none=True)))
