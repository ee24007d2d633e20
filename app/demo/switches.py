"""What can be made to go wrong on purpose."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.demo.playback import Playback
from app.demo.source_faults import SourceFault

MOST_SONGS = 1_000_000

Mode = Literal["dev_new", "dev_legacy", "extended"]


class Switches(BaseModel):
    """How the simulated services behave until told otherwise. A `..._next` counts down to 0.

    Attributes:
        mode: what the app is: made since February 2026, made before, or with extended quota. The last two
            have the endpoints and fields that Spotify took away from the first.
        genres: how artists carry their genres: as an empty list, as null, not at all, or filled.
        songs: accounts made from now on like so many generated songs, each account others; 0: they like the
            library that the simulator was started with.
        oddities: accounts made from now on have every oddity in their library and playlists.
        playlists: accounts made from now on have so many playlists more, of a few to several hundred songs.
        like_every_s: while somebody reads liked songs, the person likes a new one every so many seconds.
        like_every_pages: the same after every so many pages of liked songs.
        latency_ms: wait before every answer of the Web API and of the genre sources.
        rate_limit_next: so many Web API calls are answered 429.
        retry_after_s: their Retry-After; None: no 429 has one.
        rate_limit_plain: their body is plain text instead of JSON.
        window_limit: so many Web API calls in any 30 seconds, all people together; 0: no limit.
        daily_limit: the same in any 24 hours, refused as over the quota.
        fail_next: so many Web API calls are answered `fail_status`.
        fail_body: what failures carry, a page of HTML or nothing.
        fail_share: of Web API calls that fail with 500, 502 or 503 by chance, the same calls in every run.
        slow_share: of Web API calls that take `slow_ms` longer.
        not_registered: the person is not among the app's five users.
        owner_without_premium: the app's owner has let Premium lapse.
        drop_after_write_next: so many writes happen, but their answer is lost.
        drop_how: "502" for an error of a proxy, "cut" for a connection that ends.
        token_lifetime_s: of access tokens given from now on.
        refresh_lifetime_s: of refresh tokens given from now on; refreshing does not prolong it.
        refresh_answer: what a refresh says of the refresh token: nothing, an empty text, or a new one that
            revokes the old.
        full_playlist_status: what a playlist answers that would have more than 10,000 places.
        most_items_a_page: of playlists; 50 as documented, up to 100 as seen.
        playback: what everybody is playing.
        source_noise: every artist has tags at every genre source that are no genres; see `app/demo/noise.py`.
        musicbrainz_busy_share: of MusicBrainz calls, answered 503 although well-behaved.
        musicbrainz_strict: refuse a second call in flight, and more than about one call a second.
        musicbrainz_fault: what it answers every call with; see `app/demo/source_faults.py`.
        musicbrainz_linked_share: of the artists that MusicBrainz has, known to it by their Spotify address.
        musicbrainz_isrc_share: of the recordings whose artists it has, known to it by their ISRC.
        musicbrainz_partial_next: so many searches that find anything run out of time and leave out half.
        wikidata_known_share: of artists, on Wikidata with their Spotify id.
        wikidata_busy_share: of queries, answered 503.
        wikidata_strict: refuse more than about one query in two seconds, or a sixth at a time, with 429.
        wikidata_fault: as `musicbrainz_fault`.
        wikidata_too_many_next: so many queries are answered 429.
        wikidata_retry_after_s: their Retry-After; None: none.
        wikidata_slow_over: queries for more artists run out of time; 0: none does.
        wikidata_slow_how: "cut" for an answer that breaks off, as HTTP 200, "500" for one that never began.
        lastfm_known_share: of artists, with a page at Last.fm.
        lastfm_error_share: of calls, answered `lastfm_error` as HTTP 200.
        lastfm_strict: answer more than five calls a second with error 29.
        lastfm_fault: as `musicbrainz_fault`.
        lastfm_error: number of an error of Last.fm: 8 something went wrong, 10 bad key, 29 too many calls.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = "dev_new"
    genres: Literal["empty", "null", "absent", "populated"] = "empty"
    songs: int = Field(default=0, ge=0, le=MOST_SONGS)
    oddities: bool = False
    playlists: int = Field(default=0, ge=0, le=500)
    like_every_s: float = Field(default=0, ge=0)
    like_every_pages: int = Field(default=0, ge=0)
    latency_ms: int = Field(default=0, ge=0, le=60_000)
    rate_limit_next: int = Field(default=0, ge=0)
    retry_after_s: int | None = Field(default=1, ge=0)
    rate_limit_plain: bool = False
    window_limit: int = Field(default=0, ge=0)
    daily_limit: int = Field(default=0, ge=0)
    fail_next: int = Field(default=0, ge=0)
    fail_status: int = Field(default=502, ge=500, le=599)
    fail_body: Literal["html", "empty"] = "html"
    fail_share: float = Field(default=0.0, ge=0, le=1)
    slow_share: float = Field(default=0.0, ge=0, le=1)
    slow_ms: int = Field(default=5000, ge=0, le=60_000)
    not_registered: bool = False
    owner_without_premium: bool = False
    drop_after_write_next: int = Field(default=0, ge=0)
    drop_how: Literal["502", "cut"] = "502"
    token_lifetime_s: int = Field(default=3600, ge=0)
    refresh_lifetime_s: int = Field(default=182 * 24 * 3600, ge=0)
    refresh_answer: Literal["without", "empty", "rotated"] = "without"
    full_playlist_status: Literal[403, 500] = 403
    most_items_a_page: int = Field(default=50, ge=50, le=100)
    playback: Playback = Playback()
    source_noise: bool = False
    musicbrainz_busy_share: float = Field(default=0.0, ge=0, le=1)
    musicbrainz_strict: bool = False
    musicbrainz_fault: SourceFault = "none"
    musicbrainz_linked_share: float = Field(default=1.0, ge=0, le=1)
    musicbrainz_isrc_share: float = Field(default=0.5, ge=0, le=1)
    musicbrainz_partial_next: int = Field(default=0, ge=0)
    wikidata_known_share: float = Field(default=0.29, ge=0, le=1)
    wikidata_busy_share: float = Field(default=0.0, ge=0, le=1)
    wikidata_strict: bool = False
    wikidata_fault: SourceFault = "none"
    wikidata_too_many_next: int = Field(default=0, ge=0)
    wikidata_retry_after_s: int | None = Field(default=10, ge=0)
    wikidata_slow_over: int = Field(default=0, ge=0)
    wikidata_slow_how: Literal["cut", "500"] = "cut"
    lastfm_known_share: float = Field(default=0.8, ge=0, le=1)
    lastfm_error_share: float = Field(default=0.0, ge=0, le=1)
    lastfm_strict: bool = False
    lastfm_fault: SourceFault = "none"
    lastfm_error: int = Field(default=8, ge=2, le=29)

    @property
    def old_api(self) -> bool:
        """Whether the endpoints and fields are there that Spotify removed in February 2026."""
        return self.mode != "dev_new"


class LibraryEdit(BaseModel):
    """Songs that people unlike, then like (which puts them on top), by id.

    Attributes:
        unlike_rows: the same by place in the list as it then is, 0 on top.
        like_fresh: so many songs that were in nobody's list before.
        after_pages: wait until so many more pages of liked songs have been read.
        account: whose list, and whose pages; None: everybody's who has an account by then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unlike: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike_rows: tuple[Annotated[int, Field(ge=0)], ...] = ()
    like_fresh: int = Field(default=0, ge=0, le=1000)
    after_pages: int = Field(default=0, ge=0)
    account: str | None = None


class SwitchesIn(Switches):
    """Changes of switches; those that are not named stay.

    Attributes:
        quota_exceeded_for_s: from now on, for so long, every Web API call is over the daily quota; 0 ends it.
        revoke_refresh: revoke all refresh tokens given so far, as when people remove the app at Spotify.
        library: a change of the liked songs.
    """

    quota_exceeded_for_s: float | None = Field(default=None, ge=0)
    revoke_refresh: bool = False
    library: LibraryEdit | None = None

    def applied_to(self, switches: Switches) -> Switches:
        """Return `switches` with what was named here changed."""
        named = {name: getattr(self, name) for name in self.model_fields_set & set(Switches.model_fields)}
        return switches.model_copy(update=named)
