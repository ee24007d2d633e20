import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.errors import NotFoundError
from app.genres.families import FOLDER, Families
from app.genres.families_file import read_families, read_vocabulary

FAMILIES = Families.load()
FILE = read_families(FOLDER / "families.toml")
SECOND = Families(FILE, read_vocabulary(FOLDER / "vocabulary.txt"))
NAMES = FILE.spellings()
IDS = {family.id for family in FAMILIES.all}

known = st.sampled_from(NAMES)
# Words of the families beside any text, so that phrases, endings and modifiers meet in every order.
words = st.one_of(
    known, st.sampled_from(FILE.modifiers.places), st.sampled_from(list(FILE.aliases)), st.text(max_size=8)
)
names = st.one_of(st.text(), st.lists(words, max_size=5).map(" ".join))


def test_every_family_has_its_place_in_the_order() -> None:
    assert [family.order for family in FAMILIES.all] == list(range(22))
    assert FAMILIES.all[-1].id == "other"
    assert [part.id for part in FAMILIES.get("electronic").subfamilies] == [
        "house",
        "techno",
        "drum-and-bass",
        "ambient",
        "downtempo",
    ]


def test_at_most_twelve_hues_beside_grey() -> None:
    assert len({family.hue for family in FAMILIES.all} - {"grey"}) == 12


def test_an_unknown_family_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        FAMILIES.get("polka-core")


def test_every_word_of_the_file_is_its_own_best_spelling_and_a_genre() -> None:
    assert [name for name in NAMES if FAMILIES.canonical(name) != name] == []
    assert [name for name in NAMES if FAMILIES.family_of(name) == "other"] == []
    dropped = FILE.drop.whole_names()
    assert [name for name in NAMES if not FAMILIES.is_genre(name) and name not in dropped] == []


def test_the_last_words_of_a_long_text_decide() -> None:
    assert FAMILIES.family_of("jazz " + "deep " * 5000 + "rock") == "rock"


@settings(deadline=None)
@given(names)
def test_the_fold_is_total(name: str) -> None:
    assert FAMILIES.family_of(name) in IDS


@settings(deadline=None)
@given(names)
def test_another_instance_folds_alike(name: str) -> None:
    assert SECOND.canonical(name) == FAMILIES.canonical(name)
    assert SECOND.family_of(name) == FAMILIES.family_of(name)


@settings(deadline=None)
@given(names)
def test_the_best_spelling_stays_and_folds_alike(name: str) -> None:
    best = FAMILIES.canonical(name)
    assert FAMILIES.canonical(best) == best
    assert FAMILIES.family_of(best) == FAMILIES.family_of(name)
    assert FAMILIES.is_genre(best) == FAMILIES.is_genre(name)


@settings(deadline=None)
@given(st.lists(st.one_of(known, st.text("abcdefghijklm", max_size=6)), max_size=4))
@example(["fas\N{LATIN SMALL LETTER DOTLESS I}l"])
def test_case_spacing_and_hyphens_make_no_difference(parts: list[str]) -> None:
    plain = " ".join(parts)
    for variant in (
        plain.upper(),
        plain.title(),
        "  ".join(parts) + "\t",
        plain.replace(" ", "-"),
        plain.replace(" ", "_"),
    ):
        assert FAMILIES.canonical(variant) == FAMILIES.canonical(plain)


@settings(deadline=None)
@given(names, st.sampled_from(["swedish", "deep", "1980s", "contemporary"]))
def test_a_modifier_in_front_of_a_known_word_decides_nothing(name: str, modifier: str) -> None:
    if FAMILIES.family_of(name) != "other":
        assert FAMILIES.family_of(f"{modifier} {name}") == FAMILIES.family_of(name)
