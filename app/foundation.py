"""What the features stand on: the store, the clients of outside services, jobs and events."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from app.clock import Clock
from app.events import Events
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.sources.selection import Sources
from app.jobs.progress import Channels
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.options import options_from
from app.kv.spill import SPILL_FILE
from app.kv.store import Store
from app.kv.stores import MEMORY, SQLITE
from app.settings import Settings
from app.spotify.app_mode import AppModes
from app.spotify.client import SpotifyClient
from app.upstream.gates import Gates, lastfm_gate, musicbrainz_gate, spotify_gate, wikidata_gate
from app.upstream.http import build_http


@dataclass(frozen=True)
class Foundation:
    """What the features stand on."""

    settings: Settings
    clock: Clock
    store: Store
    kv: CachedKV
    families: Families
    jobs: JobRunner
    channels: Channels
    events: Events
    app_modes: AppModes
    gates: Gates
    spotify: SpotifyClient
    sources: Sources
    artists: ArtistRepository


async def open_foundation(
    settings: Settings, families: Families, clock: Clock, *, store: Store, stack: AsyncExitStack
) -> Foundation:
    """Open all this; `stack` closes it.

    Raises:
        KVError: the store cannot be read, or does not take what a process before had to leave.
    """
    kv = CachedKV(store, clock=clock, options=options_from(settings), spill=_spill(settings))
    stack.push_async_callback(kv.close)
    await kv.start()
    artists = ArtistRepository(kv, clock)
    stack.push_async_callback(artists.close)
    http = await stack.enter_async_context(build_http(contact=settings.contact))
    app_modes = AppModes(
        clock, kv=kv, client_id=settings.spotify_client_id, setting=settings.spotify_app_mode
    )
    await app_modes.start()
    gates = Gates(
        spotify=spotify_gate(settings, clock=clock, kv=kv, extended=lambda: app_modes.mode == "extended"),
        musicbrainz=musicbrainz_gate(settings, clock=clock, kv=kv),
        wikidata=wikidata_gate(settings, clock=clock, kv=kv),
        lastfm=lastfm_gate(settings, clock=clock, kv=kv),
    )
    for gate in gates:
        await gate.start()
        stack.push_async_callback(gate.stop)
    return Foundation(
        settings=settings,
        clock=clock,
        store=store,
        kv=kv,
        families=families,
        jobs=JobRunner(clock),
        channels=Channels(clock),
        events=Events(),
        app_modes=app_modes,
        gates=gates,
        spotify=SpotifyClient(
            http, gates.spotify, api_url=settings.spotify_api_url, clock=clock, app_modes=app_modes
        ),
        sources=Sources.chosen(settings, http, gates, clock=clock),
        artists=artists,
    )


def _spill(settings: Settings) -> Path | None:
    """Return where writes go that cannot be stored any more; `memory://` forgets them with all others."""
    folder = Path(settings.kv_spill_dir) if settings.kv_spill_dir else database_folder(settings)
    return folder / SPILL_FILE if folder and settings.kv_url != MEMORY else None


def database_folder(settings: Settings) -> Path | None:
    """Return the folder of the store's file, if it is one."""
    if not settings.kv_url.startswith(SQLITE):
        return None
    return Path(settings.kv_url.removeprefix(SQLITE)).parent
