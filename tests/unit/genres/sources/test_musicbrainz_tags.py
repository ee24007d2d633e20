"""From MusicBrainz's artist ids to tags."""

from typing import Any

import pytest
import respx

from app.genres.artist_models import Tag
from app.genres.sources.musicbrainz import MusicBrainz
from app.upstream.errors import UnavailableError
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import (
    BUSY,
    artists,
    in_time,
    mbid,
)

pytestmark = pytest.mark.anyio


async def test_tags_with_more_votes_for_than_against(source: MusicBrainz, api: respx.Router) -> None:
    odd: list[tuple[str, Any]] = [("rock", 7), ("pop", 0), ("jazz", -2), ("folk", 1), ("soul", None)]
    route = api.get("/artist").mock(return_value=artists(a1=odd, a2=[]))
    found = await source.fetch_tags([mbid(1), mbid(2)])

    assert found == {
        mbid(1): (
            Tag(name="rock", votes=7, source="musicbrainz"),
            Tag(name="folk", votes=1, source="musicbrainz"),
        ),
        mbid(2): (),
    }
    assert route.call_count == 1
    assert dict(route.calls.last.request.url.params) == {
        "query": f"arid:({mbid(1)} OR {mbid(2)})",
        "limit": "100",
        "fmt": "json",
    }


async def test_missing_tags_are_none(source: MusicBrainz, api: respx.Router) -> None:
    api.get("/artist").respond(json={"artists": [{"id": mbid(1)}, {"id": mbid(2), "tags": None}]})
    assert await source.fetch_tags([mbid(1), mbid(2)]) == {mbid(1): (), mbid(2): ()}


async def test_an_artist_left_out_is_asked_for_once_more(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/artist").mock(side_effect=[artists(a1=[("rock", 1)]), artists(a2=[("pop", 1)])])
    found = await in_time(clock, source.fetch_tags([mbid(1), mbid(2), mbid(3)]))

    assert [tag.name for tag in found[mbid(1)] + found[mbid(2)]] == ["rock", "pop"]
    assert found[mbid(3)] == ()
    assert [call.request.url.params["query"] for call in route.calls] == [
        f"arid:({mbid(1)} OR {mbid(2)} OR {mbid(3)})",
        f"arid:({mbid(2)} OR {mbid(3)})",
    ]


async def test_a_second_question_without_an_answer_concludes_nothing(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    api.get("/artist").mock(side_effect=[artists(a1=[("rock", 1)]), *[BUSY] * 5])
    with pytest.raises(UnavailableError):
        await in_time(clock, source.fetch_tags([mbid(1), mbid(2)]))


@pytest.mark.parametrize("odd", ["x", "", mbid(1).upper().replace("0", "A"), mbid(1) + " OR *"])
async def test_odd_mbids_never_enter_a_query(odd: str, source: MusicBrainz, api: respx.Router) -> None:
    with pytest.raises(ValueError, match="not MusicBrainz ids"):
        await source.fetch_tags([mbid(1), odd])
    assert not api.calls
