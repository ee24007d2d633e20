import pytest

from app.accounts.next_path import local_path


@pytest.mark.parametrize(
    "path",
    ["/", "/genres", "/genres?family=metal&q=a%2Fb", "/genres/drum%20and%20bass", "/playlists/preview/x#y"],
)
def test_pages_of_this_app_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "genres",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/genres\\..",
        "https://evil.example/",
        "https:evil.example",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "@evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00",
        "/\x7f",
        "/%2Fevil.example",
        "/%2f%2fevil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:a",
        "/%00",
        "/.//evil.example",
        "/..//evil.example",
        "/ö",
        "/%C2%85",
        "/genres" + "a" * 1000,
        "/auth/spotify?next=/auth/spotify",
        "/%61uth/spotify",
    ],
)
def test_anything_else_becomes_the_start_page(path: str | None) -> None:
    assert local_path(path) == "/"
