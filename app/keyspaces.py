"""Every kind of value that the app keeps."""

from dataclasses import dataclass
from datetime import timedelta

from app.accounts.access.repository import ACCESS_REQUESTS
from app.accounts.inactivity import USER
from app.accounts.preferences import PREFERENCES
from app.accounts.repository import CONNECTION, SESSION, SIGNIN_STATE, USER_SESSIONS
from app.admin.repository import OPERATOR_SESSION
from app.community.repository import BOARD
from app.genres.artist_repository import ARTIST_GENRES
from app.genres.personal.repository import CORRECTIONS, FAMILY_RULES
from app.genres.repository import LIBRARY, LIBRARY_USE, OPEN_FILL, OPEN_SCAN, SCAN, SONGS
from app.kv.keyspace import Keyspace, Owner
from app.kv.ledger import LEDGER
from app.kv.registry import Registry, Space
from app.kv.tombstones import RETIRED_USER
from app.listening.repository import LISTENING, PLAYER_CALLS
from app.playlists.autosort.repository import AUTO_SORT
from app.playlists.memberships.repository import CONTENTS, LISTING, OPEN_READING
from app.playlists.repository import MADE, MADE_SONGS, OPEN_RUN, PLAN, RUN, UNDO
from app.spotify.app_mode import SPOTIFY_APP
from app.telemetry.repository import ANALYTICS_DAY, CLIENT_ERRORS, PAGE_TIMES, VISITORS
from app.upstream.repository import CALL_LEDGER, GATE

# What a person keeps who disconnects from Spotify: what is theirs, not Spotify's.
OWN_WORD = (FAMILY_RULES, CORRECTIONS)
KEPT_ON_DISCONNECT = (*OWN_WORD, PREFERENCES, USER, SESSION, USER_SESSIONS)
# What goes: the tokens, and all that was read from Spotify or names something there.
SPOTIFY_DATA = Registry(
    (
        CONNECTION,
        *(OPEN_FILL, OPEN_SCAN, SCAN, LIBRARY, LIBRARY_USE, SONGS),
        *(OPEN_RUN, RUN, PLAN, MADE, MADE_SONGS, UNDO, AUTO_SORT),
        *(OPEN_READING, LISTING, CONTENTS),
        *(LISTENING, PLAYER_CALLS, BOARD),
    )
)
ALL = Registry(
    (
        *SPOTIFY_DATA.spaces,
        *(SIGNIN_STATE, ACCESS_REQUESTS, OPERATOR_SESSION, ARTIST_GENRES, ANALYTICS_DAY),
        *(VISITORS, CLIENT_ERRORS, PAGE_TIMES),
        *(GATE, CALL_LEDGER, SPOTIFY_APP, LEDGER, RETIRED_USER),
    ),
    last=KEPT_ON_DISCONNECT,  # while there is a session, its person can ask again to delete the rest
)


@dataclass(frozen=True, slots=True)
class StoredKind:
    """What people are told of a kind, beside the words for it in templates/about/_stored.html.

    Attributes:
        life: from each write on; None is until it is deleted.
        personal: whether its values belong to somebody.
        stays: whether they stay when that person disconnects from Spotify.
    """

    name: str
    life: timedelta | None
    personal: bool
    stays: bool

    @classmethod
    def of(cls, space: Space) -> "StoredKind":
        """Return what to tell of a kind."""
        personal = isinstance(space, Keyspace) and space.owner is not Owner.NONE
        return cls(space.prefix, space.ttl, personal, stays=space in KEPT_ON_DISCONNECT)


STORED = {space.prefix: StoredKind.of(space) for space in ALL.spaces}

# What a restored backup does not bring back: sessions that were ended since would be alive again, playlists
# that were made since would be made a second time, a request for access that was decided since would be open
# again, and people would be on the board who have left it since; the others are back when they sign in.
ENDED_BY_RESTORE = (SESSION, USER_SESSIONS, OPERATOR_SESSION, OPEN_RUN, PLAN, ACCESS_REQUESTS, BOARD)
