"""What the settings show of now playing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListeningWishes:
    """What somebody has switched on.

    Attributes:
        shown: whether pages show what plays.
        shared: whether everybody may see it.
        allowed: whether Spotify lets the app see it.
    """

    shown: bool
    shared: bool
    allowed: bool
