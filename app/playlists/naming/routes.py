"""Preferences as JSON."""

from fastapi import APIRouter

from app.deps import CommunityDep, CurrentUser, NowPlayingDep, PreferencesDep, RulesDep
from app.playlists.naming.schemas import PreferencesIn, PreferencesOut

router = APIRouter(prefix="/api/preferences", tags=["Preferences"])


@router.get("")
async def get_preferences(user: CurrentUser, preferences: PreferencesDep, rules: RulesDep) -> PreferencesOut:
    """Return the caller's preferences."""
    _, fold = await rules.get(user.id)
    return PreferencesOut.of(await preferences.get(user.id), fold)


@router.post("")
async def change_preferences(
    user: CurrentUser,
    preferences: PreferencesDep,
    *,
    community: CommunityDep,
    now_playing: NowPlayingDep,
    rules: RulesDep,
    wanted: PreferencesIn,
) -> PreferencesOut:
    """Set some of the caller's preferences and return all of them.

    Covers are made only if Spotify's permission for them was given too (`/auth/spotify?feature=covers`). With
    `community` the caller's name, counts and new playlists are public at once, and gone at once without. What
    is hidden is a rule like those of `PUT /api/genres/families`; genres that are not named are shown again.
    """
    if (hidden := wanted.hidden_genres) is not None:
        await rules.hide(user.id, lambda _: hidden)
    await community.set_preferences(user, wanted.model_dump(exclude_none=True, exclude={"hidden_genres"}))
    if wanted.now_playing is False:
        await now_playing.forget(user.id)
    return await get_preferences(user, preferences, rules)
