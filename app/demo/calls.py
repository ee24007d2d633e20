"""Names for calls, so that they can be counted by route, and the routes that Spotify has taken away."""

import re
from dataclasses import dataclass
from typing import Literal

Service = Literal["spotify", "musicbrainz", "wikidata", "lastfm", "accounts"]

SERVICES: tuple[tuple[str, str, Service], ...] = (
    ("/api/v1/", "/v1/", "spotify"),
    ("/musicbrainz/", "/", "musicbrainz"),
    ("/wikidata/", "/", "wikidata"),
    ("/lastfm/", "/", "lastfm"),
    ("/accounts/", "/", "accounts"),
)
ID_AFTER = re.compile(
    r"^(/v1/(?:albums|artists|audio-analysis|audio-features|browse/categories|playlists|tracks|users))/[^/]+"
)
LONGEST_NAME = 60

# Taken from all apps but a few: Spotify's change log of November 2024 (403 or 404 since).
REMOVED_2024: dict[str, tuple[str, int]] = {
    "/v1/audio-features": ("GET", 403),
    "/v1/audio-features/{id}": ("GET", 403),
    "/v1/audio-analysis/{id}": ("GET", 403),
    "/v1/browse/featured-playlists": ("GET", 404),
    "/v1/browse/categories/{id}/playlists": ("GET", 404),
    "/v1/artists/{id}/related-artists": ("GET", 404),
    "/v1/recommendations": ("GET", 404),
}
# Taken from apps made since February 2026: Spotify's change log of that month (403 since).
REMOVED_2026: dict[str, tuple[str, int]] = {
    "/v1/playlists/{id}/tracks": ("GET POST PUT DELETE", 403),
    "/v1/playlists/{id}/followers": ("PUT DELETE", 403),
    "/v1/playlists/{id}/followers/contains": ("GET", 403),
    "/v1/users/{id}": ("GET", 403),
    "/v1/users/{id}/playlists": ("GET POST", 403),
    "/v1/artists": ("GET", 403),
    "/v1/artists/{id}/top-tracks": ("GET", 403),
    "/v1/tracks": ("GET", 403),
    "/v1/albums": ("GET", 403),
    "/v1/episodes": ("GET", 403),
    "/v1/shows": ("GET", 403),
    "/v1/audiobooks": ("GET", 403),
    "/v1/chapters": ("GET", 403),
    "/v1/me/tracks": ("PUT DELETE", 403),
    "/v1/me/albums": ("PUT DELETE", 403),
    "/v1/me/episodes": ("PUT DELETE", 403),
    "/v1/me/shows": ("PUT DELETE", 403),
    "/v1/me/audiobooks": ("PUT DELETE", 403),
    "/v1/me/following": ("PUT DELETE", 403),
    "/v1/me/tracks/contains": ("GET", 403),
    "/v1/me/albums/contains": ("GET", 403),
    "/v1/me/episodes/contains": ("GET", 403),
    "/v1/me/shows/contains": ("GET", 403),
    "/v1/me/audiobooks/contains": ("GET", 403),
    "/v1/me/following/contains": ("GET", 403),
    "/v1/browse/new-releases": ("GET", 403),
    "/v1/browse/categories": ("GET", 403),
    "/v1/browse/categories/{id}": ("GET", 403),
    "/v1/markets": ("GET", 403),
}
REMOVED = REMOVED_2024 | REMOVED_2026


@dataclass(frozen=True, slots=True)
class Call:
    """A call to one of the simulated services, as it is counted.

    Attributes:
        removed_status: what a route answers that an app in development mode may no longer use; else None.
    """

    service: Service
    method: str
    route: str
    removed_status: int | None

    @property
    def is_removed_from_all(self) -> bool:
        """Whether older apps lack the route too."""
        return self.removed_status is not None and self.route in REMOVED_2024

    @property
    def name(self) -> str:
        """Method and route: `GET /v1/playlists/{id}`."""
        return f"{self.method} {self.route}"


def call_of(method: str, path: str) -> Call | None:
    """Return the call for a path inside the simulator, or None when it is none of a service's."""
    for prefix, instead, service in SERVICES:
        if path.startswith(prefix):
            route = ID_AFTER.sub(r"\1/{id}", instead + path.removeprefix(prefix))
            return Call(service, method, route[:LONGEST_NAME], _removed_status(method, route))
    return None


def _removed_status(method: str, route: str) -> int | None:
    methods, status = REMOVED.get(route, ("", 0))
    return status if method in methods.split() else None
