"""The JSON of podcasts: a show in the place of an album, and no artists."""

from app.demo.listing import Json
from app.demo.models import DemoEpisode
from app.demo.shapes import MARKETS, Shapes


def episode_shape(shapes: Shapes, episode: DemoEpisode) -> Json:
    """Return an episode with its show."""
    return {
        **_spoken(shapes, "episode", episode.id, episode.name),
        "audio_preview_url": None,
        "duration_ms": episode.duration_ms,
        "is_playable": True,
        "language": "en",
        "release_date": episode.release_date,
        "release_date_precision": "day",
        "show": {
            **_spoken(shapes, "show", episode.show_id, episode.show),
            "available_markets": MARKETS,
            "copyrights": [],
            "media_type": "audio",
            "publisher": episode.show,
            "total_episodes": 1,
        },
    }


def _spoken(shapes: Shapes, kind: str, object_id: str, name: str) -> Json:
    return {
        **shapes.named(kind, object_id),
        "description": name,
        "explicit": False,
        "html_description": f"<p>{name}</p>",
        "images": [],
        "is_externally_hosted": False,
        "languages": ["en"],
        "name": name,
    }
