"""Between texts and bytes: a file's declared encoding, and texts that no UTF-8 can hold."""

from __future__ import annotations

import io
import tokenize

from explorer.errors import SourceError


def as_text(text: str) -> str:
    """Return ``text`` with a mark for each lone surrogate, which neither JSON nor a file can hold.

    Examples
    --------
    >>> as_text("a" + chr(0xD800))
    'a?'
    """
    return text.encode(errors="replace").decode()


def words_of(error: BaseException) -> str:
    """Return what an error says; nothing where its own ``__str__`` raises.

    Examples
    --------
    >>> words_of(ValueError("too long"))
    'too long'
    """
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a user's __str__ may do anything
        return ""


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold ``text``: a file name of other bytes comes with lone surrogates."""
    return as_text(text) == text


def decoded(raw: bytes, shown: str) -> str:
    """Return the text of a Python file, read as Python reads it.

    Raises
    ------
    SourceError
        With the line, where the bytes are no text of the encoding that its first lines declare.
    """
    encoding = _declared(raw, shown)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"This is not Python: the file holds bytes that are no {encoding.removesuffix('-sig').upper()} text."
        raise SourceError(message, file=shown, line=line, hint="Give a .py model file.") from error
    except (LookupError, UnicodeError) as error:
        raise _unknown(shown) from error


def encoded(text: str, shown: str) -> bytes:
    """Return ``text`` as the bytes of a Python file, in the encoding that its first lines declare.

    Raises
    ------
    SourceError
        With the line, where the encoding has no such character.
    """
    encoding = _declared(text.encode(errors="replace"), shown).removesuffix("-sig")
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        line = text[: error.start].count("\n") + 1
        message = f"This line holds a character that {encoding.upper()} cannot hold."
        raise SourceError(message, file=shown, line=line, hint="Remove it and run again.") from error
    except (LookupError, UnicodeError) as error:
        raise _unknown(shown) from error


def _declared(raw: bytes, shown: str) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    except SyntaxError as error:
        try:
            raw.decode()
        except UnicodeDecodeError:
            return "utf-8"  # What is wrong is told where it is decoded, with the line.
        raise _unknown(shown) from error


def _unknown(shown: str) -> SourceError:
    message = "The file's first lines name an encoding that Python does not know."
    return SourceError(message, file=shown, line=1, hint="Save it as UTF-8 and remove that comment.")
