"""Names of generated artists, songs and albums."""

from app.demo.generated.numbers import Dice

ADJECTIVES = (
    "Amber", "Ashen", "Blue", "Broken", "Brave", "Bright", "Copper", "Crooked", "Distant", "Dusty",
    "Early", "Electric", "Empty", "Faded", "Familiar", "Fearless", "Frozen", "Gentle", "Gilded", "Golden",
    "Hidden", "Hollow", "Idle", "Ivory", "Late", "Lonely", "Loud", "Lucky", "Midnight", "Modern",
    "Narrow", "Northern", "Old", "Open", "Pale", "Paper", "Patient", "Plain", "Quiet", "Rapid",
    "Restless", "Rosy", "Rusty", "Salty", "Scarlet", "Second", "Silent", "Silver", "Slow", "Small",
    "Southern", "Stray", "Sudden", "Tidal", "Tired", "Twin", "Velvet", "Warm", "Wild", "Wooden", "Young",
)  # fmt: skip
NOUNS = (
    "Anchor", "Arcade", "Atlas", "Avenue", "Balcony", "Basement", "Beacon", "Bell", "Bicycle", "Bridge",
    "Cabin", "Candle", "Canyon", "Carousel", "Castle", "Cathedral", "Ceiling", "Chapel", "Chimney", "Circus",
    "Cliff", "Comet", "Compass", "Corner", "Coast", "Courtyard", "Cradle", "Curtain", "Delta", "Desert",
    "Diary", "Door", "Engine", "Evening", "Factory", "Ferry", "Field", "Fountain", "Garden", "Ghost",
    "Glacier", "Harbour", "Heron", "Horizon", "Hotel", "Island", "Kettle", "Ladder", "Lantern", "Letter",
    "Lighthouse", "Machine", "Magnet", "Marble", "Meadow", "Mirror", "Monsoon", "Museum", "Needle", "Orchard",
    "Parade", "Passage", "Pilot", "Planet", "Prairie", "Quarry", "Railway", "River", "Saturday", "Season",
    "Shadow", "Signal", "Sparrow", "Station", "Staircase", "Summer", "Tandem", "Theatre", "Thunder", "Tower",
    "Tunnel", "Valley", "Village", "Violet", "Wagon", "Weather", "Window", "Winter", "Yard",
)  # fmt: skip
SONGS = (
    "{a} {n}",
    "The {n}",
    "{n} in the {m}",
    "{a} {a2} {n}",
    "{n} & {m}",
    "No More {n}",
    "{a}",
    "To the {n}",
)
ALBUMS = ("{a} {n}", "{n} Songs", "The {a} {n}", "{n}, {m}", "{a} Years")
ARTISTS = ("The {a} {n}s", "{a} {n}", "{n} {m}")
# A prime, so that neighbours have different words.
STRIDE = 7919


def artist_name(seed: int, number: int) -> str:
    """Return a name; in a large library a few artists share theirs, as real ones do."""
    index = (number + seed * 31) * STRIDE
    pattern = ARTISTS[number % len(ARTISTS)]
    index, noun = divmod(index % (len(ADJECTIVES) * len(NOUNS) * len(NOUNS)), len(NOUNS))
    index, adjective = divmod(index, len(ADJECTIVES))
    return pattern.format(a=ADJECTIVES[adjective], n=NOUNS[noun], m=NOUNS[index])


def song_title(dice: Dice) -> str:
    """Return a title."""
    return _filled(SONGS[dice.below(len(SONGS))], dice)


def album_title(dice: Dice) -> str:
    """Return a title."""
    return _filled(ALBUMS[dice.below(len(ALBUMS))], dice)


def _filled(pattern: str, dice: Dice) -> str:
    return pattern.format(
        a=ADJECTIVES[dice.below(len(ADJECTIVES))],
        n=NOUNS[dice.below(len(NOUNS))],
        m=NOUNS[dice.below(len(NOUNS))],
        a2=ADJECTIVES[dice.below(len(ADJECTIVES))].lower(),
    )
