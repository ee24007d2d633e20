"""Somebody with a browser that knows HTTP alone: goes the same ways, much faster."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.server import PATIENCE_S, Server, until

PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


class Listener:
    """A person with an account and a browser of their own."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.http = httpx.Client(
            base_url=url,
            cookies=cookies,
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=PATIENCE_S,
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def cookies(self) -> list[dict[str, str]]:
        """What a browser needs to be this person's."""
        return [
            {"name": cookie.name, "value": cookie.value or "", "domain": "127.0.0.1", "path": cookie.path}
            for cookie in self.http.cookies.jar
        ]

    def see(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path, headers=PAGE)

    def json(self, path: str, **params: object) -> dict[str, Any]:
        return dict(self.http.get(path, params=params).raise_for_status().json())  # type: ignore[arg-type]

    def sign_in(self) -> "Listener":
        back = self.agree()
        assert back.url.path == "/scan", back.text
        return self

    def agree(self, path: str = "/auth/spotify?next=/scan", *, follow: bool = True) -> httpx.Response:
        """Go to the consent page and press Agree; return where that leads, or how Spotify sends one there."""
        asked = self.see(path)
        consent = re.search(r'name="consent" value="([^"]+)"', asked.text)
        assert consent
        form = {"consent": consent[1], "decision": "agree"}
        consent_page = asked.url.copy_with(query=None)
        return self.http.post(consent_page, data=form, headers=PAGE, follow_redirects=follow)

    def hear(self) -> "Listener":
        """Have pages show what plays, to everybody."""
        self.agree("/auth/spotify?feature=player")
        wishes = {"nowPlaying": True, "listeningFeed": True}
        self.http.post("/api/preferences", json=wishes).raise_for_status()
        assert self.json("/api/now-playing")["playing"]
        return self

    @property
    def id(self) -> str:
        return str(self.json("/api/me")["spotify"]["id"])

    def be_seen(self) -> "Listener":
        """Stand on the boards from now on."""
        self.http.post("/api/preferences", json={"community": True}).raise_for_status()
        return self

    def start_scan(self) -> None:
        self.http.post("/api/genres/scan", json={}).raise_for_status()

    def scan(self) -> "Listener":
        self.start_scan()
        return self.wait_for_scan()

    def wait_for_scan(self) -> "Listener":
        until(lambda: self.json("/api/genres/scan")["status"] == "completed", "the end of the scan")
        return self

    def say(self, *rules: dict[str, object]) -> list[dict[str, Any]]:
        """Have an order of genres of one's own, with these rules; return them as they are kept."""
        said = self.http.put("/api/genres/families", json={"rules": rules}).raise_for_status()
        return list(said.json()["rules"])

    def library(self) -> dict[str, Any]:
        """Return the library with the songs of every genre, without what differs between two scans of it."""
        library = self.json("/api/genres", tracks=True)
        return {name: value for name, value in library.items() if name != "cachedAt"}

    def unplaced(self) -> list[str]:
        """Return the artists of songs without a genre, and how many songs each, as the page lists them."""
        page = self.see("/genres/none").text
        assert "Show more" not in page
        return re.findall(r'<th scope="row">(.*?)</th>\s*<td class="list-number">(.*?)</td>', page)

    def tracks(self, genre: str, match: str = "any") -> list[dict[str, Any]]:
        """Return every song of a genre, newest like first."""
        found, offset = [], 0
        while offset is not None:
            path = f"/api/genres/{quote(genre, safe='')}/tracks"
            page = self.json(path, match=match, offset=offset, limit=200)
            found += page["tracks"]
            offset = page["nextOffset"]
        return found

    def preview(self, *includes: Iterable[str]) -> dict[str, Any]:
        """Preview a playlist for each of `includes`."""
        selections = [{"include": list(include)} for include in includes]
        answer = self.http.post("/api/playlists/preview", json={"selections": selections})
        return dict(answer.raise_for_status().json())

    def create(self, preview_id: str) -> str:
        """Press Create; return the run."""
        answer = self.http.post("/api/playlists", json={"preview": preview_id})
        return str(answer.raise_for_status().json()["run"])

    def wait_for_run(self, run: str) -> dict[str, Any]:
        path = f"/api/playlists/runs/{run}"
        until(lambda: self.json(path)["status"] not in {"running", "waiting"}, "the end of the run")
        return self.json(path)


@pytest.fixture
def new_listener() -> Iterator[Callable[[Server], Listener]]:
    """People of a test's own, signed in."""
    with ExitStack() as people:
        yield lambda server: people.enter_context(Listener(server.url)).sign_in()
