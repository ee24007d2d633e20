"""The sleeves that albums of the simulator come in."""

import re
from xml.etree import ElementTree as ET

import pytest

from app.demo.covers import render_cover
from app.demo.library import built_in_library
from app.demo.sleeves.geometric import GEOMETRIC
from app.demo.sleeves.lettering import BOLD, Box, Style, clean, set_text, width_of, wrap
from app.demo.sleeves.type_led import TYPE_LED

SVG = "{http://www.w3.org/2000/svg}"
IDS = [f"{number:022}" for number in range(120)]


def parsed(svg: bytes | str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own picture


def shapes(svg: bytes) -> list[str]:
    return [element.tag.removeprefix(SVG) for element in parsed(svg).iter()]


def words(svg: bytes) -> str:
    return " ".join("".join(text.itertext()) for text in parsed(svg).iter(f"{SVG}text"))


def test_the_same_album_has_the_same_sleeve_and_others_have_others() -> None:
    assert render_cover("Kindling", "Nick Drake", IDS[0]) == render_cover("Kindling", "Nick Drake", IDS[0])
    assert len({render_cover("Kindling", "Nick Drake", album_id) for album_id in IDS}) > 0.9 * len(IDS)


def test_there_are_at_least_ten_compositions_and_all_are_used() -> None:
    assert len(TYPE_LED + GEOMETRIC) >= 10
    patterns = {tuple(shapes(render_cover("Kindling", "Nick Drake", album_id))) for album_id in IDS}
    assert len(patterns) >= len(TYPE_LED + GEOMETRIC)


@pytest.mark.parametrize("album_id", IDS[:60])
def test_names_that_look_like_markup_stay_words(album_id: str) -> None:
    album = "</title><script>alert('sleeve')</script> & \"more\"\x00\x1b"
    svg = render_cover(album, "<b>Artist</b>", album_id)
    assert "script" not in shapes(svg)
    assert "<b>" not in svg.decode()
    assert "<script>" in words(svg).lower()


@pytest.mark.parametrize("album_id", IDS[:60])
def test_nothing_comes_from_elsewhere(album_id: str) -> None:
    svg = render_cover("Kindling", "Nick Drake", album_id).decode()
    root = parsed(svg)
    assert root.get("viewBox") == "0 0 640 640"
    assert not re.search(r"href|url\(|@import|@font-face|<style|<image|<foreignObject|\son\w+=", svg)
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(
    ("album", "artist"),
    [("", "Voice memos"), ("…", ""), ("", ""), ("\x07", "\x07"), ("\u0301", "\u200d"), ("😮", "∆")],
)
def test_hardly_any_words_are_enough(album: str, artist: str) -> None:
    for album_id in IDS[:60]:
        parsed(render_cover(album, artist, album_id))


def test_a_sleeve_is_small() -> None:
    sizes = [len(render_cover("Kindling", "Nick Drake", album_id)) for album_id in IDS]
    assert max(sizes) < 40_000
    assert sum(sizes) / len(sizes) < 8_000


def test_every_album_of_the_library_has_a_sleeve() -> None:
    library = built_in_library()
    for track in library.tracks:
        parsed(render_cover(track.album, library.artists[track.artists[0]].name, track.album_id))


@pytest.mark.parametrize(
    "text",
    [
        "Oh",
        "A Map of Your Teeth",
        "Only " * 40 + "once",
        "T" + "aumata" * 12,
        "最終バスを逃して" * 3,
        "ليالي بيروت",
    ],
)
def test_text_stays_in_its_box(text: str) -> None:
    box = Box(40, 100, 300, 120)
    lines = parsed(f"<svg>{set_text(text, box, Style(BOLD, '#000'))}</svg>")
    assert len(lines) >= 1
    for line in lines:
        size = float(line.attrib["font-size"])
        assert size <= 96
        assert width_of(line.text or "", BOLD) * size <= 301
        assert 100 <= float(line.attrib["y"]) <= 220
    assert clean("".join(line.text or "" for line in lines)).replace(" ", "") == text.replace(" ", "")


def test_text_from_right_to_left_starts_at_the_right() -> None:
    box = Box(40, 100, 300, 120)
    arabic = parsed(set_text("قمر", box, Style(BOLD, "#000")))
    latin = parsed(set_text("Moon", box, Style(BOLD, "#000")))
    assert (arabic.get("x"), arabic.get("direction")) == ("340.0", "rtl")
    assert (latin.get("x"), latin.get("direction")) == ("40.0", None)


def test_lines_are_broken_evenly_and_never_inside_a_short_word() -> None:
    assert wrap("one two three four", 2, BOLD) == ["one two", "three four"]
    assert wrap("最終バスを逃して", 2, BOLD) == ["最終バス", "を逃して"]
