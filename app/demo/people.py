"""Simulated people: ids of the form that Spotify gives, and believable names."""

import hashlib
import random
import secrets
import string

BASE62 = string.digits + string.ascii_letters
ID_LENGTH = 22

FIRST_NAMES = (
    "Alma", "Amir", "Astrid", "Ayumi", "Bilal", "Birgit", "Carmen", "Chidi", "Dalia", "Davor",
    "Edda", "Elif", "Emeka", "Farah", "Gustav", "Hanna", "Henrik", "Ines", "Ingrid", "Jamal",
    "Jonas", "Kaito", "Karin", "Leila", "Lena", "Lucía", "Malik", "Marta", "Mira", "Nadia",
    "Nils", "Noor", "Olivia", "Oskar", "Paloma", "Pavel", "Rosa", "Ruben", "Saga", "Samir",
    "Sigrid", "Sofia", "Tariq", "Thea", "Tomás", "Vera", "Viktor", "Yara", "Yusuf", "Zofia",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Ahlgren", "Almeida", "Bakker", "Berglund", "Bianchi", "Castillo", "Dahl",
    "Demir", "Ekström", "Falk", "Ferreira", "Fontaine", "Haddad", "Hartmann", "Hoekstra",
    "Ibrahim", "Jansson", "Kamara", "Keller", "Kowalski", "Laurent", "Lindqvist", "Lindgren",
    "Mbeki", "Moreau", "Nakamura", "Novak", "Nyberg", "Okafor", "Olsen", "Pereira",
    "Rahimi", "Rossi", "Sandberg", "Santos", "Silva", "Sjöberg", "Tanaka", "Virtanen",
)  # fmt: skip


def new_id() -> str:
    """Return 22 random base62 characters, as the ids of songs, playlists and accounts have."""
    return "".join(secrets.choice(BASE62) for _ in range(ID_LENGTH))


def seeded_id(seed: str) -> str:
    """Return 22 base62 characters, the same for the same seed."""
    return "".join(random.Random(seed).choices(BASE62, k=ID_LENGTH))


def is_id(text: str) -> bool:
    """Tell whether `text` has the form of an id."""
    return len(text) == ID_LENGTH and text.isascii() and text.isalnum()


def user_id(account_id: str) -> str:
    """Return the old kind of user id (28 lower-case characters), the same for the same account."""
    return "31" + hashlib.blake2b(account_id.encode(), digest_size=13).hexdigest()


def display_name(account_id: str) -> str:
    """Return a first and a last name, the same for the same account."""
    chosen = random.Random(account_id)
    return f"{chosen.choice(FIRST_NAMES)} {chosen.choice(LAST_NAMES)}"
