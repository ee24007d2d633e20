"""How the genre words of a library fold: the share of each family, and what is left in "other".

Reads `artists.jsonl` in the folder that GENRE_SORTER_LIBRARY names; `--list` prints every word of every
family.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

from app.genres.families import Families


def genre_words(folder: Path) -> Counter[str]:
    """Every distinct genre word with the number of artists that carry it."""
    with (folder / "artists.jsonl").open(encoding="utf-8") as lines:
        return Counter(genre for line in lines for genre in json.loads(line).get("genres") or ())


def main() -> None:
    words = genre_words(Path(os.environ["GENRE_SORTER_LIBRARY"]))
    families = Families.load()
    placed: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        placed[families.family_of(word)].append(word)
    uses = words.total()
    for family in families.all:
        mine = placed[family.id]
        share, use = len(mine) / len(words), sum(words[word] for word in mine) / uses
        print(f"{family.id:18}{len(mine):5} words {share:7.2%}  {use:7.2%} of their uses")
        if "--list" in sys.argv or family.id == "other":
            print("   ", " | ".join(mine))
    left = len(placed["other"])
    print(f"{len(words)} words, {len(words) - left} placed ({1 - left / len(words):.2%}), {left} in other")


if __name__ == "__main__":
    main()
