"""What listeners write on artists that names no genre, and what they misspell that does."""

import re

import pytest

from app.genres.families import Families

FAMILIES = Families.load()
WORD = re.compile(r"[^\s,][^,\n]*")

NOISE = {
    "peoples and places": """
        swedish, Brazilian, brasil, Cuban, French, français, en español, sung in german, hindi, tamil,
        punjabi, senegalese, south africa, south african, new zealand, Puerto Rico, rio de janeiro,
        hong kong, los angeles, Brooklyn, african american, latin american, native, english language,
        non-english, viennese, bay area
    """,
    "times": """
        80s, '80s, 80's, the 80s, 1980s, 1980s music, eighties, 90er, 00s, 2010, 1977, 20th century,
        21st century
    """,
    "opinions": """
        seen live, Seen-Live, want to see live, favourites, my favorites, favourite artists, best, best of,
        awesome, love, songs i love, good metal, great rock, best rock bands, jazz i like, guilty pleasure,
        overrated, genius, queen of soul, godfather of funk, rock legends, makes me happy,
        music to dance to, childhood
    """,
    "moods": """
        sad, happy, melancholic, chill, chilled, mellow, relax, energetic, beautiful, catchy, sexy, dark,
        epic, sleep, study, rainy day, summer, workout, party, cool, haunting, upbeat
    """,
    "formats": """
        vinyl, cd, cassette, mp3, lp, ep, 7", 12", 7 inch, remix, remixes, live, live album, compilation,
        covers, cover band, tribute band, bootleg, demo, single, albums i own, discography, remaster,
        instrumental
    """,
    "labels": "4AD, Sub Pop, Ninja Tune, Def Jam, Stax, Deutsche Grammophon",
    "people and what they do": """
        female vocalists, male vocalist, female fronted, singer, composer, producer, dj, dutch dj,
        guitarist, pianist, piano, guitar, band, rock band, death metal band, english rock band,
        rock musician, pop singer, folk singer, jazz pianist, opera singer, film composer, hip hop artist,
        duo, supergroup, christian, jewish, lgbtq, political
    """,
    "notes": """
        unknown, various artists, special purpose artist, fixme, needs isni, likedis auto, ai generated,
        one hit wonder, grammy winner, rock and roll hall of fame, wikipedia, last.fm, under 2000 listeners,
        chart hits, deceased, music, !!!
    """,
}
ALL_NOISE = [word for words in NOISE.values() for word in WORD.findall(words)]


@pytest.mark.parametrize("tag", ALL_NOISE)
def test_noise_is_no_genre_and_not_unknown_either(tag: str) -> None:
    assert FAMILIES.judge(tag, "Somebody") == "noise"


@pytest.mark.parametrize(
    "tag",
    [
        "australian jam band",
        "balkan brass band",
        "boy bands",
        "cool jazz",
        "great american songbook",
        "latin",
        "radio drama",
        "rock in opposition",
        "singer-songwriters",
        "60s garage rock",
        "brazilian boogie",
        "christian rock",
        "christmas",
        "field recordings",
    ],
)
def test_a_genre_may_hold_a_word_that_is_noise_elsewhere(tag: str) -> None:
    assert FAMILIES.judge(tag, "Somebody") == "genre"


@pytest.mark.parametrize("tag", ["zorble", "quux flarn", "blackcore bloop"])
def test_what_the_file_does_not_know_is_unknown(tag: str) -> None:
    assert FAMILIES.judge(tag) == "unknown"


def test_an_artists_own_name_is_noise_for_that_artist_only() -> None:
    assert FAMILIES.judge("zorble", "The Zorble") == "noise"
    assert FAMILIES.judge("ska", "Ska!") == "noise"
    assert FAMILIES.judge("ska", "Zorble") == "genre"


SPELLINGS = """
    hip hop = hip-hop = HipHop = Hip_Hop
    r&b = rnb = R & B = R'n'B = r and b = RnB music
    drum and bass = drum & bass = Drum 'n' Bass = drum n bass = dnb = d&b = drum+bass
    rock and roll = rock & roll = rock'n'roll = Rock N Roll = rock-n-roll
    country and western = country & western = c&w
    pop rock = pop/rock = Pop-Rock = poprock
    post-punk = post punk = postpunk = POST\N{EN DASH}PUNK
    synthpop = synth-pop = synth pop
    j-pop = jpop = J Pop = japanese pop
    singer-songwriter = singer/songwriter = singer songwriters
    musical theatre = musical theater = Musical Theatre
    humour = humor
    children's music = childrens music = kids' music
    girl group = girl groups
    soundtrack = soundtracks = original soundtrack
    lullaby = lullabies
    field recording = field recordings
    symphony = symphonies
    waltz = waltzes
    show tunes = show tune
    sea shanty = sea shanties
    forró = forro = FORRÓ
    reggaeton = reggaetón = reguetón
    chanson française = chanson francaise
    bossa nova = bossanova = Bossa-Nova
    yé-yé = ye ye
    hi-nrg = hi energy = high-nrg
    vals criollo = valse criollo
    video game music = VGM = videogame music
"""


@pytest.mark.parametrize("line", [line.strip() for line in SPELLINGS.strip().splitlines()])
def test_spellings_of_one_genre_are_one_genre(line: str) -> None:
    names = line.split(" = ")
    assert len({FAMILIES.family_of(name) for name in names}) == 1
    assert len({FAMILIES.canonical(name) for name in names}) == 1


@pytest.mark.parametrize("name", ["r&b/soul", "soul / r&b", "Soul and R&B", "soul, r&b"])
def test_two_names_of_one_family_in_one_tag_are_of_that_family(name: str) -> None:
    assert FAMILIES.family_of(name) == "rnb-soul"
