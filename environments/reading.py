"""The sides of a comparison, read with rights: a version, an environment, the draft, an earlier save of it."""

from collections.abc import Mapping
from typing import Any

from agents.compare import Side, compare
from agents.comparison import Comparison
from agents.contents import PartLoader
from agents.models import Agent, Draft, Version
from console.organizations.errors import NotFound
from environments.errors import EnvironmentUnpinned
from environments.models import Deployment, Environment, Pin
from environments.pipeline import environment_named
from environments.policies import can_read_version, missing

DRAFT = "draft"
HISTORY = "history:"
ENVIRONMENT = "environment:"
NOTHING = "nothing"


def side_of(agent: Agent, name: str, rights: frozenset[str]) -> Side:
    """The side that an address names: `15`, `draft`, `environment:staging`, `history:12`.

    Refuses with `NotFound` what does not exist, `EnvironmentUnpinned`, and what the person may not read.
    """
    if name == DRAFT or name.startswith(HISTORY):
        if "view_draft" not in rights:
            raise missing("view_draft", agent.organization)
        return draft_side(agent) if name == DRAFT else _save_side(agent, name.removeprefix(HISTORY))
    if name.startswith(ENVIRONMENT):
        return _served_side(agent, name.removeprefix(ENVIRONMENT), rights)
    number = _number(name.removeprefix("v"))
    version = Version.objects.select_related("manifest").filter(agent=agent, number=number).first()
    if version is None:
        raise NotFound(f"There is no version {name} of {agent.name}.")
    return _readable(version, rights, version_side(version))


def draft_side(agent: Agent, draft: Draft | None = None) -> Side:
    """The draft as it is."""
    current = draft or Draft.objects.select_related("manifest").get(agent=agent)
    return Side("Draft", current.manifest.entries, {"draft": True})


def version_side(version: Version, place: Environment | None = None) -> Side:
    """A version, named after the environment that serves it when one is given."""
    label = f"{place.name} (v{version.number})" if place else f"v{version.number}"
    return Side(label, version.manifest.entries, {"version": version.number})


def served_side(environment: Environment, version: Version | None) -> Side:
    """What an environment serves; when it serves nothing, everything on the other side is new."""
    return version_side(version, environment) if version else Side(f"{environment.name} ({NOTHING})", {}, {})


def comparison_of(agent: Agent, left: Side, right: Side) -> Comparison:
    """The right side against the left one; only parts that differ are read, in one query."""
    return compare(left, right, PartLoader(agent.organization, left.manifest, right.manifest))


def can_read(rights: frozenset[str], *versions: Version | None) -> bool:
    """Whether the person may read the content of all these versions."""
    wanted = [version.pk for version in versions if version]
    if "view_development" in rights or not wanted:
        return True
    moves = Deployment.objects.filter(version__in=wanted).values_list("version_id", "environment__kind").distinct()
    kinds: dict[Any, list[str]] = {}
    for version_id, kind in moves:
        kinds.setdefault(version_id, []).append(kind)
    return all(can_read_version(rights, kinds.get(version_id, [])) for version_id in wanted)


def with_manifest(version: Version) -> Version:
    """The version with its manifest read; pin strips leave it out."""
    found: Version = Version.objects.select_related("manifest", "author").get(pk=version.pk)
    return found


def names_of(agent: Agent, pins: Mapping[str, Pin], versions: list[Version], *, with_draft: bool) -> list[Any]:
    """The choices of a comparison's pickers: the draft, the environments, the versions with where they run."""
    places = [(f"{ENVIRONMENT}{slug}", _served(pin)) for slug, pin in pins.items()]
    numbered = [(str(version.number), _described(version, pins)) for version in versions]
    moving = ([(DRAFT, "Draft")] if with_draft else []) + places
    return [("Draft and environments", moving), ("Versions", numbered)]


def _save_side(agent: Agent, name: str) -> Side:
    entry = Draft.history.select_related("manifest").filter(agent=agent, pk=_number(name)).first()
    if entry is None:
        raise NotFound("There is no such save in the history of this draft.")
    label = f"Save of {entry.history_date:%Y-%m-%d %H:%M:%S} UTC"
    return Side(label, entry.manifest.entries, {"history": entry.pk})


def _served_side(agent: Agent, slug: str, rights: frozenset[str]) -> Side:
    environment = environment_named(agent.organization, slug)
    if environment is None:
        raise NotFound(f"There is no environment {slug}.")
    pins = Pin.objects.filter(agent=agent, environment=environment).select_related("version__manifest")
    pin = pins.first()
    if pin is None:
        raise EnvironmentUnpinned(f"{environment.name} serves nothing of {agent.name}.", environment=slug)
    return _readable(pin.version, rights, version_side(pin.version, environment))


def _readable(version: Version, rights: frozenset[str], side: Side) -> Side:
    if not can_read(rights, version):
        raise missing("view_development", version.agent.organization)
    return side


def _number(text: str) -> int:
    """The number in an address; whatever cannot be one names nothing (and must not reach the database)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _served(pin: Pin) -> str:
    return f"{pin.environment.name} (v{pin.version.number})"


def _described(version: Version, pins: Mapping[str, Pin]) -> str:
    served = [pin.environment.name for pin in pins.values() if pin.version_id == version.pk]
    first_line = version.description.partition("\n")[0][:60]
    parts = [f"v{version.number}", first_line, f"{version.author.name}, {version.created_at:%Y-%m-%d}"]
    return " - ".join(part for part in parts if part) + (f" [{', '.join(served)}]" if served else "")
