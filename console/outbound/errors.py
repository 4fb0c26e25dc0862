"""Why an address may not be called."""

from console.organizations.errors import ContentError, Invalid


class UrlNotAllowed(Invalid):
    """The console never connects there; `errors` points at the field (T30)."""

    code = "url_not_allowed"
    title = "This address may not be called"

    def __init__(self, why: str, field: str = "url") -> None:
        super().__init__(f"{why} Nothing was sent and nothing was changed.", [ContentError(f"/{field}", why)])
        self.why = why
