"""The benchmark of library sizes in short: a thousand songs, two people at once, likes meanwhile."""

from benchmarks.scan_sizes import MOST_FOR_NOTHING_NEW, exact, place

SONGS = 1000


def test_two_people_get_each_song_once_while_they_like_more_and_a_second_scan_costs_nothing() -> None:
    with place("--songs", str(SONGS), users=2) as there:
        there.switch(like_every_pages=9)
        first = there.scan()
        there.switch(like_every_pages=0)
        liked = [account["liked"] for account in there.control()["accounts"]]
        assert exact(there)
        second = there.scan()
        assert exact(there)
    assert min(liked) > SONGS
    assert first.calls <= 2 * (SONGS // 50 + 2 + 1)
    assert second.calls <= 2 * MOST_FOR_NOTHING_NEW
