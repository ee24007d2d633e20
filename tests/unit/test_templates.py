"""Every template, rendered with sample pages: nothing inline, every word translatable."""

import hashlib
import re
import tomllib
from functools import lru_cache
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment

from app.assets import STATIC, TEMPLATES
from app.keyspaces import STORED
from app.listening.page_models import ListeningWishes
from app.listening.service import NowPlaying
from app.settings import Settings
from app.templating import Templating
from tests.auto_sort_samples import AUTO_SORT_PAGES
from tests.community_samples import COMMUNITY_PAGES
from tests.contents_samples import CONTENTS_PAGES
from tests.correction_samples import CHANGE, CORRECTION_PAGES, NONE
from tests.kept_samples import KEPT_PAGES
from tests.listening_samples import FEED_PAGES, LINES
from tests.operator_samples import DESK, MEASURE, OPERATOR_PAGES
from tests.page_samples import (
    BAND,
    CAPACITY_LINES,
    CHOICE,
    GENRE,
    GROUP,
    HOME,
    LIBRARY,
    SCAN,
    SETTINGS,
)
from tests.page_samples import PAGES as OTHER_PAGES
from tests.preview_samples import PREVIEW, PREVIEW_PAGES
from tests.rule_samples import RULE_PAGES, TOLD
from tests.samples import NAME, NOW, Sample
from tests.stored_samples import STORED_PAGES

PAGES = [
    *(*OTHER_PAGES, *CORRECTION_PAGES, *RULE_PAGES, *KEPT_PAGES, *PREVIEW_PAGES, *AUTO_SORT_PAGES),
    *CONTENTS_PAGES,
    *OPERATOR_PAGES,
    *COMMUNITY_PAGES,
    *FEED_PAGES,
    *STORED_PAGES,
]
# Names, addresses and settings, which are the same in every language.
UNTRANSLATED = re.compile(
    r"genre-sorter|Spotify|MusicBrainz|Wikidata|Last\.fm|Powered by AudioScrobbler|htmx"
    r"|Familjen Grotesk|CC BY-NC-SA 3\.0"
    r"|\{[a-z]+\}|^library(?= - |$)|^[jkxZ]$"
    r"|families\.toml|docs/genres\.md|[A-Z_]{7,}=\S*|\S+\.(?:com|org)\S*|^/\S*"
)


class Markup(HTMLParser):
    """Collects the tags and the visible words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@lru_cache
def environment(*, demo: bool) -> Environment:
    """The app's own environment, whose translations are digits, and whose families are two."""
    settings = Settings(_env_file=None, spotify_client_id="" if demo else "1", contact="7@8.9")
    known = {"families": SimpleNamespace(all=(BAND,)), "stored": STORED}
    made = Templating(settings, known).environments["en"]

    def singular(text: str) -> str:
        return "".join(re.findall(r"%\(\w+\)s", text)) + "1"

    def plural(_one: str, many: str, _count: int) -> str:
        return singular(many)

    made.install_gettext_callables(singular, plural, newstyle=True)
    made.globals |= {"date": lambda _: "1", "time": lambda _: "1"}
    return made


def render(template: str, page: Sample, **context: Any) -> str:
    known = {
        "user": SimpleNamespace(name=NAME, id="1"),
        "operator": True,
        "theme": "system",
        "shortcuts": True,
        "community": True,
        "connection": None,
        "capacity": None,
        "change": None,
        "rule": None,
        "news": None,
        "now_playing": None,
        "listening": ListeningWishes(shown=True, shared=False, allowed=True),
        "nonce": "n0nce",
        "path": "/genres",
        "here": "/genres",
        "request_id": "1",
        "query": {},
    }
    made = environment(demo=context.pop("demo", False))
    return made.get_template(template).render(page=page, **known | context)


def untranslated(markup: Markup) -> list[str]:
    """The words of a page that did not go through gettext."""
    spoken = [
        attributes[name]
        for _, attributes in markup.tags
        for name in ("aria-label", "alt", "placeholder", "title")
        if name in attributes
    ]
    left = [UNTRANSLATED.sub("", text.strip()) for text in [*markup.words, *spoken]]
    return [text for text in left if re.search(r"[A-Za-z]", text)]


def test_every_page_has_a_sample() -> None:
    pages = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    parts = {"base.html", *(page for page in pages if page.split("/")[-1].startswith("_"))}
    assert pages - parts == {template for template, _ in PAGES}


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_nothing_is_inline(template: str, page: Sample) -> None:
    markup = Markup(render(template, page))
    for tag, attributes in markup.tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert not [value for value in attributes.values() if value.startswith("javascript:")]
    assert markup.all("script")
    assert all(script.get("nonce") == "n0nce" and script["src"] for script in markup.all("script"))


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_ids_are_unique(template: str, page: Sample) -> None:
    ids = [attributes["id"] for _, attributes in Markup(render(template, page)).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("template", "page"), [sample for sample in PAGES if sample[0] != "style/page.html"])
@pytest.mark.parametrize("who", ["member", "visitor of the demo"])
def test_every_word_goes_through_gettext(template: str, page: Sample, who: str) -> None:
    user = SimpleNamespace(name=NAME, id="1") if who == "member" else None
    markup = Markup(render(template, page, demo=user is None, user=user))
    assert not untranslated(markup)


@pytest.mark.parametrize("change", [CHANGE, CHANGE.but(said=None)])
@pytest.mark.parametrize(("template", "page"), [("genres/genre.html", GENRE), ("genres/none.html", NONE)])
def test_what_was_changed_last_is_told_with_undo(template: str, page: Sample, change: Sample) -> None:
    html = render(template, page, change=change)
    assert not untranslated(Markup(html))
    assert html.count('action="/genres/correct/undo"') == 1


@pytest.mark.parametrize(("template", "page"), [("genres/genre.html", GENRE), ("genres/page.html", LIBRARY)])
def test_the_rule_that_was_just_made_is_told_with_undo(template: str, page: Sample) -> None:
    html = render(template, page, rule=TOLD)
    assert not untranslated(Markup(html))
    assert html.count('action="/genres/rules/undo"') == 1


@pytest.mark.parametrize("line", LINES)
def test_what_plays_is_told_in_every_language_on_every_page(line: NowPlaying) -> None:
    html = render("genres/genre.html", GENRE, now_playing=line)
    markup = Markup(html)
    assert not untranslated(markup)
    assert "css/playing.css" in html
    assert [aside for aside in markup.all("aside") if aside["class"] == "playing"]


@pytest.mark.parametrize("refused", ["player", ""])
def test_the_settings_say_when_what_plays_cannot_be_seen(refused: str) -> None:
    wishes = ListeningWishes(shown=True, shared=True, allowed=False)
    html = render("settings/page.html", SETTINGS, listening=wishes, query={"refused": refused})
    assert not untranslated(Markup(html))
    assert html.count("/auth/spotify?feature=player") == 1


@pytest.mark.parametrize("line", CAPACITY_LINES)
def test_what_spotify_allows_is_told_in_every_language_beside_scans_and_playlists(line: Sample) -> None:
    capacity = SimpleNamespace(
        for_library=lambda _: line, for_scan=lambda _: line, for_playlists=lambda: line
    )
    samples = [
        ("genres/page.html", LIBRARY),
        ("genres/scan.html", Sample(choice=CHOICE, scan=None, has_library=True, behind=None)),
        ("playlists/page.html", Sample(playlists=(), gone=0, frozen=True, auto_sort=None)),
    ]
    for template, page in samples:
        markup = Markup(render(template, page, capacity=capacity))
        assert not untranslated(markup)
        assert [aside for aside in markup.all("aside") if aside["class"] == "capacity"]


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_static_files_that_a_page_names_exist(template: str, page: Sample) -> None:
    named = set(re.findall(r'"/static/\w+/([^"#]+)', render(template, page)))
    assert "css/tokens.css" in named
    assert not [name for name in named if not (STATIC / name).is_file()]


def test_an_image_has_its_size_and_waits_until_it_is_seen() -> None:
    images = Markup(render("genres/genre.html", GENRE)).all("img")
    assert images
    assert all(image["width"] == image["height"] == "64" and image["loading"] == "lazy" for image in images)


def test_a_view_of_spotifys_content_has_its_logo_once_and_the_demo_has_none() -> None:
    assert render("genres/page.html", LIBRARY).count("spotify-logo.svg") == 1
    assert "spotify-logo.svg" not in render("genres/page.html", LIBRARY, demo=True)
    assert "spotify-logo.svg" not in render("about/page.html", Sample(version="1", sources=()))


def test_only_operators_are_led_to_the_operators_page() -> None:
    about = Sample(version="1", sources=())
    for user in (None, SimpleNamespace(name=NAME)):
        assert 'href="/operator"' in render("about/page.html", about, user=user)
        assert 'href="/operator"' not in render("about/page.html", about, user=user, operator=False)


def test_a_day_on_which_little_happened_has_a_column_beside_one_with_much() -> None:
    drawn = render("operator/page.html", DESK.but(measures=(MEASURE.but(columns=(0.0, 0.00001, 1.0)),)))
    assert list(map(float, re.findall(r'width="8" height="(.+?)"', drawn))) == [0, 1, 40]


@pytest.mark.parametrize("state", ["live", "ending", "overdue", "ended", "none"])
def test_every_page_tells_what_is_wrong_with_the_connection(state: str) -> None:
    connection = SimpleNamespace(state=state, reconnect_by=NOW, live=state in {"live", "ending", "overdue"})
    page = render("about/page.html", Sample(version="1", sources=()), connection=connection)
    assert ("/auth/spotify?renew=true&amp;next=/genres" in page) == (state != "live")
    assert not re.search(
        r"[A-Za-z]{4}", page.partition('class="connection-line"')[2].partition("<p>")[2].partition("<")[0]
    )


def test_the_demo_offers_itself_and_no_sign_in() -> None:
    links = [link["href"] for link in Markup(render("home/page.html", HOME, demo=True, user=None)).all("a")]
    assert "/auth/spotify?next=/genres" in links
    assert "/setup" in links


def test_sign_in_leads_back_to_where_it_was_asked_for() -> None:
    page = render("home/page.html", HOME.but(next="/genres?q=a&sort=name"), user=None)
    assert 'href="/auth/spotify?next=/genres%3Fq%3Da%26sort%3Dname"' in page


def test_the_library_sends_families_and_genres_to_the_preview() -> None:
    markup = Markup(render("genres/page.html", LIBRARY.but(groups=(GROUP,))))
    (form,) = (form for form in markup.all("form") if form.get("id") == "selection")
    assert (form["action"], form["method"]) == ("/playlists/preview", "post")
    picks = [field["value"] for field in markup.all("input") if field.get("name") == "select"]
    assert picks == ["family:1", f"genre:{NAME}"]
    assert {field["name"] for field in markup.all("select")} == {"together", "match"}


def test_without_scripts_a_running_scan_shows_itself_anew() -> None:
    running = Sample(choice=None, scan=SCAN, has_library=False, behind=None)
    assert '<meta http-equiv="refresh"' in render("genres/scan.html", running)
    done = running.but(scan=SCAN.but(status="completed"))
    assert '<meta http-equiv="refresh"' not in render("genres/scan.html", done)


def test_a_made_preview_cannot_be_created_again() -> None:
    fresh = Markup(render("playlists/preview.html", PREVIEW)).all("button")
    made = Markup(render("playlists/preview.html", PREVIEW.but(run="1"))).all("button")
    assert len(fresh) > len(made) == 1  # to sign out


def test_names_are_escaped() -> None:
    page = render("genres/genre.html", GENRE.but(name="<b>"))
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("entry", tomllib.loads((STATIC / "vendor/VENDOR.toml").read_text())["vendored"])
def test_what_is_vendored_is_what_was_fetched(entry: dict[str, str]) -> None:
    file = STATIC / entry["path"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
    assert file.with_name(f"{file.name}.LICENSE").is_file()
