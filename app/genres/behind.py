"""What goes on behind a scan that is over."""

from app.schemas import ApiModel


class Behind(ApiModel):
    """Who is still being asked about a library's artists.

    Attributes:
        sources: as people read them.
        artists: how many they are still to be asked about.
        failing: whether these do not answer; then they are asked again later, by themselves.
    """

    sources: tuple[str, ...]
    artists: int
    failing: bool
