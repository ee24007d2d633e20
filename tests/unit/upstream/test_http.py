import httpx
import pytest

from app import __version__
from app.upstream.http import build_http, user_agent

pytestmark = pytest.mark.anyio


def test_the_app_names_itself_with_a_contact() -> None:
    assert user_agent("me@example.org") == f"genre-sorter/{__version__} ( me@example.org )"


@pytest.mark.parametrize("contact", ["", "\r\n", "é"])
def test_a_missing_contact_leaves_the_form_intact(contact: str) -> None:
    assert user_agent(contact) == f"genre-sorter/{__version__} ( no contact given )"


def test_a_contact_cannot_add_a_header() -> None:
    assert "\n" not in user_agent("me@example.org\r\nX-Evil: yes")


async def test_redirects_are_not_followed() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    async with build_http(contact="me@example.org", transport=httpx.MockTransport(answer)) as http:
        response = await http.get("https://api.example/")

    assert response.status_code == 302
    assert len(seen) == 1
    assert seen[0].headers["User-Agent"] == user_agent("me@example.org")


async def test_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    async with build_http(contact="me@example.org") as http:
        assert not http.trust_env
        assert http._mounts == {}
