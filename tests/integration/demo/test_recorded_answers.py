"""The simulator's answers beside recorded ones, where those are at hand."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
SAMPLES = os.environ.get("GENRE_SORTER_SAMPLES")

# What an older app with full access got when the answers were recorded, and one in development mode does not.
LOST = (
    "available_markets|country|episode|explicit_content|followers|popularity|preview_url|product|"
    "item/track|track/track|tracks|album/is_playable"
)
# What has come since, or depends on the song.
NEW = re.compile("/account_id|/is_playable|/restrictions")

ROUTES = [
    ("/me", "current_user", "images/"),
    ("/me/tracks", "saved_tracks", "-"),
    (f"/artists/{id_of('Artist', 1)}", "artist", "images/"),
    ("/me/playlists", "current_user_playlist_1", "-"),
    ("/playlists/PLAYLIST", "playlist_1", "items/track"),
    ("/playlists/PLAYLIST/items", "playlist_items", "items/track"),
]


def keys_in(value: Any, path: str = "") -> set[str]:
    """Every path of keys in a JSON value; lists count as their members."""
    if isinstance(value, list):
        return set().union(*(keys_in(one, path) for one in value))
    if not isinstance(value, dict):
        return set()
    deeper = (keys_in(one, f"{path}/{key}") for key, one in value.items())
    return {f"{path}/{key}" for key in value}.union(*deeper)


async def get(visitor: Visitor, path: str) -> Json:
    made = await visitor.make_playlist()
    uris = [f"spotify:track:{id_of('Track', n)}" for n in range(1, 4)]
    await visitor.api("POST", f"/playlists/{made['id']}/items", json={"uris": uris})
    answer = await visitor.api("GET", path.replace("PLAYLIST", made["id"]), params={"limit": 5})
    assert answer.status_code == 200
    return dict(answer.json())


if SAMPLES:
    RECORDED = Path(SAMPLES) / "spotify"

    @pytest.mark.parametrize(("path", "sample", "lost"), ROUTES)
    async def test_answers_have_the_keys_of_recorded_ones(
        signed_in: Visitor, path: str, sample: str, lost: str
    ) -> None:
        ours = keys_in(await get(signed_in, path))
        theirs = keys_in(json.loads((RECORDED / f"{sample}.json").read_text()))
        gone = re.compile(f"/({LOST}|{lost})")
        assert {key for key in theirs - ours if not gone.search(key)} == set()
        assert {key for key in ours - theirs if not NEW.search(key)} == set()
