"""Configurations of the sample: parts from a pool that all agents share, and one prompt of each version's own."""

from dataclasses import dataclass, field
from typing import Any

from agents.canonical import canonical
from agents.parts import digest, manifest_digest

_TOOLS, _ARTICLES, _SETTINGS = 40, 60, 12


@dataclass
class Pool:
    """Bodies of parts by digest, as they come up; who writes them takes them away."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    shared: dict[str, str] = field(default_factory=dict)

    def part(self, value: Any) -> str:
        """The digest of a part; its body is noted to be written once."""
        body = canonical(value)
        name = digest(body)
        if name not in self.known:
            self.known.add(name)
            self.bodies[name] = body
        return name

    def one_of(self, kind: str, number: int) -> str:
        """A part that many agents have."""
        key = f"{kind}/{number}"
        if key not in self.shared:
            self.shared[key] = self.part(_SHARED[kind](number))
        return self.shared[key]

    def taken(self) -> dict[str, bytes]:
        """What is to be written now."""
        bodies, self.bodies = self.bodies, {}
        return bodies


@dataclass(frozen=True)
class Content:
    """A configuration as the database keeps it."""

    entries: dict[str, str]

    @property
    def digest(self) -> str:
        """The configuration's digest."""
        return manifest_digest(self.entries)


def content_of(pool: Pool, agent: int, version: int) -> Content:
    """What agent number so and so is configured to in a version: a new prompt each time, now and then more."""
    entries = {
        "settings": pool.one_of("settings", agent % _SETTINGS),
        "prompt": pool.part(_prompt(agent, version)),
        "variables": pool.one_of("variables", 0),
    }
    for place in range(3):
        number = (agent * 3 + place) % _TOOLS
        entries[f"tools/tool-{number:02}"] = pool.one_of("tools", number)
    for place in range(4 + version % 3):
        number = (agent * 5 + place) % _ARTICLES
        entries[f"knowledge/article-{number:02}"] = pool.one_of("knowledge", number)
    return Content(dict(sorted(entries.items())))


def _prompt(agent: int, version: int) -> str:
    lines = [f"You are desk number {agent} of a ferry line, in your version {version}."]
    lines += [
        f"Rule {line}: say what you know of sailing {(agent + line * version) % 97} in two sentences."
        for line in range(12)
    ]
    return "\n".join(lines) + "\n"


def _settings(number: int) -> dict[str, Any]:
    return {
        "language": ("en-US", "de-DE", "fr-FR")[number % 3],
        "greeting": f"Good day, this is desk {number}.",
        "model": {"provider": "openai", "name": "gpt-4.1", "temperature": round(0.1 * (number % 5), 1)},
    }


def _tool(number: int) -> dict[str, Any]:
    return {
        "type": "http",
        "description": f"Look up sailing group {number}",
        "method": "GET",
        "endpoint": f"{{{{ferries_url}}}}/groups/{number}",
        "parameters": {"type": "object", "properties": {"sailing": {"type": "string"}}},
    }


def _article(number: int) -> dict[str, Any]:
    lines = [f"Paragraph {line} of article {number}: cabins, luggage and the weather." for line in range(30)]
    return {"title": f"Article {number}", "content": "\n".join(lines) + "\n"}


def _variables(_: int) -> dict[str, Any]:
    return {"ferries_url": {"description": "Where sailings are looked up", "required": True}}


_SHARED = {"settings": _settings, "tools": _tool, "knowledge": _article, "variables": _variables}
