"""Where templates and static files are, and the address under which static files may be kept for ever."""

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder(name: str) -> Path:
    """In a wheel the folders are packed inside the package, in the source tree they stand beside it."""
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")


def tree_hash(folder: Path) -> str:
    """Return 12 hex digits that change with the name or content of any file below `folder`.

    One hash for the whole tree keeps relative imports between modules, style sheets and fonts inside it.
    """
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
