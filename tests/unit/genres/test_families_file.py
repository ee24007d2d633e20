from pathlib import Path

import pytest

from app.genres.families import FOLDER, Families
from app.genres.families_file import FamiliesFileError, read_families, read_vocabulary

SOUND = """
[[family]]
id = "pop"
name = "Pop"
hue = "rose"
depth = 1
heads = ["pop", "j-pop"]

[[family]]
id = "rock"
name = "Rock"
hue = "red"
depth = 1
heads = ["rock"]

[[family]]
id = "other"
name = "Other"
hue = "grey"
depth = 1

[modifiers]
places = ["swedish"]
qualities = ["deep"]

[drop]
names = ["seen live"]
words = ["favourite"]

[aliases]
"jpop" = "j-pop"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "families.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    (tmp_path / "vocabulary.txt").write_text("# comment\n\nkaraoke  # sung by you\n", encoding="utf-8")
    families = Families.load(tmp_path)
    assert [family.id for family in families.all] == ["pop", "rock", "other"]
    assert families.canonical("swedish JPop") == "swedish j-pop"
    assert families.is_genre("karaoke")
    assert not families.is_genre("sung by you")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('hue = "red"', 'hue = "mauve"', "family.rock.hue: Input should be 'rose'"),
        ('hue = "red"', 'hue = "rose"', 'hue and depth: "rose 1" stands in pop and in rock'),
        ('hue = "red"', 'hue = "grey"', 'grey is the hue of "other" alone'),
        ('depth = 1\nheads = ["rock"]', 'depth = 3\nheads = ["rock"]', "family.rock.depth"),
        ('heads = ["rock"]', 'heads = ["Rock", "rock"]', 'heads: "rock" stands in rock and in rock'),
        ('heads = ["rock"]', 'heads = ["J Pop"]', 'heads: "j pop" stands in pop and in rock'),
        ('heads = ["rock"]', 'head = ["rock"]', "family.rock.head: Extra inputs are not permitted"),
        ('heads = ["rock"]', 'heads = ["!"]', "'!' holds no letter and no digit"),
        ('heads = ["rock"]', 'heads = ["swedish"]', '"swedish" is both a head word and a modifier'),
        (
            'places = ["swedish"]',
            'places = ["new zealand"]',
            'the modifier "new zealand" is more than one word',
        ),
        ('id = "rock"', 'id = "pop"', 'id: "pop" stands in pop and in pop'),
        ('id = "rock"', 'id = "Hard Rock"', "family.Hard Rock.id: String should match"),
        ('id = "other"', 'id = "rest"', 'the last family must be "other"'),
        ('"jpop" = "j-pop"', '"rock" = "j-pop"', '"rock" is both a genre word and an alias'),
        ('"jpop" = "j-pop"', '"J Pops" = "j-pops"', 'the alias "J Pops" says nothing new'),
        ("[aliases]", "[aliases", "families.toml: "),
        ("[drop]", "[drops]", "drop: Field required"),
        ('words = ["favourite"]', 'words = ["favourite"]\nmoods = ["?!"]', "drop.moods.?!: Value error"),
        ('words = ["favourite"]', 'words = ["favourite"]\nmood = ["sad"]', "drop.mood: Extra inputs"),
        ('heads = ["rock"]', "heads = [1]", "family.rock.heads.0: Input should be a valid string"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert SOUND.count(old) == 1
    with pytest.raises(FamiliesFileError) as caught:
        read_families(write(tmp_path, SOUND.replace(old, new)))
    assert str(caught.value).startswith("families.toml: ")
    assert fault in str(caught.value)


def test_families_of_one_hue_stand_next_to_each_other(tmp_path: Path) -> None:
    blues = '[[family]]\nid = "blues"\nname = "Blues"\nhue = "rose"\ndepth = 2\n\n'
    apart = SOUND.replace('[[family]]\nid = "other"', blues + '[[family]]\nid = "other"')
    with pytest.raises(FamiliesFileError, match="families of the hue rose do not stand next to each other"):
        read_families(write(tmp_path, apart))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FamiliesFileError, match=r"^families\.toml"):
        read_families(tmp_path / "families.toml")
    with pytest.raises(FamiliesFileError, match=r"^vocabulary\.txt"):
        read_vocabulary(tmp_path / "vocabulary.txt")


def test_files_that_are_no_text_are_named(tmp_path: Path) -> None:
    for name in ("families.toml", "vocabulary.txt"):
        (tmp_path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(FamiliesFileError, match=r"^families\.toml"):
        read_families(tmp_path / "families.toml")
    with pytest.raises(FamiliesFileError, match=r"^vocabulary\.txt"):
        read_vocabulary(tmp_path / "vocabulary.txt")


def test_every_list_of_noise_is_dropped(tmp_path: Path) -> None:
    lists = 'peoples = ["rock"]\nmoods = ["sad rock"]\nformats = ["lp"]\nlabels = ["pop"]\nnames'
    write(tmp_path, SOUND.replace("names", lists))
    (tmp_path / "vocabulary.txt").write_text("lp", encoding="utf-8")
    families = Families.load(tmp_path)
    for tag in ("rock", "sad rock", "lp", "pop", "seen live", "my favourite rock"):
        assert families.judge(tag) == "noise"
    assert families.judge("deep rock") == "genre"


def test_the_vocabulary_holds_only_what_the_families_do_not_place() -> None:
    families = Families.load()
    vocabulary = read_vocabulary(FOLDER / "vocabulary.txt")
    assert {families.family_of(name) for name in vocabulary} == {"other"}
    assert all(families.is_genre(name) for name in vocabulary)
