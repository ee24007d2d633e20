from app.demo.people import display_name, is_id, new_id, seeded_id, user_id


def test_ids_have_the_form_of_spotify_s() -> None:
    ids = {new_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(is_id(one) for one in ids)
    assert seeded_id("a") == seeded_id("a") != seeded_id("b")
    assert is_id(seeded_id("a"))


def test_what_is_no_id() -> None:
    assert not any(is_id(text) for text in ("", "a" * 21, "a" * 23, "ä" * 22, "-" * 22))


def test_a_person_keeps_name_and_user_id() -> None:
    ids = [new_id() for _ in range(50)]
    assert [display_name(one) for one in ids] == [display_name(one) for one in ids]
    assert len({display_name(one) for one in ids}) > 40
    assert len({user_id(one) for one in ids}) == 50
    assert len(user_id(ids[0])) == 28
