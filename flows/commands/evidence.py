"""What proves a statement: words that name it, or a file, of which its SHA-256 is kept."""

from pathlib import Path

from flows.files import mending, sha256_file

__all__ = ["evidence_of"]


def evidence_of(text: str) -> str:
    """The SHA-256 of the file that ``text`` names, where there is such a file; else the text itself, trimmed.

    The file stays where it is: whoever is asked for it later can prove that it is the same one. Raises
    ``WorkspaceError`` for a file that may not be read.
    """
    words = text.strip()
    place = Path(words).expanduser()
    try:
        is_file = bool(words) and place.is_file()
    except (OSError, ValueError):  # words can be too long for a name, or hold what no name may
        return words
    if not is_file:
        return words
    with mending(place):
        return sha256_file(place)
