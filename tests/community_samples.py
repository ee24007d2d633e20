"""Sample pages of the boards."""

from tests.page_samples import LABEL
from tests.samples import NAME, NOW, Sample

MEMBER = Sample(user_id="1", name=NAME, joined_at=NOW)
LISTED = Sample(
    playlist=Sample(name=NAME, url="/1", songs=7, created_at=NOW), maker=NAME, labels=(LABEL, LABEL)
)
COMMUNITY = Sample(
    people=2,
    lists=tuple(
        (what, (Sample(rank=1, member=MEMBER, count=7), Sample(rank=2, member=MEMBER, count=3)))
        for what in ("songs", "artists", "genres", "playlists", "playlist_songs")
    ),
    playlists=(LISTED, LISTED.but(labels=())),
    first=(MEMBER,),
    newest=(MEMBER,),
    on=True,
)
COMMUNITY_PAGES: list[tuple[str, Sample]] = [
    ("community/page.html", COMMUNITY),
    ("community/page.html", COMMUNITY.but(lists=(), playlists=(), on=False)),
    ("community/page.html", COMMUNITY.but(people=0, on=None)),
]
