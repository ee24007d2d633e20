"""Playlists from picking to undo, with nothing stubbed: by mouse, by keyboard alone, and on a phone."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.test_keyboard import press
from tests.e2e.test_main_flow import family_uris, in_liked_order, uris_of

FAMILY, OTHER_FAMILY, GENRE = "Jazz", "R&B and soul", "soul"
PERMISSION = "Also ask Spotify for the permission to remove playlists made here"


class Person(ABC):
    """How somebody uses a page, and what they say to one more permission."""

    screen: ClassVar[dict[str, Any]] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, target: Locator) -> None: ...

    def tick(self, target: Locator) -> None:
        self.press(target)
        expect(target).to_be_checked()

    @abstractmethod
    def create(self) -> None:
        """Press Create, and answer what is asked along with it."""

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True))


class WithMouse(Person):
    """Says yes to the permission."""

    def press(self, target: Locator) -> None:
        target.click()

    def create(self) -> None:
        self.button("Create")
        self.button("Agree")
        expect(self.page.locator("#run")).to_be_visible()
        expect(self.page.get_by_text("You did not give the permission")).to_have_count(0)


class ByKeyboard(Person):
    """Does not want to be asked."""

    def press(self, target: Locator) -> None:
        press(self.page, target)

    def tick(self, target: Locator) -> None:
        press(self.page, target, "Space")
        expect(target).to_be_checked()

    def create(self) -> None:
        asked = self.page.get_by_role("checkbox", name=PERMISSION)
        press(self.page, asked, "Space")
        expect(asked).not_to_be_checked()
        self.button("Create")


class OnPhone(Person):
    """Says no to the permission, and comes back signed in."""

    screen: ClassVar = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

    def press(self, target: Locator) -> None:
        target.tap()

    def create(self) -> None:
        self.button("Create")
        self.button("Cancel")
        expect(self.page.locator("main")).to_contain_text("You did not give the permission")


@dataclass(frozen=True)
class Wish:
    """What is wanted of a library, whose songs are URIs, and what comes into it later.

    Attributes:
        excluded: a genre that some songs of both have, and not all.
        parts: what the family and the genre hold without it, each in the order of likes.
        later: songs that are not liked at first: one of each part, and one of the excluded.
    """

    excluded: str
    parts: tuple[list[str], list[str]]
    later: tuple[str, str, str]

    @classmethod
    def of(cls, listener: Listener) -> "Wish":
        library = listener.library()
        families = {family["name"]: family for family in library["families"]}
        genre = set(uris_of(listener.tracks(GENRE)))
        others = {
            one["name"]: set(uris_of(listener.tracks(one["name"])))
            for one in families[OTHER_FAMILY]["genres"]
        }
        del others[GENRE]
        excluded = max(others, key=lambda name: min(len(genre & others[name]), len(genre - others[name])))
        out = others[excluded]
        family = in_liked_order([uri for uri in family_uris(listener, families[FAMILY]) if uri not in out])
        parts = (family, in_liked_order(list(genre - out)))
        inside = in_liked_order(list(genre & out))
        return cls(excluded, parts, (family[len(family) // 2], parts[1][len(parts[1]) // 2], inside[0]))

    def made(self) -> list[list[str]]:
        """Return what the playlists hold at first."""
        return [[uri for uri in part if uri not in self.later] for part in self.parts]


@pytest.fixture(scope="module")
def wish(scanned: Listener) -> Wish:
    return Wish.of(scanned)


def like(server: Server, account: str, **changes: Iterable[str]) -> None:
    """Let one person like and unlike songs at Spotify, by URI."""
    ids = {name: [uri.rpartition(":")[2] for uri in uris] for name, uris in changes.items()}
    server.switch(library={"account": account, **ids})


def held(server: Server, account: str) -> list[list[str]]:
    """Return what the family's and the genre's playlist hold, of which there is one each."""
    made = [one for one in server.control()["playlists"] if one["owner"] == account]
    assert sorted(one["name"].partition(" ")[0] for one in made) == [FAMILY, GENRE]
    return [one["uris"] for one in sorted(made, key=lambda one: str(one["name"]))]


@pytest.mark.parametrize("kind", [WithMouse, ByKeyboard, OnPhone])
def test_what_is_picked_is_previewed_made_refreshed_and_undone(
    demo: Server, wish: Wish, open_page: Open, kind: type[Person]
) -> None:
    with Listener(demo.url) as listener:
        listener.sign_in()
        account = demo.control()["accounts"][-1]["id"]
        like(demo, account, unlike=wish.later)
        listener.scan()
        person = kind(open_page(f"{demo.url}/genres", listener=listener, **kind.screen))
        pick(person, wish)
        made = wish.made()
        preview(person, [f"{len(uris):,} songs" for uris in made], wish)
        person.create()
        see_result(person.page, "Made")
        assert held(demo, account) == made
    like(demo, account, like=wish.later)
    with steps.listener_of(person.page) as listener:  # whoever agreed to more has a new session
        listener.scan()
    person.link("Playlists")
    update_all(person)
    updated = [[fresh, *uris] for fresh, uris in zip(wish.later, made, strict=False)]
    assert held(demo, account) == updated
    undo(person)
    assert held(demo, account) == [made[0], updated[1]]
    person.link("All playlists")
    person.button("Preview and update all")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Nothing to do")


def pick(person: Person, wish: Wish) -> None:
    """A family in the library, then a genre of another family, without another genre; the dock says so."""
    page = person.page
    person.tick(page.get_by_role("checkbox", name=f"Pick {FAMILY}", exact=True))
    person.link(OTHER_FAMILY)
    person.tick(page.get_by_role("checkbox", name=f"Pick {GENRE}", exact=True))
    person.tick(page.get_by_role("checkbox", name=f"without {wish.excluded}", exact=True))
    left_out = page.get_by_role("group", name="Left out")
    expect(left_out).to_contain_text(wish.excluded)
    page.reload()
    expect(left_out).to_contain_text(wish.excluded)


def preview(person: Person, counts: list[str], wish: Wish) -> None:
    person.button("Preview")
    lists = person.page.locator(".preview-list")
    expect(lists).to_have_count(2)
    assert sorted(lists.locator(".band-count").all_inner_texts()) == sorted(counts)
    for one in lists.all():
        expect(one.locator(".band-genres")).to_contain_text(f"without {wish.excluded}")


def update_all(person: Person) -> None:
    """The preview names what each playlist gets; one press writes all of it."""
    person.button("Preview and update all")
    expect(person.page.locator(".preview-list .band-count > span:first-child")).to_have_text(["+1", "+1"])
    person.button("Update")
    see_result(person.page, "Updated")


def undo(person: Person) -> None:
    """Take back what the family's playlist has got; the page offers to allow it again."""
    person.press(person.page.get_by_role("link", name=re.compile(f"^Undo ?: {FAMILY}")))
    expect(person.page.get_by_role("heading", level=1)).to_contain_text("Undo the last change of")
    person.button("Undo it")
    see_result(person.page, "Taken back")
    expect(person.page.get_by_role("button", name="Allow again")).to_be_visible()


def see_result(page: Page, title: str) -> None:
    page.wait_for_selector("#run[data-status=completed]", timeout=steps.PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
