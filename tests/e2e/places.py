"""Every page of the product, and who sees it in which state."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.listener import Listener


@dataclass(frozen=True)
class People:
    """A listener for every state that a page can be in.

    Attributes:
        fresh: signed in, nothing scanned.
        sorted: with a library, and nothing made of it.
        ruler: with a library in an order of their own.
        maker: with a library, a preview and playlists made.
        scanning: in the middle of a scan, on a server of their own.
        waiting: in a scan that Spotify has put off, on another.
        stranger: at a server that wants a token of its operators.
        operator: there too, with the token, and with limits that are nearly reached.
        left: on a server whose database was deleted.
        parted: has disconnected from Spotify.
        thrifty: with a library, where few calls to Spotify are left; pages show what plays.
        ended: with a library, on a server of their own; Spotify has ended the connection.
        unheard: with a library, where most genre sources do not answer and one says odd things.
    """

    fresh: Listener
    sorted: Listener
    ruler: Listener
    maker: Listener
    scanning: Listener
    waiting: Listener
    stranger: Listener
    operator: Listener
    left: Listener
    parted: Listener
    thrifty: Listener
    ended: Listener
    unheard: Listener


@dataclass(frozen=True)
class Place:
    """A page to look at.

    Attributes:
        name: of its pictures.
        path: its address; `{preview}`, `{run}`, `{kept}` and `{song}` stand for the maker's.
        heading: how its heading begins, in the state that is meant.
        who: looks at it; None for somebody who is not signed in.
        status: what it answers.
        act: what is done there before anybody looks.
    """

    name: str
    path: str
    heading: str
    who: str | None = None
    status: int = 200
    act: Callable[[Page], None] | None = None


def give_a_wrong_token(page: Page) -> None:
    page.get_by_label("Operator token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("[aria-invalid]")).to_be_focused()


def name_a_long_address(page: Page) -> None:
    page.reload()
    lead = page.locator(".page-lead")
    lead.evaluate("(words) => { words.textContent = `${location.origin}/auth/spotify/callback` }")


def play_a_long_name(page: Page) -> None:
    title = page.locator(".playing-title strong")
    title.evaluate("(words) => { words.textContent = 'The song with the long name '.repeat(5) }")


def open_every_drawer(page: Page) -> None:
    page.locator("details").evaluate_all("(drawers) => { for (const one of drawers) one.open = true }")


def ask_why(page: Page) -> None:
    page.get_by_text("Filter:").click()
    page.get_by_role("link", name="Why?").first.click()
    expect(page.locator(".why")).to_be_visible()


def go_to_why(page: Page) -> None:
    page.goto(page.get_by_role("link", name="Why?").first.get_attribute("href") or "")


def settle_the_first(page: Page) -> None:
    page.get_by_role("combobox").fill("city pop")
    page.keyboard.press("Enter")
    expect(page.locator(".change")).to_contain_text("city pop")


def complete_a_genre(page: Page) -> None:
    page.get_by_role("combobox").fill("jazz, ")
    page.keyboard.type("ho")
    expect(page.get_by_role("option").first).to_be_visible()


def leave_some_out(page: Page) -> None:
    page.get_by_role("checkbox", name="Pick Jazz", exact=True).check()
    for family in ("Rock", "Blues", "Electronic", "Soundtrack and stage"):
        page.get_by_role("checkbox", name=f"without {family}", exact=True).check()
    expect(page.locator("#dock-without button")).to_have_count(4)


def read_playlists(page: Page) -> None:
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("link", name="Songs in none of them").click()
    page.get_by_role("checkbox", name="Pick Rock", exact=True).check()
    page.get_by_label("not in a playlist yet").check()
    expect(page.locator("#dock-summary")).to_contain_text("songs")


def sort_every_day(page: Page) -> None:
    page.get_by_role("button", name="Every day").click()
    expect(page.get_by_text("It runs next")).to_be_visible()


def open_the_first_value(page: Page) -> None:
    page.locator("main").get_by_role("link", name="session:").first.click()
    expect(page.get_by_role("region", name="Value")).to_be_visible()


def ask_for_access(page: Page) -> None:
    """Somebody asks, and an operator sees it."""
    page.goto("/request-access")
    page.get_by_label("Your name").fill("Anna Bergstr\u00f6m")
    page.get_by_label("Your email address").fill("anna.bergstrom.of.the.long.address@example.com")
    page.get_by_role("button", name="Ask for access").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have asked for access")
    page.goto("/operator/access-requests")
    page.context.grant_permissions(["clipboard-write"])
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(1)


PLACES = (
    Place("scanning", "/scan", "Sorting your songs", "scanning"),
    Place("library-while-scanning", "/genres", "", "scanning"),
    Place("scan-waiting", "/scan", "Waiting for Spotify", "waiting"),
    Place("landing", "/", "Your liked songs"),
    Place("consent", "/auth/spotify", "Let genre-sorter use your account?"),
    Place("sources", "/scan", "What shall be sorted?", "fresh"),
    Place("scan-done", "/scan", "Your library is sorted", "sorted"),
    Place("library", "/genres", "1,542 songs", "sorted"),
    Place("library-nothing-picked", "/genres?notice=nothing", "1,542 songs", "sorted"),
    Place("library-without", "/genres", "1,542 songs", "sorted", act=leave_some_out),
    Place("export", "/genres/export?select=family:jazz&exclude=genre:bebop", "Export ", "sorted"),
    Place("duplicates", "/genres/duplicates", "Liked more than once", "sorted"),
    Place("family", "/genres?family=rock", "Rock", "sorted"),
    Place("genre", "/genres/alternative%20rock", "alternative rock", "sorted"),
    Place("genre-filtered-with-reasons", "/genres/jazz?sure=several", "jazz", "sorted", act=ask_why),
    Place("why", "/genres/jazz?sort=name", "Why jazz?", "sorted", act=go_to_why),
    Place("where-genres-come-from", "/genres/sources", "Where these genres come from", "sorted"),
    Place("no-genre-yet", "/genres/none", "No genre yet", "sorted"),
    Place("no-genre-yet-settled", "/genres/none", "No genre yet", "maker", act=settle_the_first),
    Place("correct", "/genres/correct?song={song}", "", "maker", act=complete_a_genre),
    Place("corrections", "/genres/corrections", "My corrections", "maker"),
    Place("library-changed", "/genres?changed=true", "1,542 songs", "maker"),
    Place("change-genre", "/genres/rules/new?what=genre:alternative%20rock", "alternative rock", "sorted"),
    Place("change-family", "/genres/rules/new?what=family:rock", "Rock", "sorted"),
    Place("my-rules", "/genres/rules?rule={rule}", "My rules", "ruler"),
    Place("own-family", "/genres?family={family}&rule={rule}", "Rainy days", "ruler"),
    Place("reset-to-standard", "/genres/rules/reset", "", "ruler"),
    Place("search", "/genres?q=jazz", "Genres with", "sorted"),
    Place("search-without-result", "/genres?q=xyz", "Genres with", "sorted"),
    Place(
        "preview", "/playlists/preview/{preview}", "2 playlists, not made yet", "maker", act=open_every_drawer
    ),
    Place("preview-songs", "/playlists/preview/{preview}/songs?playlist=0", "Jazz", "maker"),
    Place("preview-made", "/playlists/preview/{run}", "3 playlists, made", "maker"),
    Place("result", "/playlists/runs/{run}", "Made", "maker"),
    Place("playlists", "/playlists", "Playlists", "maker"),
    Place("playlist", "/playlists/{kept}?unknown=nothing", "Rock", "maker"),
    Place("playlist-undo", "/playlists/{kept}/undo", "Remove Rock from your Spotify?", "maker"),
    Place("playlist-forget", "/playlists/{kept}/forget", "", "maker"),
    Place("auto-sort", "/playlists/auto-sort", "Auto-sort", "maker", act=sort_every_day),
    Place("playlists-empty", "/playlists", "Playlists", "fresh"),
    Place("contents", "/playlists/contents", "What is in your playlists", "sorted"),
    Place("library-in-no-playlist", "/playlists/contents", "", "ruler", act=read_playlists),
    Place("operator", "/operator", "", "sorted"),
    Place("operator-near-a-limit", "/operator", "Today's writes: ", "operator"),
    Place("operator-store-fails", "/operator", "The store refuses", "left"),
    Place("operator-locked", "/operator", "For whoever runs this", "stranger", status=403),
    Place(
        "operator-wrong-token",
        "/operator",
        "For whoever runs this",
        "stranger",
        status=403,
        act=give_a_wrong_token,
    ),
    Place("operator-users", "/operator/users", "Users", "operator"),
    Place("operator-keys", "/operator/keys", "Keys and values", "operator"),
    Place("operator-keys-of-a-kind", "/operator/keys?kind=session", "session", "operator"),
    Place("operator-value", "/operator/keys?kind=session", "session:", "operator", act=open_the_first_value),
    Place("operator-caches", "/operator/caches?cleared", "In memory", "operator"),
    Place("disconnect", "/disconnect", "Disconnect from Spotify?", "sorted"),
    Place("disconnected", "/disconnect", "You are disconnected", "parted"),
    Place("delete-unsure", "/disconnect?unsure=true", "You are disconnected", "parted"),
    Place("scan-disconnected", "/scan", "Connect to Spotify", "parted"),
    Place("playlists-disconnected", "/playlists", "Connect to Spotify", "parted"),
    Place("about-disconnected", "/about", "About", "parted"),
    Place("library-connection-ended", "/genres", "1,542 songs", "ended"),
    Place("library-unheard", "/genres", "1,542 songs", "unheard"),
    Place("scan-unheard", "/scan", "Your library is sorted", "unheard"),
    Place("operator-unknown-words", "/operator/unknown-words", "Words that are not placed yet", "unheard"),
    Place("operator-errors", "/operator/errors", "Errors in browsers"),
    Place("operator-speed", "/operator/speed", "How fast pages are"),
    Place("library-few-calls", "/genres", "1,542 songs", "thrifty"),
    Place("sources-few-calls", "/scan?again=1", "What shall be sorted?", "thrifty"),
    Place("playlists-few-calls", "/playlists", "Playlists", "thrifty"),
    Place("operator-few-calls", "/operator", "", "thrifty"),
    Place("library-playing", "/genres", "1,542 songs", "thrifty"),
    Place("playing-now", "/listening", "Playing now", "thrifty"),
    Place("settings-playing", "/settings", "Settings", "thrifty", act=play_a_long_name),
    Place("settings", "/settings?name_template=%7Bgenre%7D+%7Byeer%7D&covers=true", "Settings", "sorted"),
    Place("ask-for-access", "/request-access", "Ask for access"),
    Place("asked-for-access", "/request-access?sent", "You have asked for access"),
    Place("access-requests", "/operator/access-requests", "Requests for access", act=ask_for_access),
    Place("shortcuts", "/shortcuts", "Keyboard shortcuts", "sorted"),
    Place("setup", "/setup", "Connect your own Spotify"),
    Place("about", "/about", "About"),
    Place("routes-for-programs", "/docs", "For programs"),
    Place("community", "/community", "Community", "maker"),
    Place("community-empty", "/community", "Community", "operator"),
    Place("style", "/style", ""),
    Place("not-found", "/nothing", "", "sorted", status=404),
    Place("problem-with-an-address", "/nothing", "", "sorted", status=404, act=name_a_long_address),
    Place("sign-in-problem", "/auth/spotify/callback?code=a&state=b", "This is not the sign-in", status=400),
)
