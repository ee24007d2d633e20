"""Which kind of app Spotify takes this one for, found out from answers that came anyway."""

from datetime import datetime, timedelta
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict

from app.clock import Clock
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.keyspace import Keyspace
from app.spotify.models import SavedTrack
from app.spotify.paging import Page

AppMode = Literal["development", "extended"]

REFUSAL_HOLDS = timedelta(days=30)
"""For how long a refused batch endpoint weighs more than what tracks carry."""

log = structlog.get_logger()


class SpotifyApp(BaseModel):
    """What is known of the app at Spotify.

    Attributes:
        refused_at: when Spotify last refused what only extended apps may ask, aware, in UTC.
    """

    model_config = ConfigDict(frozen=True)

    mode: AppMode = "development"
    refused_at: datetime | None = None


SPOTIFY_APP = Keyspace("spotify-app", SpotifyApp)


class AppModes:
    """Knows the app's mode without asking for it.

    Since February 2026 a track of Liked Songs carries `popularity` for apps with extended quota alone
    (Spotify's changelog). Nothing is written while the mode stays what it was; a new app is taken for one in
    development mode. `setting` other than `auto` settles it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        kv: CachedKV | None = None,
        client_id: str = "",
        setting: Literal["auto", "development", "extended"] = "auto",
    ) -> None:
        self._clock = clock
        self._kv = kv
        self._key = SPOTIFY_APP(client_id or "none")
        self._app = SpotifyApp()
        self.setting = setting

    async def start(self) -> None:
        """Take up what an earlier process found out.

        Raises:
            KVError: the store does not answer.
        """
        if self._kv and (app := await self._kv.get(self._key)):
            self._app = app

    @property
    def mode(self) -> AppMode:
        """What the app may ask Spotify for."""
        return self._app.mode if self.setting == "auto" else self.setting

    @property
    def batches(self) -> bool:
        """Whether many artists may be asked for in one call."""
        return self.mode == "extended" and not self._lately_refused()

    async def notice(self, page: Page[SavedTrack]) -> None:
        """Learn from a page of Liked Songs; one without songs that Spotify has says nothing."""
        if page.extended and not self._lately_refused():
            await self._remember(SpotifyApp(mode="extended"))
        elif any(row.track and row.track.id for row in page.items) and not page.extended:
            await self._remember(self._app.model_copy(update={"mode": "development"}))

    async def refused(self) -> None:
        """Learn that Spotify refuses what only apps with extended quota may ask."""
        log.warning("spotify.app_mode_wrong", mode=self.mode, setting=self.setting)
        await self._remember(SpotifyApp(refused_at=self._clock.now()))

    def _lately_refused(self) -> bool:
        refused_at = self._app.refused_at
        return refused_at is not None and self._clock.now() < refused_at + REFUSAL_HOLDS

    async def _remember(self, app: SpotifyApp) -> None:
        if app == self._app:
            return
        log.info("spotify.app_mode", mode=app.mode)
        self._app = app
        if self._kv is None:
            return
        try:
            await self._kv.put(self._key, app)
        except KVError as error:  # a later process finds it out again
            log.warning("spotify.app_mode_not_kept", error=error.code)
