"""JSON of `GET /api/admin/unknown-words`."""

from app.schemas import ApiModel


class UnknownWordOut(ApiModel):
    """A word in its best spelling, and of how many artists it was said."""

    word: str
    artists: int


class UnknownWordsOut(ApiModel):
    """The words said of most artists, of two at least.

    Attributes:
        artists: how many artists were looked through.
        total: how many different words there are, listed or not.
        once: how many of them were said of one artist alone, such as its own name.
    """

    artists: int
    total: int
    once: int
    words: tuple[UnknownWordOut, ...]
