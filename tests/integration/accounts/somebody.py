"""Somebody who uses every feature, and by what they would be recognised."""

from pathlib import Path

import httpx

from app.kv.codec import unseal
from app.settings import Settings
from app.spotify.errors import PLAYER_SCOPE
from tests.integration.accounts.household import World
from tests.integration.accounts.journey import ACCESS, REFRESH, signed_in
from tests.integration.listening.player import playing
from tests.processes.database_copy import rows
from tests.unit.genres.wire import SPOTIFY, track

EMAIL, SEARCH, ADDRESS = "canary@mail.example", "canarysearch", "203.0.113.77"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; CanaryPhone 77) Gecko/20100101 Firefox/140.0"
CANARIES = {
    "account id": "canary-id",
    "login": "canary-login",
    "name": "Canary Person",
    "picture": "canary-picture",
    "song": "Canary Song",
    "device": "Canary Kitchen",
    "playlist": "Canary Playlist",
    "other playlist": "Canary Mixtape",
    "template": "Canary {genre}",
    "word": "canarycore",
    "email": EMAIL,
    "search": SEARCH,
    "address": ADDRESS,
    "user agent": "CanaryPhone",
    "secret": "canary-access",
}
ID, NAME = CANARIES["account id"], CANARIES["name"]
HERE = {"sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", "accept": "application/json"}
FORM = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin", "accept": "text/html"}
SCOPES = f"user-library-read playlist-read-private playlist-modify-private {PLAYER_SCOPE}"


def settle_in(world: World) -> None:
    """Have Spotify tell of this person."""
    images = [{"url": f"https://i.scdn.co/image/{CANARIES['picture']}", "width": 64, "height": 64}]
    ids = {"account_id": ID, "id": CANARIES["login"]}
    world.spotify.me.respond(json={**ids, "display_name": NAME, "images": images})
    tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": SCOPES}
    world.spotify.token.side_effect = lambda _: httpx.Response(200, json=tokens)
    world.liked.rows = [track(number, [number // 2], name=f"Canary Song {number}") for number in range(60)]
    song = track(1, name="Canary Song 1", duration_ms=200_000)["track"]
    player = playing(song, device={"name": CANARIES["device"], "is_private_session": False})
    world.wire.get(f"{SPOTIFY}/me/player").mock(return_value=player)
    world.playlists.put(
        CANARIES["other playlist"], ["spotify:track:track00000000000000001"], owner="canary-login"
    )


async def asked(client: httpx.AsyncClient, method: str, path: str, **body: object) -> httpx.Response:
    """Ask as a script on one of our pages does; it has to work."""
    answer = await client.request(method, path, headers=HERE, **body)  # type: ignore[arg-type]
    assert answer.is_success, (path, answer.text)
    return answer


async def ask_for_access(client: httpx.AsyncClient) -> None:
    await asked(client, "POST", "/api/request-access", json={"name": NAME, "email": EMAIL})


async def use_everything(world: World, client: httpx.AsyncClient) -> None:
    """Sign in and do whatever leaves something behind."""
    client.headers.update({"user-agent": BROWSER, "x-forwarded-for": ADDRESS})
    await signed_in(client)
    wishes = {"community": True, "nowPlaying": True, "listeningFeed": True}
    template = CANARIES["template"]
    await asked(client, "POST", "/api/preferences", json={**wishes, "nameTemplate": template})
    await scan(client)
    artist = "artist:artist0000000000000003"
    word = CANARIES["word"]
    await asked(client, "PUT", f"/api/genres/corrections/{artist}", json={"genres": [word]})
    rules = [{"kind": "rename", "what": "genre:bebop", "name": word}]
    await asked(client, "PUT", "/api/genres/families", json={"rules": rules})
    await make_playlist(client)
    world.liked.rows.insert(0, track(61, [3], name="Canary Song 61"))
    await scan(client)
    await change_playlist(client)
    await asked(client, "POST", "/api/playlists/contents")
    await asked(client, "GET", "/api/playlists/contents/events")
    await asked(client, "GET", "/api/now-playing")
    for page in ("/genres", f"/genres?q={SEARCH}", "/playlists", "/settings", "/community", "/insights"):
        await client.get(page, headers=FORM)
    await tell_of_errors(client)


async def scan(client: httpx.AsyncClient) -> None:
    await asked(client, "POST", "/api/genres/scan", json={"refresh": True})
    await asked(client, "GET", "/api/genres/scan/events")


async def make_playlist(client: httpx.AsyncClient) -> None:
    body = {"selections": [{"include": ["family:jazz"], "name": CANARIES["playlist"]}]}
    preview = (await asked(client, "POST", "/api/playlists/preview", json=body)).json()["id"]
    await asked(client, "POST", "/api/playlists", json={"preview": preview})
    await asked(client, "GET", f"/api/playlists/runs/{preview}/events")


async def change_playlist(client: httpx.AsyncClient) -> None:
    """Have the playlist take what is new, and be refreshed daily."""
    (made,) = (await asked(client, "GET", "/api/my-playlists")).json()["playlists"]
    run = (await asked(client, "POST", f"/api/playlists/{made['id']}/refresh")).json()["run"]
    await asked(client, "GET", f"/api/playlists/runs/{run}/events")
    await asked(client, "PUT", f"/api/playlists/{made['id']}", json={"schedule": "daily"})


async def tell_of_errors(client: httpx.AsyncClient) -> None:
    """Send what a browser tells by itself, with as much in it as there can be."""
    error = {
        "message": f"cannot read {EMAIL}",
        "url": f"http://127.0.0.1:8000/genres/{SEARCH}?q={SEARCH}",
        "stack": f"at http://127.0.0.1:8000/genres?q={SEARCH}:1:2",
        "userAgent": BROWSER,
    }
    await asked(client, "POST", "/api/log-error", json={"errors": [error]})
    await asked(client, "POST", "/api/log-perf", json={"pageLoadTime": 12})
    page = f"http://127.0.0.1:8000/genres/x?q={SEARCH}"
    refused = {"effective-directive": "img-src", "blocked-uri": "https://x.example/1", "document-uri": page}
    await asked(client, "POST", "/api/csp-report", json={"csp-report": refused})


def database_of(settings: Settings) -> Path:
    return Path(settings.kv_url.removeprefix("sqlite:///"))


def kinds_with_canaries(database: Path) -> dict[str, set[str]]:
    """Return which canary is in the keys or values of which kind that is stored, queued writes left out."""
    found: dict[str, set[str]] = {}
    for key, data in rows(database, "").items():
        text = f"{key}\n{unseal(data).body.decode(errors='replace')}"
        seen = {name for name, canary in CANARIES.items() if canary in text}
        found.setdefault(key.partition(":")[0], set()).update(seen)
    return found
