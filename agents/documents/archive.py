"""Members of a hostile ZIP, read into memory under caps (T44); nothing touches a disk."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

from agents.canonical import refuse_size
from agents.documents.loaded import refuse_text
from agents.documents.text import IMPORT_BYTES

MEMBERS = 5_000
UNPACKED_BYTES = 16 * 1024 * 1024
# Our own exports may be one word repeated; only what is large *and* packed beyond this is a bomb.
RATIO, RATIO_FROM = 200, 6 * 1024 * 1024

_DIRECTORY_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES = MEMBERS * 400
_LEFTOVERS = re.compile(r"(.*/)?(__MACOSX/.*|\.DS_Store|Thumbs\.db)\Z")
_LINK = 0o120000
_FORMAT = 0o170000


def read_members(raw: bytes, is_known: Callable[[str], bool]) -> dict[str, bytes]:
    """name -> content of every file, without the one folder that may stand around them all.

    `InvalidContent` for any member whose name `is_known` does not know, `TooLarge` over the caps.
    """
    if len(raw) > IMPORT_BYTES:
        refuse_size("The ZIP", len(raw), IMPORT_BYTES)
    _check_directory(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = [info for info in archive.infolist() if not _LEFTOVERS.match(info.filename)]
            _check_members(infos, len(raw))
            files = [info for info in infos if not info.is_dir()]
            names = _without_folder([info.filename for info in files])
            _check_names(names, is_known)
            return {name: _body(archive, info) for name, info in zip(names, files, strict=True)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
        refuse_text("The ZIP is damaged or of an unusual kind. Pack it anew, without a password.")


def _check_directory(raw: bytes) -> None:
    """The standard library reads the whole directory before anything can be counted: count first."""
    end = raw.rfind(b"PK\x05\x06", -65_600 if len(raw) > 65_600 else 0)
    if end < 0 or len(raw) - end < _DIRECTORY_END.size:
        refuse_text("This is not a ZIP file, or it is cut off.")
    _, _, _, _, count, size, _, _ = _DIRECTORY_END.unpack_from(raw, end)
    if count > MEMBERS or size > _DIRECTORY_BYTES:
        refuse_text(f"The ZIP has more than {MEMBERS:,} files. Pack only the agent's folder.")


def _check_members(infos: list[zipfile.ZipInfo], packed: int) -> None:
    if len(infos) > MEMBERS:
        refuse_text(f"The ZIP has more than {MEMBERS:,} files. Pack only the agent's folder.")
    for info in infos:
        if info.flag_bits & 0x1:
            refuse_text(f"{info.filename[:80]!r} is encrypted. Pack it without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse_text(f"{info.filename[:80]!r} is packed in an unusual way. Use ordinary ZIP (deflate).")
        if info.external_attr >> 16 & _FORMAT == _LINK:
            refuse_text(f"{info.filename[:80]!r} is a link. Pack the file itself.")
    total = sum(info.file_size for info in infos)
    if total > UNPACKED_BYTES or (total > RATIO_FROM and total > RATIO * packed):
        refuse_size("The ZIP when unpacked", total, UNPACKED_BYTES)


def _without_folder(names: list[str]) -> list[str]:
    """The names relative to where agent.yaml is: at the top, or in the one folder that holds everything."""
    tops = {name.partition("/")[0] for name in names}
    at_top = any("/" not in name for name in names)
    if len(tops) == 1 and not at_top:
        return [name.partition("/")[2] for name in names]
    return names


def _check_names(names: list[str], is_known: Callable[[str], bool]) -> None:
    for name in names:
        if not is_known(name):
            refuse_text(f"The ZIP has a member {name[:120]!r}, which has no place in an agent's folder. Remove it.")
    if len(set(names)) != len(names):
        refuse_text("The ZIP has two members of the same name. Keep one of them.")


def _body(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # The directory may lie about a size; what is read never does.
    with archive.open(info) as member:
        body = member.read(info.file_size + 1)
    if len(body) != info.file_size:
        refuse_text(f"{info.filename[:80]!r} is damaged. Pack it anew.")
    return body
