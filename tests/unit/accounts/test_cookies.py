import pytest

from app.accounts.cookies import session_cookie, signin_cookie
from app.settings import Settings

SECRET = "s" * 32


def settings(base_url: str) -> Settings:
    return Settings(_env_file=None, base_url=base_url, secret_key=SECRET)


@pytest.mark.parametrize("url", ["https://sorter.example", "https://127.0.0.1:8443"])
def test_over_https_a_browser_binds_the_cookies_to_the_host(url: str) -> None:
    session, signin = session_cookie(settings(url)), signin_cookie(settings(url))
    assert (session.name, signin.name) == ("__Host-session", "__Host-signin")
    for cookie in (session, signin):
        assert cookie.attributes["secure"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_plain_http_on_loopback_has_names_of_its_own(url: str) -> None:
    session, signin = session_cookie(settings(url)), signin_cookie(settings(url))
    assert (session.name, signin.name) == ("genre_sorter_session", "genre_sorter_signin")
    for cookie in (session, signin):
        assert not cookie.attributes["secure"]


def test_no_script_reads_them_and_no_other_site_sends_them_along() -> None:
    for cookie in (session_cookie(settings("")), signin_cookie(settings(""))):
        assert cookie.attributes["httponly"]
        assert cookie.attributes["samesite"] == "lax"
        assert cookie.attributes["path"] == "/"


def test_their_lives_are_those_of_what_they_name() -> None:
    assert session_cookie(settings("")).max_age_s == 30 * 86_400
    assert signin_cookie(settings("")).max_age_s == 600
