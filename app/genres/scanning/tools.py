"""What every scan works with."""

from dataclasses import dataclass

from app.clock import Clock
from app.genres.families import Families
from app.genres.personal.repository import PersonalRepository
from app.genres.repository import LibraryRepository, ScansRepository
from app.genres.resolver import ArtistResolver
from app.spotify.client import SpotifyClient


@dataclass(frozen=True)
class ScanTools:
    """What every scan works with."""

    spotify: SpotifyClient
    resolver: ArtistResolver
    library: LibraryRepository
    scans: ScansRepository
    personal: PersonalRepository
    families: Families
    clock: Clock
