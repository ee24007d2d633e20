"""Lines that say what plays, in every state."""

from datetime import timedelta
from typing import get_args

from app.listening.models import Listening, Played, Trouble
from app.listening.service import NowPlaying
from tests.samples import NAME, NOW, Sample

_SONG = Played(
    id="1",
    name=NAME,
    artists=(NAME,),
    image="/i",
    url="/s",
    duration_ms=242_000,
    genres=(NAME,),
    hue="blue",
    depth=2,
)
_LOCAL = Played(name=NAME, album=NAME)
_HEARD = Listening(asked_at=NOW, due_at=NOW + timedelta(minutes=4))
_PLAYING = _HEARD.model_copy(update={"playing": True, "kind": "track", "item": _SONG, "progress_ms": 61_000})
_STATES = (
    None,
    _HEARD,
    _PLAYING,
    _PLAYING.model_copy(update={"playing": False, "private": True}),
    _PLAYING.model_copy(update={"item": _LOCAL}),
    _PLAYING.model_copy(update={"item": _LOCAL, "kind": "episode"}),
    _PLAYING.model_copy(update={"trouble": "silent"}),
    *(_HEARD.model_copy(update={"playing": True, "kind": kind}) for kind in ("ad", "unknown")),
    *(_HEARD.model_copy(update={"trouble": one}) for one in get_args(Trouble)),
)
FEED_PAGES = [
    ("listening/page.html", Sample(listeners=(_PLAYING.model_copy(update={"listener": NAME}),))),
    ("listening/page.html", Sample(listeners=())),
]
LINES = [NowPlaying(on=True, now=NOW, listening=state) for state in _STATES]
