"""A person's own order: each kind of rule, rules together, and rules that have no effect."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NotFoundError
from app.genres.artist_models import ArtistGenres, Tag
from app.genres.families import Families
from app.genres.library import Library, Origin, PlacedSong
from app.genres.personal.corrections import Correction, Corrections
from app.genres.personal.families import PersonalFamilies, families_of
from app.genres.personal.rules import (
    Change,
    FamilyRules,
    Hide,
    Make,
    Merge,
    Minimum,
    Move,
    Recolour,
    Rename,
    Rule,
)
from app.genres.placing import Placer, group_of
from app.genres.songs import ArtistRef, Song

NOW = datetime(2026, 11, 22, tzinfo=UTC)
STANDARD = Families.load()
OWN = Make(family="own-rain", name="Rainy days", hue="teal", depth=2)


def rules(*changes: Change) -> FamilyRules:
    return FamilyRules(
        rules=tuple(Rule(id=str(number), made_at=NOW, change=change) for number, change in enumerate(changes))
    )


def own(*changes: Change) -> PersonalFamilies:
    return PersonalFamilies(STANDARD, rules(*changes))


def voids(*changes: Change) -> dict[str, str]:
    return dict(own(*changes).applied.void)


def library(
    credited: list[list[str]],
    tags: dict[str, dict[str, int]],
    *changes: Change,
    corrections: Corrections | None = None,
) -> Library:
    fold = families_of(STANDARD, rules(*changes))
    placer = Placer(fold, corrections)
    placer.learn(
        (
            ArtistGenres(
                artist_id=one,
                tags=tuple(Tag(name=name, votes=n, source="musicbrainz") for name, n in said.items()),
                checked_at=NOW,
            )
            for one, said in tags.items()
        ),
        {},
    )
    songs = [
        Song(id=str(number), name="Song", artists=tuple(ArtistRef(id=one, name=one) for one in by))
        for number, by in enumerate(credited)
    ]
    placed = [PlacedSong(one, placer.own_place(one) or placer.place(group_of(one))) for one in songs]
    origin = Origin(scanned_at=NOW, whole=True, waiting=(), sources=placer.sources())
    return Library(placed, fold, origin)


def counts(one: Library) -> dict[str, int]:
    return {family.family.id: family.count for family in one.families}


def test_without_rules_the_standard_families_stand() -> None:
    assert families_of(STANDARD, FamilyRules()) is STANDARD
    assert own().all == STANDARD.all


def test_a_genre_is_moved_whatever_way_it_is_written() -> None:
    fold = own(Move(genre="City-Pop", family="pop"))
    assert fold.family_of("city pop") == "pop"
    assert fold.family_of("k-pop") == "asian-pop"


def test_the_later_of_two_moves_counts() -> None:
    changes = (Move(genre="city pop", family="pop"), Move(genre="city pop", family="jazz"))
    assert own(*changes).family_of("city pop") == "jazz"
    assert voids(*changes) == {"0": "later"}


def test_a_family_is_made_and_takes_genres_in() -> None:
    fold = own(OWN, Move(genre="city pop", family="own-rain"))
    assert fold.family_of("city pop") == "own-rain"
    made = fold.get("own-rain")
    assert (made.name, made.hue, made.depth) == ("Rainy days", "teal", 2)
    assert [one.id for one in fold.all[-2:]] == ["own-rain", "other"]


def test_a_rule_about_a_family_that_is_not_there_has_no_effect() -> None:
    changes: tuple[Change, ...] = (
        Move(genre="city pop", family="own-rain"),
        Merge(what="family:jazz", into="family:own-rain"),
        Hide(what="family:own-rain"),
        Rename(what="family:hidden", name="Attic"),
        Merge(what="family:hidden", into="family:rock"),
        Recolour(family="own-rain", hue="red", depth=1),
    )
    fold = own(*changes)
    assert fold.family_of("city pop") == "asian-pop"
    assert fold.get("jazz").name == "Jazz"
    assert fold.get("hidden").name == "Hidden"
    assert set(fold.applied.void.values()) == {"gone"}
    assert len(fold.applied.void) == len(changes)


def test_a_merged_genre_is_counted_as_the_other_one() -> None:
    fold = own(Merge(what="genre:city pop", into="genre:k-pop"))
    assert fold.canonical("City Pop") == "k-pop"
    assert fold.family_of("city pop") == "asian-pop"


def test_a_merged_family_is_part_of_the_other_one() -> None:
    fold = own(Merge(what="family:folk", into="family:country"), Move(genre="bebop", family="folk"))
    assert fold.family_of("folk") == "country"
    assert fold.family_of("bebop") == "country"
    assert fold.get("folk").id == "country"
    assert "folk" not in {one.id for one in fold.all}


def test_merging_in_a_circle_is_refused() -> None:
    changes = (
        Merge(what="family:folk", into="family:country"),
        Merge(what="family:country", into="family:blues"),
        Merge(what="family:blues", into="family:folk"),
        Merge(what="genre:bebop", into="genre:bebop"),
        Merge(what="genre:bebop", into="family:rock"),
    )
    assert voids(*changes) == {"2": "circle", "3": "circle", "4": "circle"}
    assert own(*changes).get("folk").id == "blues"


def test_a_merge_can_be_changed_to_another_one() -> None:
    changes = (
        Merge(what="family:folk", into="family:country"),
        Merge(what="family:folk", into="family:blues"),
        Merge(what="family:country", into="family:folk"),
    )
    assert own(*changes).get("country").id == "blues"
    assert voids(*changes) == {"0": "later"}


def test_a_renamed_genre_keeps_its_family_and_its_old_name_leads_to_it() -> None:
    fold = own(Rename(what="genre:city pop", name="Neon"))
    assert fold.canonical("city pop") == "neon"
    assert fold.canonical("neon") == "neon"
    assert fold.family_of("neon") == "asian-pop"


def test_rules_about_a_renamed_genre_outlive_its_name() -> None:
    named = Rename(what="genre:city pop", name="neon")
    assert own(named, Move(genre="neon", family="pop")).family_of("city pop") == "pop"
    assert own(named, Move(genre="city pop", family="pop")).family_of("neon") == "pop"


def test_two_genres_do_not_share_a_name() -> None:
    changes = (Rename(what="genre:city pop", name="neon"), Rename(what="genre:bebop", name="neon"))
    fold = own(*changes)
    assert (fold.canonical("city pop"), fold.canonical("bebop")) == ("city pop", "neon")
    assert voids(*changes) == {"0": "taken"}


def test_a_family_is_renamed_and_recoloured() -> None:
    fold = own(Rename(what="family:jazz", name="Smoke"), Recolour(family="jazz", hue="teal", depth=2))
    jazz = fold.get("jazz")
    assert (jazz.name, jazz.hue, jazz.depth) == ("Smoke", "teal", 2)


def test_a_part_of_a_family_is_not_shown_in_another_one() -> None:
    assert own().subfamily_of("deep house") == "house"
    assert own(Move(genre="deep house", family="pop")).subfamily_of("deep house") is None


def test_songs_of_a_hidden_genre_go_by_their_other_genres() -> None:
    tags = {"a": {"city pop": 9, "bebop": 1}, "b": {"city pop": 5}}
    one = library([["a"], ["b"], ["b", "a"]], tags, Hide(what="genre:city pop"))
    assert counts(one) == {"jazz": 2, "hidden": 1}
    assert one.genres["city pop"].count == 1
    assert [family.family.name for family in one.families] == ["Jazz", "Hidden"]


def test_a_hidden_family_hides_all_its_genres_alike() -> None:
    tags = {"a": {"city pop": 9, "bebop": 8}, "b": {"k-pop": 5}}
    one = library([["a"], ["b"]], tags, Hide(what="family:asian-pop"))
    assert counts(one) == {"jazz": 1, "hidden": 1}
    assert one.fold.get("asian-pop").name == "Asian pop"
    assert "asian-pop" not in {family.id for family in one.fold.all}


def test_hidden_words_take_no_room_among_an_artists_genres() -> None:
    tags = {
        "a": {f"{word} rock": 9 for word in ["indie", "hard", "soft", "glam", "math", "surf"]} | {"bebop": 8}
    }
    one = library([["a"]], tags, Hide(what="family:rock"))
    assert counts(one) == {"jazz": 1}


def test_a_correction_to_a_hidden_genre_counts_only_where_there_is_nothing_else() -> None:
    said = Correction(genres=("city pop",), label="", made_at=NOW)
    corrections = Corrections(entries={"artist:a": said})
    tags = {"b": {"bebop": 2}}
    one = library([["a", "b"], ["a"]], tags, Hide(what="genre:city pop"), corrections=corrections)
    assert counts(one) == {"jazz": 1, "hidden": 1}


def test_what_was_picked_before_a_rule_is_found_after_it() -> None:
    changes = (
        Merge(what="family:jazz", into="family:rock"),
        Rename(what="genre:bebop", name="bop"),
    )
    one = library([["a"]], {"a": {"bebop": 2}}, *changes)
    assert len(one.select(["family:jazz"])) == len(one.select(["genre:bebop"])) == 1
    assert one.get_genre("bebop").name == "bop"
    assert one.select(["family:own-nobody"]) == ()


def test_a_family_that_nobody_made_is_not_there() -> None:
    with pytest.raises(NotFoundError):
        own(Hide(what="genre:bebop")).get("own-nobody")


WORDS = ("jazz", "bebop", "indie rock", "deep house", "city pop", "xyzzy", "folk", "neon", "seen live")
FAMILY_IDS = ("jazz", "rock", "folk", "other", "hidden", "own-a", "own-b")
genre_items = st.sampled_from([f"genre:{word}" for word in WORDS])
family_items = st.sampled_from([f"family:{one}" for one in FAMILY_IDS])
items = genre_items | family_items
own_ids = st.sampled_from(["own-a", "own-b"])
hues = st.sampled_from(["rose", "teal"])
depths = st.sampled_from([1, 2])
changes_ = st.lists(
    st.builds(Move, genre=st.sampled_from(WORDS), family=st.sampled_from(FAMILY_IDS))
    | st.builds(Make, family=own_ids, name=st.just("Own"), hue=hues, depth=depths)
    | st.builds(Merge, what=items, into=items)
    | st.builds(Rename, what=items, name=st.sampled_from([*WORDS, "ZZZ", "-"]))
    | st.builds(Recolour, family=st.sampled_from(FAMILY_IDS), hue=hues, depth=depths)
    | st.builds(Hide, what=items)
    | st.builds(Minimum, size=st.integers(1, 9)),
    max_size=12,
)
tags_ = st.dictionaries(
    st.sampled_from("abcd"), st.dictionaries(st.sampled_from(WORDS), st.integers(1, 9), max_size=4)
)
credits_ = st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=12)


@settings(deadline=None)
@given(credits_, tags_, changes_)
def test_numbers_add_up_under_any_rules(
    credited: list[list[str]], tags: dict[str, dict[str, int]], changes: list[Change]
) -> None:
    one = library(credited, tags, *changes)
    assert sum(family.count for family in one.families) + len(one.without_genre) == len(credited)
    standard = library(credited, tags)
    assert len(one.without_genre) == len(standard.without_genre)
    for family in one.families:
        assert sum(genre.lead_count for genre in family.genres) == family.count
        assert len(one.select([f"family:{family.family.id}"])) == family.count
    for genre in one.genres.values():
        assert one.fold.get(genre.family).id == genre.family
        assert len(one.select([f"genre:{genre.name}"])) == genre.count
    again = library(credited, tags, *changes)
    assert [placed.placement for placed in again.songs] == [placed.placement for placed in one.songs]


@settings(deadline=None)
@given(credits_, tags_, st.sampled_from(WORDS), st.sampled_from(["pop", "own-rain"]))
def test_a_genre_that_is_moved_takes_its_songs_with_it_and_no_others(
    credited: list[list[str]], tags: dict[str, dict[str, int]], word: str, family: str
) -> None:
    before = library(credited, tags)
    after = library(credited, tags, OWN, Move(genre=word, family=family))
    for old, new in zip(before.songs, after.songs, strict=True):
        moved = old.placement.lead == STANDARD.canonical(word)
        assert new.placement.lead == old.placement.lead
        assert new.placement.family == (family if moved else old.placement.family)


@settings(deadline=None)
@given(credits_, tags_)
def test_a_family_that_is_merged_takes_its_songs_with_it_and_no_others(
    credited: list[list[str]], tags: dict[str, dict[str, int]]
) -> None:
    before = counts(library(credited, tags))
    after = counts(library(credited, tags, Merge(what="family:jazz", into="family:folk")))
    both = before.pop("jazz", 0) + before.pop("folk", 0)
    assert after == before | ({"folk": both} if both else {})


@settings(deadline=None)
@given(changes_, st.sampled_from(WORDS))
def test_a_name_is_its_own_best_spelling_and_every_family_can_be_shown(
    changes: list[Change], word: str
) -> None:
    fold = own(*changes)
    assert fold.family_of(fold.canonical(word)) in {one.id for one in fold.all}
    assert fold.get(fold.family_of(word)).id == fold.family_of(word)
    assert [one.order for one in fold.all] == sorted(one.order for one in fold.all)
