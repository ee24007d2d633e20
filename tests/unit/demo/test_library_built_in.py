"""The made-up library that the simulator has by itself."""

import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app.demo import content
from app.demo.content.roster import Performer, load_roster
from app.demo.library import DemoLibrary, DemoTrack, built_in_library

TITLES = Path(content.__file__).parent / "titles"
ID = re.compile(r"[0-9A-Za-z]{22}")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
RELEASE_DATE = re.compile(r"[12][0-9]{3}(-[0-9]{2}){0,2}|0000")


@pytest.fixture(scope="module")
def library() -> DemoLibrary:
    return built_in_library()


@pytest.fixture(scope="module")
def roster() -> dict[str, Performer]:
    return {performer.name: performer for performer in load_roster()}


def streamed(library: DemoLibrary) -> list[DemoTrack]:
    return [track for track in library.tracks if not track.is_local]


def lead(library: DemoLibrary, track: DemoTrack) -> str:
    return library.artists[track.artists[0]].name


def test_two_processes_with_other_hash_seeds_make_the_same() -> None:
    program = (
        "import hashlib; from app.demo.library import built_in_library; library = built_in_library();"
        "print(hashlib.sha256(repr((library.tracks, dict(library.artists))).encode()).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_it_has_the_promised_size(library: DemoLibrary, roster: dict[str, Performer]) -> None:
    assert 1_450 <= len(library.tracks) <= 1_550
    assert 380 <= len(roster) <= 430
    assert set(roster) <= {artist.name for artist in library.artists.values()}
    assert all(artist in library.artists for track in library.tracks for artist in track.artists)


def test_families_are_all_there_and_of_a_persons_sizes(
    library: DemoLibrary, roster: dict[str, Performer]
) -> None:
    songs = Counter(roster[lead(library, track)].family for track in streamed(library))
    assert len(songs) == 21
    assert min(songs.values()) >= 5
    assert 0.12 <= max(songs.values()) / len(library.tracks) <= 0.19


def test_a_few_favourites_and_many_with_a_song_or_two(library: DemoLibrary) -> None:
    songs = Counter(lead(library, track) for track in streamed(library)).values()
    assert 5 <= sum(count >= 15 for count in songs) <= 12
    assert 20 <= max(songs) <= 40
    assert sum(count <= 2 for count in songs) >= len(songs) / 3


def test_about_one_song_in_twelve_has_no_genre(library: DemoLibrary) -> None:
    without = [t for t in library.tracks if not any(library.artists[a].genres for a in t.artists)]
    assert 0.07 <= len(without) / len(library.tracks) <= 0.09


def test_genre_words_are_lower_case_and_few(roster: dict[str, Performer]) -> None:
    for performer in roster.values():
        assert len(performer.genres) <= 5
        assert all(genre == genre.lower().strip() for genre in performer.genres)


def test_ids_and_codes_have_spotifys_form(library: DemoLibrary) -> None:
    ids = [track.id for track in streamed(library)]
    assert len(set(ids)) == len(ids)
    for track in streamed(library):
        assert ID.fullmatch(track.id or "")
        assert ID.fullmatch(track.album_id)
        assert track.isrc is None or ISRC.fullmatch(track.isrc)
        assert RELEASE_DATE.fullmatch(track.release_date)
        assert 60_000 <= track.duration_ms <= 3_600_000
    assert all(ID.fullmatch(artist) for artist in library.artists)


def test_an_album_is_one_album(library: DemoLibrary) -> None:
    albums = defaultdict(set)
    for track in streamed(library):
        albums[track.album_id].add((track.album, lead(library, track), track.release_date))
    assert all(len(seen) == 1 for seen in albums.values())
    assert len(albums) > 800


def test_no_title_is_numbered_or_left_with_a_slot(library: DemoLibrary) -> None:
    for track in library.tracks:
        assert not re.search(r"\d$|[{}]", track.name), track.name
        assert not re.search(r"\d$|[{}]", track.album), track.album


def test_titles_hardly_ever_repeat_but_for_those_liked_twice(library: DemoLibrary) -> None:
    repeated = [
        title for title, count in Counter(track.name for track in library.tracks).items() if count > 1
    ]
    assert len(repeated) <= 20


def test_likes_are_newest_first_over_eight_years_and_after_the_release(library: DemoLibrary) -> None:
    likes = [track.added_at for track in library.tracks]
    assert all(newer >= older for newer, older in pairwise(likes))
    assert all(like.utcoffset() == timedelta(0) and like.microsecond == 0 for like in likes)
    assert datetime(2026, 10, 20, tzinfo=UTC) < likes[0] < datetime(2026, 12, 1, tzinfo=UTC)
    assert {like.year for like in likes} == set(range(2018, 2027))
    for track in streamed(library):
        assert track.release_date <= track.added_at.date().isoformat()


def test_likes_come_in_bursts(library: DemoLibrary) -> None:
    evenings = Counter(track.added_at.date() for track in library.tracks)
    assert len(evenings) < len(library.tracks) / 3
    assert max(evenings.values()) >= 10
    months = Counter((track.added_at.year, track.added_at.month) for track in library.tracks)
    assert max(months.values()) > 3 * len(library.tracks) / 96


def test_releases_lie_in_their_artists_years(library: DemoLibrary, roster: dict[str, Performer]) -> None:
    for track in streamed(library):
        performer = roster[lead(library, track)]
        if track.release_date != "0000":
            assert performer.first_year <= int(track.release_date[:4]) <= performer.last_year


def test_songs_are_liked_twice_as_single_and_as_another_recording(library: DemoLibrary) -> None:
    by_isrc, by_title = defaultdict(list), defaultdict(set)
    for track in library.tracks:
        by_title[track.name, track.artists].add(track.isrc)
        if track.isrc:
            by_isrc[track.isrc].append(track)
    same = [tracks for tracks in by_isrc.values() if len(tracks) > 1]
    assert len(same) >= 5
    assert all(len({track.album_id for track in tracks}) == 2 for tracks in same)
    assert sum(len(isrcs) > 1 for isrcs in by_title.values()) >= 3


def test_the_rows_that_programs_forget_are_there(library: DemoLibrary) -> None:
    tracks = library.tracks
    local = [track for track in tracks if track.is_local]
    assert 3 <= len(local) <= 4
    assert all((track.id, track.isrc, track.album_id) == (None, None, "") for track in local)
    assert any(not track.playable for track in tracks)
    assert 5 <= sum(track.isrc is None for track in streamed(library)) <= 20
    assert any(track.release_date == "0000" for track in tracks)
    assert Counter(min(3, len(track.artists)) for track in tracks)[2] > 50
    assert sum(len(track.artists) == 3 for track in tracks) >= 3
    assert max(len(track.name) for track in tracks) > 200
    for characters in ("'", "&", '"', "<b>", "</script>"):
        assert any(characters in track.name + track.album for track in tracks)


@pytest.mark.parametrize(
    "letters",
    ["\u3040-\u30ff\u4e00-\u9fff", "\u0600-\u06ff", "\uac00-\ud7af", "\u0370-\u03ff", "\u0400-\u04ff"],
)
def test_names_and_titles_in_other_scripts(library: DemoLibrary, letters: str) -> None:
    script = re.compile(f"[{letters}]")
    assert any(script.search(artist.name) for artist in library.artists.values())
    assert any(script.search(track.name) for track in library.tracks)


def test_partners_are_in_the_roster_and_active(roster: dict[str, Performer]) -> None:
    for performer in roster.values():
        assert set(performer.partners) <= set(roster)
        assert performer.first_year <= performer.last_year <= 2026


@pytest.mark.parametrize("path", sorted(TITLES.iterdir()), ids=lambda path: path.name)
def test_every_slot_of_a_pattern_has_words_and_all_words_are_used(path: Path) -> None:
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    slots = set(re.findall(r"\{(?:an |An )?(\w+)\}", " ".join(words["songs"] + words["albums"])))
    assert slots == set(words.get("words", {}))


def test_every_list_of_titles_is_somebodys(roster: dict[str, Performer]) -> None:
    assert {path.name for path in TITLES.iterdir()} == {f"{p.titles}.toml" for p in roster.values()}
