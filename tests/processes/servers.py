"""The processes of these tests: the simulator by itself, the app, and the app on a disk of the test's."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx

from app.kv.keyspace import Key, M
from tests.e2e.server import PATIENCE_S, Server
from tests.processes.database_copy import all_stored, stored
from tests.processes.value_routes import VALUE, Value

CLIENT_ID = "process-tests"
CONTACT = "tests@example.org"
PAGE_BYTES = 4096


class Simulator(Server):
    """Spotify and MusicBrainz: they go on whatever happens to the app."""

    answers_at = "/simulator/control"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "demo", "--simulator-only", SPOTIFY_CLIENT_ID=CLIENT_ID, CONTACT=CONTACT)


class App(Server):
    """The app as it is, with the simulator for Spotify."""

    def __init__(self, folder: Path, simulator: Simulator, **env: str) -> None:
        upstream = f"{simulator.url}/simulator"
        outside = {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_API_URL": f"{upstream}/api/v1",
            "SPOTIFY_ACCOUNTS_URL": f"{upstream}/accounts",
            "SPOTIFY_OPEN_URL": f"{upstream}/open",
            "MUSICBRAINZ_URL": f"{upstream}/musicbrainz",
            "MUSICBRAINZ_RATE_PER_SECOND": "1000",
            "WIKIDATA_URL": f"{upstream}/wikidata/sparql",
            "WIKIDATA_RATE_PER_SECOND": "1000",
            "LASTFM_URL": f"{upstream}/lastfm/2.0",
            "LASTFM_RATE_PER_SECOND": "1000",
            "SPOTIFY_RATE_PER_SECOND": "1000",
            "SPOTIFY_DAILY_BUDGET": "1000000",
            "CONTACT": CONTACT,
        }
        super().__init__(folder, **outside | env)

    @property
    def database(self) -> Path:
        return self.folder / "genre-sorter.db"

    def stored(self, key: Key[M]) -> M | None:
        """Return what is committed under a key."""
        return stored(self.database, key)

    def stored_values(self) -> dict[str, Value]:
        """Return every value of the tests' own that is committed, by its name."""
        return all_stored(self.database, VALUE)

    def tell_to_stop(self) -> None:
        """Send SIGTERM and do not wait."""
        assert self.process
        self.process.terminate()

    def ended(self) -> int:
        """Wait for the end of the process and return its status."""
        assert self.process
        return self.process.wait(PATIENCE_S)

    def memory_bytes(self) -> int:
        """Return the memory of the process that is in use."""
        assert self.process
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * PAGE_BYTES


class FaultyApp(App):
    """The app on a disk, and in a time, that a test decides about."""

    module = "tests.processes.served_app"

    def launch(self) -> subprocess.Popen[bytes]:
        if self.process:
            self.inside.close()
        self.inside = httpx.Client(base_url=f"{self.url}/control", timeout=PATIENCE_S)
        return super().launch()

    def _end(self, how: signal.Signals) -> None:
        self.inside.close()
        super()._end(how)

    def tell(self, **told: object) -> None:
        """Set the switches; those that are not named are off."""
        self.inside.post("/tell", json=told).raise_for_status()

    def look(self) -> dict[str, Any]:
        """Return what goes on inside, past the app."""
        return dict(self.inside.get("/").raise_for_status().json())

    def queue(self, name: str) -> None:
        """Have a value queued outside every request."""
        self.inside.post(f"/queue/{name}").raise_for_status()
