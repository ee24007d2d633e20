"""How a simulator is set up."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from app.demo.state import ACCOUNT_LIFETIME
from app.demo.switches import Switches

PREFIX = "/simulator"
LOOPBACK_CALLBACKS = ("http://127.0.0.1/auth/spotify/callback", "http://[::1]/auth/spotify/callback")


class SimulatorOptions(BaseModel):
    """Everything that may differ between two simulators.

    Attributes:
        base_url: the address that people open, without a path; links and pictures in answers begin with it.
        client_id: of the one app that is registered with the simulated Spotify.
        client_secret: of that app; None: it has none and must use PKCE.
        redirect_uris: where the app may have people sent back to. As at Spotify, one with a loopback address
            and no port matches every port.
        seed: of the first account with generated songs; the next have the numbers that follow.
        switches: as they are at the start and after a reset.
        account_lifetime: an account that nobody uses for so long is dropped.
        state_path: a file that keeps accounts and playlists over a restart; None: in memory only.
        static_root: where the product's style sheets are, for the pages that people see; empty: nowhere.
    """

    model_config = ConfigDict(frozen=True)

    base_url: str
    client_id: str = "demo"
    client_secret: str | None = None
    redirect_uris: tuple[str, ...] = LOOPBACK_CALLBACKS
    seed: int = Field(default=1, ge=0, lt=2**31)
    switches: Switches = Switches()
    account_lifetime: timedelta = ACCOUNT_LIFETIME
    state_path: Path | None = None
    static_root: str = ""

    @property
    def root_url(self) -> str:
        """Address of the simulator."""
        return self.base_url.rstrip("/") + PREFIX

    @property
    def api_url(self) -> str:
        """What stands for https://api.spotify.com/v1."""
        return f"{self.root_url}/api/v1"

    @property
    def open_url(self) -> str:
        """What stands for https://open.spotify.com."""
        return f"{self.root_url}/open"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can open it."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "::1", "localhost"}
