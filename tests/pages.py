"""Reading a page as a person does: by id, by words, never by markup."""

from copy import deepcopy
from functools import lru_cache
from typing import Any, Protocol

from lxml import html
from lxml.html import HtmlElement


class Answer(Protocol):
    """What a page is read from: any answer of Django's test client."""

    @property
    def content(self) -> Any:
        """The body as bytes."""
        ...


def page(response: Answer) -> HtmlElement:
    """The parsed page of an answer, to be read and not to be changed: the next question gets the same one."""
    return _parsed(response.content)


@lru_cache(maxsize=4)
def _parsed(content: bytes) -> HtmlElement:
    return html.document_fromstring(content.decode())


def words(element: HtmlElement) -> str:
    """The text of an element with single spaces."""
    return " ".join(element.text_content().split())


def by_id(response: Answer, name: str) -> HtmlElement:
    """The one element with this id; fails when it is not there."""
    found = page(response).xpath("//*[@id=$name]", name=name)
    assert len(found) == 1, f"{len(found)} elements #{name}"
    return found[0]


def has_id(response: Answer, name: str) -> bool:
    """Whether the page has an element with this id."""
    return bool(page(response).xpath("//*[@id=$name]", name=name))


def heading(response: Answer) -> str:
    """The page's one h1."""
    (found,) = page(response).xpath("//h1")
    return words(found)


def hidden_value(response: Answer, name: str) -> str:
    """The value of a form field the page carries."""
    (found,) = page(response).xpath("//input[@name=$name]", name=name)
    return str(found.get("value"))


def sent_by(response: Answer, name: str) -> dict[str, str]:
    """What the form with this id would send as the page shows it, without any button."""
    form = deepcopy(by_id(response, name))
    for area in form.xpath(".//textarea"):  # a browser drops the line end after the tag
        area.text = (area.text or "").removeprefix("\n")
    return {str(key): str(value) for key, value in form.form_values()}
