"""One line of the palette."""

from dataclasses import dataclass

from console.organizations.errors import Holder


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something to open or do. `why` says why it cannot be done now; `act` is done by the page's own script.

    `words` are further words by which it is found, `keys` those that do the same without the palette.
    """

    label: str
    icon: str
    url: str = ""
    act: str = ""
    detail: str = ""
    words: str = ""
    keys: tuple[str, ...] = ()
    why: str = ""
    holder: Holder | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it is shown only to say why it cannot be done."""
        return bool(self.why or self.holder)
