"""What the settings refuse and derive."""

import pytest
from pydantic import ValidationError

from app.settings import Settings


def make(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"base_url": "https://genres.example"}, "SECRET_KEY"),
        ({"secret_key": "short"}, "32"),
        ({"base_url": "http://genres.example", "secret_key": "s" * 32}, "https"),
        ({"base_url": "not a url"}, "base_url"),
        ({"base_url": "https://genres.example/app", "secret_key": "s" * 32}, "below a path"),
        ({"base_url": "https://me@genres.example", "secret_key": "s" * 32}, "only scheme, name and port"),
        ({"spotify_client_id": "abc"}, "CONTACT"),
        ({"port": 70000}, "port"),
        ({"genre_sources": ["musicbrainz", "discogs"]}, "genre_sources"),
        ({"genre_sources": ["wikidata", "wikidata"]}, "twice"),
        ({"genre_sources": ["musicbrainz-isrc", "wikidata"]}, "musicbrainz tells"),
        ({"wikidata_url": "query.wikidata.org"}, "wikidata_url"),
        ({"lastfm_rate_per_second": 0}, "lastfm_rate_per_second"),
        ({"genre_sources": ""}, "names no source"),
        ({"trusted_proxies": "*"}, "trusted_proxies"),
        ({"trusted_proxies": "10.1.0.1/16"}, "trusted_proxies"),
        ({"spotify_daily_budget": 100, "spotify_write_reserve": 100}, "SPOTIFY_WRITE_RESERVE"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_a_reason(values: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        make(**values)


def test_without_a_base_url_it_is_the_loopback_address_and_port() -> None:
    settings = make(port=9123)
    assert settings.public_url == "http://127.0.0.1:9123"
    assert settings.redirect_uri == "http://127.0.0.1:9123/auth/spotify/callback"
    assert settings.loopback
    assert not settings.https


def test_a_trailing_slash_does_not_change_the_redirect_uri() -> None:
    settings = make(base_url="https://genres.example/", secret_key="s" * 32)
    assert settings.redirect_uri == "https://genres.example/auth/spotify/callback"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://Genres.Example:443/", "https://genres.example"),
        ("https://genres.example:8443", "https://genres.example:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_public_address_is_kept_as_browsers_send_it(given: str, used: str) -> None:
    assert make(base_url=given, secret_key="s" * 32).public_url == used


def test_without_credentials_it_is_the_demo_and_points_at_its_own_simulator() -> None:
    assert make().demo
    demo = make(port=9123).as_demo()
    assert demo.demo
    spotify = (demo.spotify_api_url, demo.spotify_accounts_url, demo.spotify_open_url)
    for url in (*spotify, demo.musicbrainz_url, demo.wikidata_url, demo.lastfm_url):
        assert url.startswith("http://127.0.0.1:9123/simulator/")


def test_with_credentials_it_is_not_the_demo() -> None:
    assert not make(spotify_client_id="abc", contact="me@example.org").demo


def test_empty_secrets_count_as_unset() -> None:
    settings = make(operator_token="", secret_key="", kv_daily_read_limit="", lastfm_api_key="")
    assert (settings.operator_token, settings.secret_key, settings.kv_daily_read_limit) == (None, None, None)
    assert settings.lastfm_api_key is None


def test_secrets_do_not_show_in_a_printed_settings() -> None:
    assert "hush" not in repr(make(operator_token="hush-hush", secret_key="hush" * 8))


def test_the_demo_counts_calls_only_when_told_to() -> None:
    assert make(spotify_client_id="abc", contact="me@example.org").daily_budget == 900
    assert make().daily_budget is None
    assert make(spotify_daily_budget=60).as_demo().daily_budget == 60


@pytest.mark.parametrize(
    ("values", "reserve", "now_playing"),
    [
        ({}, 150, 150),
        ({"spotify_daily_budget": 60}, 10, 10),
        ({"spotify_daily_budget": 3000}, 150, 150),
        ({"spotify_daily_budget": 60, "spotify_write_reserve": 30}, 30, 10),
        ({"spotify_daily_budget": 60, "spotify_now_playing_budget": 900}, 10, 60),
    ],
)
def test_the_shares_of_a_small_budget_are_small(
    values: dict[str, int], reserve: int, now_playing: int
) -> None:
    settings = make(**values)
    assert (settings.write_reserve, settings.now_playing_budget) == (reserve, now_playing)


@pytest.mark.parametrize(
    "text", ["musicbrainz,wikidata", " musicbrainz, wikidata ", '["musicbrainz","wikidata"]']
)
def test_genre_sources_are_read_as_words_or_as_json(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRE_SOURCES", text)
    assert Settings(_env_file=None).genre_sources == ("musicbrainz", "wikidata")


@pytest.mark.parametrize("text", ["172.17.0.1, 10.0.0.0/8,", '["172.17.0.1", "10.0.0.0/8"]'])
def test_proxies_are_addresses_and_networks(text: str) -> None:
    assert [str(one) for one in make(trusted_proxies=text).trusted_proxies] == ["172.17.0.1/32", "10.0.0.0/8"]
    assert make(trusted_proxies="").trusted_proxies == ()


def test_genre_sources_that_are_no_list_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRE_SOURCES", '["musicbrainz"')
    with pytest.raises(ValidationError, match="genre_sources"):
        Settings(_env_file=None)
