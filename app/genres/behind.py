"""What goes on behind a scan that is over."""

from app.schemas import ApiModel


class Behind(ApiModel):
    """Who is still being asked about a library's artists, and who does not answer.

    Attributes:
        sources: who is being asked, as people read them.
        artists: about how many.
        failing: who does not answer, and is asked again later.
        waiting: about how many.
    """

    sources: tuple[str, ...] = ()
    artists: int = 0
    failing: tuple[str, ...] = ()
    waiting: int = 0
