"""What every scan works with."""

from dataclasses import dataclass

from app.clock import Clock
from app.genres.families import Families
from app.genres.personal.repository import PersonalRepository
from app.genres.repository import LibraryRepository, ScansRepository
from app.genres.resolver import ArtistResolver
from app.settings import GenreSourceName
from app.spotify.client import SpotifyClient


@dataclass(frozen=True)
class ScanTools:
    """What every scan works with.

    Attributes:
        genre_sources: what is used for genres; of all but Spotify and neighbours the resolver takes care.
    """

    spotify: SpotifyClient
    resolver: ArtistResolver
    library: LibraryRepository
    scans: ScansRepository
    personal: PersonalRepository
    families: Families
    genre_sources: tuple[GenreSourceName, ...]
    clock: Clock
