"""Words of the sources that nobody has placed yet, for whoever looks after families.toml."""

from collections import Counter
from collections.abc import Iterable, Mapping

from app.genres.artist_models import ArtistGenres
from app.genres.families import Families


def unknown_words(
    known: Iterable[ArtistGenres], names: Mapping[str, str], families: Families
) -> Counter[str]:
    """Count the artists that each unknown word was said of, under its best spelling.

    Unknown is what is neither a genre nor noise that the families file names. Words voted down do not count,
    and of one artist a word counts once, whatever its spellings and sources.

    Args:
        known: what sources said about artists.
        names: the artists' names by id; an artist's own name is noise.
        families: the fold.
    """
    words: Counter[str] = Counter()
    for artist in known:
        name = names.get(artist.artist_id, "")
        said = (tag.name for tag in artist.tags if tag.votes > 0)
        words.update({families.canonical(tag) for tag in said if families.judge(tag, name) == "unknown"})
    return words
