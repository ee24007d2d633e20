"""What a music lover would say, word by word."""

import re

import pytest

from app.genres.families import Families

FAMILIES = Families.load()

WORD = re.compile(r"[^\s,][^,\n]*")
EXPECTED = {
    "pop": """
        pop, dance pop, swedish indie pop, synth-pop, electropop, europop, chanson française, schlager,
        yé-yé, a cappella, austropop, boy band, hyperpop, new romantic, contemporary christian, arab pop,
        laïko, reggae pop
    """,
    "asian-pop": """
        j-pop, K-Pop, city pop, cantopop, mandopop, enka, bollywood, shibuya-kei, thai indie pop, tamil pop,
        vietnamese pop, techno kayo, anime, opm, luk thung, bhangra
    """,
    "punk": """
        punk, punk rock, pop punk, hardcore, hardcore punk, ska punk, emo, screamo, riot grrrl, oi!, d-beat,
        post-hardcore, deutschpunk, crust punk
    """,
    "metal": """
        heavy metal, folk metal, nu metal, black metal, death metal, death 'n' roll, djent, grindcore,
        metalcore, nwobhm, doom metal, industrial metal, sludge, neue deutsche härte, cybergrind, rap metal
    """,
    "rock": """
        rock, pop/rock, alternative rock, blues rock, folk rock, deep soft rock, yacht rock, post-punk,
        new wave, shoegaze, britpop, krautrock, grunge, indie, melbourne indie, psychedelic, rock'n'roll,
        Rock & Roll, rockabilly, surf music, post-rock, power pop, merseybeat, progressive, rock opera,
        deutschrock, nu gaze
    """,
    "blues": """
        blues, delta blues, jazz blues, country blues, boogie-woogie, soul blues, acoustic blues, jug band
    """,
    "country": """
        country, alt-country, classic country pop, americana, bluegrass, honky tonk, nashville sound,
        western swing, southern gospel, newgrass, gothic country
    """,
    "folk": """
        folk, indie folk, singer/songwriter, singer-songwriter, fado, klezmer, celtic, sea shanty, zydeco,
        cajun, traditional folk, world music, acoustic, neofolk, joik, rebetiko, qawwali, old-time,
        hawaiian, bal-musette
    """,
    "latin": """
        latin, latin pop, bossa nova, samba, mpb, salsa, reggaetón, cumbia, tango, flamenco, mariachi,
        mexican pop, funk carioca, trap latino, sertanejo, forro, axé, bachata, zouk, kompa, boogaloo,
        cha cha cha, narcocorrido
    """,
    "african": """
        afrobeat, afrobeats, highlife, gqom, kizomba, amapiano, kuduro, soukous, desert blues, nigerian pop,
        raï, jùjú, mbalax, kwaito, south african pop, rumba congolaise, shangaan electro
    """,
    "reggae-dub": """
        reggae, dub, roots reggae, lovers rock, rock steady, dancehall, ska, 2 tone, calypso, soca,
        raggamuffin, dub poetry, reggae rock, ska revival
    """,
    "jazz": """
        jazz, jazz funk, jazz-funk, soul jazz, contemporary post-bop, bebop, hard bop, nu jazz, jazz fusion,
        jazz rock, latin jazz, swing, big band, ragtime, cool jazz, gypsy jazz, jazz double bass, acid jazz,
        ethio-jazz
    """,
    "classical": """
        classical, lieder, opera, baroque, minimalism, string quartet, gregorian chant, cambridge choir,
        contemporary classical, hindustani classical, early romantic era, orchestral, zarzuela,
        musique concrète, avant-garde, italian tenor
    """,
    "soundtrack-stage": """
        soundtrack, film score, show tunes, broadway, musical, musical theater, library music,
        video game music, vintage italian soundtrack, cabaret, orchestral soundtrack, anime score
    """,
    "easy-listening": """
        easy listening, lounge, exotica, adult standards, traditional pop, space age pop, background piano,
        muzak, barbershop, crooners
    """,
    "new-age": """
        new age, celtic new age, meditation, nature sounds, healing, white noise, kirtan, new age piano
    """,
    "electronic": """
        electronic, electronica, house, float house, deep house, jazz house, hip house, techno, dub techno,
        drum & bass, drum'n'bass, dnb, jungle, ambient, ambient dub, compositional ambient, trip hop,
        trip-hop, downtempo, electro swing, dubstep, trance, psytrance, schranz, idm, uk garage,
        future garage, gabber, hardcore techno, happy hardcore, vaporwave, synthwave, industrial, new beat,
        big beat, breakbeat, glitch hop, liquid funk, future funk, witch house, minimal, experimental,
        eurodance, gregorian dance, folktronica, alternative dance, edm trap, pop ambient, darkwave
    """,
    "hip-hop": """
        hip hop, hip-hop, HipHop, atl hip hop, jazz rap, pop rap, trap, drill, grime, g funk, gangster rap,
        boom bap, lo-fi hip hop, lo-fi beats, miami bass, crunk, phonk, rap francais, hardcore hip hop,
        chillhop, deutschrap
    """,
    "spoken-comedy": """
        comedy, stand-up comedy, spoken word, audiobook, hörspiel, parody, poetry slam, radio drama
    """,
    "rnb-soul": """
        r&b, rnb, R'n'B, contemporary r&b, soul, neo soul, post-disco soul, motown, doo-wop, new jack swing,
        quiet storm, gospel, gospel choir, rhythm & blues, hip hop soul, trap soul, blue-eyed soul,
        urban contemporary
    """,
    "funk-disco": """
        funk, disco, brit funk, neapolitan funk, post-disco, nu disco, italo-disco, boogie, p-funk, go-go,
        hi-nrg, synth funk, brazilian boogie, rare groove, electro-funk
    """,
    "other": """
        children's music, field recording, swedish, 80s, seen live, female vocalists, karaoke, !!!, 音楽
    """,
}
WORDS = [(word, family) for family, words in EXPECTED.items() for word in WORD.findall(words)]


def test_the_table_knows_every_family_and_names_no_word_twice() -> None:
    assert set(EXPECTED) == {family.id for family in FAMILIES.all}
    assert len({word for word, _ in WORDS}) == len(WORDS) > 300


@pytest.mark.parametrize(("word", "family"), WORDS)
def test_family_of(word: str, family: str) -> None:
    assert FAMILIES.family_of(word) == family


@pytest.mark.parametrize(
    ("word", "subfamily"),
    [
        ("lo-fi house", "house"),
        ("microhouse", "house"),
        ("dub techno", "techno"),
        ("ambient techno", "techno"),
        ("atmospheric dnb", "drum-and-bass"),
        ("ambient dub", "ambient"),
        ("fourth world", "ambient"),
        ("trip-hop", "downtempo"),
        ("witch house", None),
        ("electro", None),
        ("pop", None),
    ],
)
def test_subfamily_of(word: str, subfamily: str | None) -> None:
    assert FAMILIES.subfamily_of(word) == subfamily


@pytest.mark.parametrize(
    ("tag", "spelling"),
    [
        ("Hip-Hop", "hip hop"),
        ("hiphop", "hip hop"),
        ("R'n'B", "r&b"),
        ("contemporary rnb", "contemporary r&b"),
        ("drum 'n' bass", "drum and bass"),
        ("Drum & Bass", "drum and bass"),
        ("Singer/Songwriter", "singer-songwriter"),
        ("uk post punk", "uk post-punk"),
        ("post metal", "post-metal"),
        ("synth-pop", "synthpop"),
        ("World Music", "world"),
        ("library music", "library music"),
        ("forro", "forró"),
        ("p funk", "p-funk"),
        ("rock\u2019n\u2019roll", "rock and roll"),
        ("  Deep   SOFT rock ", "deep soft rock"),
        ("nouvelle chanson québécoise", "nouvelle chanson québécoise"),
        ("lofi house", "lo-fi house"),
        ("?!", ""),
    ],
)
def test_canonical(tag: str, spelling: str) -> None:
    assert FAMILIES.canonical(tag) == spelling


@pytest.mark.parametrize(
    "tag",
    [
        "swedish",
        "british",
        "usa",
        "new zealand",
        "80s",
        "1990s",
        "2010",
        "seen live",
        "favourites",
        "my favourite metal",
        "female vocalists",
        "south african",
        "african-american",
        "27 club",
        "awesome jazz",
        "songs that remind me of rock and roll",
        "guitar",
        "",
        "!!!",
    ],
)
def test_what_is_no_genre(tag: str) -> None:
    assert not FAMILIES.is_genre(tag, "Somebody")


@pytest.mark.parametrize(
    "tag", ["metal", "swedish indie pop", "children's music", "new wave of british heavy metal", "cool jazz"]
)
def test_what_is_a_genre(tag: str) -> None:
    assert FAMILIES.is_genre(tag, "Somebody")


@pytest.mark.parametrize(
    ("tag", "artist"),
    [("Ska", "SKA!"), ("pop group", "The Pop Group"), ("the disco", "Disco"), ("björk", "Björk")],
)
def test_the_artists_own_name_is_no_genre(tag: str, artist: str) -> None:
    assert not FAMILIES.is_genre(tag, artist)
