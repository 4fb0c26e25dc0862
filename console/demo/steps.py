"""What can happen in the story: each word is one verb, called as a page calls it, and leaves one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.actions import (
    change_agent,
    create_agent,
    discard_draft,
    fork_draft,
    import_agent,
    merge_draft,
    save_section,
    section_token,
)
from agents.actions.drafts import draft_token
from agents.contents import load
from agents.documents.sections import value_at
from agents.models import Agent, Draft
from console.demo.edits import edited
from console.demo.folders import Folder
from console.organizations.actions import accept_invitation, invite_member
from console.organizations.actor import Actor
from console.organizations.models import Invitation, Organization
from console.rules import change_settings
from environments.actions import (
    archive_agent,
    lift_hold,
    mark_ready,
    promote,
    publish,
    push_to_production,
    request_changes,
    revoke_ready,
    revoke_stale_approval,
    rollback,
    withdraw_request,
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a step happens: the organization, who acts, on which agent's folder, and what the story says."""

    organization: Organization
    actor: Actor
    folder: Folder | None
    told: Mapping[str, Any]
    passwords: Mapping[str, str]

    @property
    def agent(self) -> Agent:
        """The agent as it is now."""
        return Agent.objects.select_related("organization").get(organization=self.organization, slug=self.home.slug)

    @property
    def home(self) -> Folder:
        """The folder of the agent the step speaks of."""
        if self.folder is None:
            raise LookupError(f"{self.told['do']} needs an agent")
        return self.folder

    def text(self, name: str) -> str:
        """What somebody wrote beside an act, as one paragraph or several."""
        return str(self.told.get(name, "")).strip()


def invite(scene: Scene) -> None:
    """An Org Admin invites somebody."""
    invite_member(scene.organization, actor=scene.actor, email=scene.text("email"), roles=list(scene.told["roles"]))


def join(scene: Scene) -> None:
    """The invited person makes their account."""
    email, name = scene.text("email"), scene.text("name")
    invitation = Invitation.objects.open().get(organization=scene.organization, email=email)
    accept_invitation(invitation, actor=scene.actor, name=name, password=scene.passwords[email])


def settings(scene: Scene) -> None:
    """An Org Admin changes the rules."""
    change_settings(scene.organization, actor=scene.actor, changes=dict(scene.told["set"]))


def create(scene: Scene) -> None:
    """A developer makes the agent from its folder, but for the items that come `later`."""
    document = scene.home.document
    metadata = document["metadata"]
    create_agent(
        scene.organization,
        actor=scene.actor,
        slug=scene.home.slug,
        name=metadata["name"],
        description=metadata.get("description", ""),
        labels=metadata.get("labels", {}),
        config=_without(document["spec"], scene.told.get("later", [])),
    )


def bring(scene: Scene) -> None:
    """A developer imports the agent's document, but for the items that come `later`."""
    document = scene.home.document
    spec = _without(document["spec"], scene.told.get("later", []))
    whole, source = {**document, "spec": spec}, scene.text("source")
    import_agent(scene.organization, actor=scene.actor, slug=scene.home.slug, document=whole, source=source)


def describe(scene: Scene) -> None:
    """Somebody renames or relabels the agent."""
    agent = scene.agent
    now: dict[str, Any] = {"name": agent.name, "description": agent.description, "labels": agent.labels}
    change_agent(agent, actor=scene.actor, **(now | dict(scene.told["set"])))


def edit(scene: Scene) -> None:
    """A developer types into one section and saves."""
    agent, path = scene.agent, scene.text("section")
    draft = _draft(agent)
    value = edited(load(draft.manifest, draft.layout), path, scene.told)
    save_section(agent, actor=scene.actor, path=path, value=value, token=section_token(draft, path))


def add(scene: Scene) -> None:
    """A developer adds an item that the agent did not have before."""
    agent, path = scene.agent, scene.text("section")
    value = value_at(scene.home.document["spec"], path)
    save_section(agent, actor=scene.actor, path=path, value=value, token=section_token(_draft(agent), path))


def drop(scene: Scene) -> None:
    """A developer takes an item out."""
    agent, path = scene.agent, scene.text("section")
    save_section(agent, actor=scene.actor, path=path, value=None, token=section_token(_draft(agent), path))


def discard(scene: Scene) -> None:
    """A developer throws the unpublished changes away."""
    agent = scene.agent
    discard_draft(agent, actor=scene.actor, token=draft_token(_draft(agent)))


def merge(scene: Scene) -> None:
    """A developer merges a version into the draft."""
    merge_draft(
        scene.agent, actor=scene.actor, number=int(scene.told["v"]), strategy=scene.told.get("strategy", "merge")
    )


def release(scene: Scene) -> None:
    """Promote to Staging."""
    publish(scene.agent, actor=scene.actor, description=scene.text("note"))


def push(scene: Scene) -> None:
    """Push to Production."""
    number, note, ticket = int(scene.told["v"]), scene.text("note"), scene.text("ticket")
    push_to_production(scene.agent, actor=scene.actor, number=number, note=note, ticket=ticket)


def again(scene: Scene) -> None:
    """Promote a version that exists already."""
    number, place = int(scene.told["v"]), scene.text("to")
    promote(scene.agent, actor=scene.actor, number=number, environment=place, note=scene.text("note"))


def back(scene: Scene) -> None:
    """Rollback."""
    number, place = int(scene.told["v"]), scene.text("in")
    rollback(scene.agent, actor=scene.actor, environment=place, number=number, reason=scene.text("reason"))


def archive(scene: Scene) -> None:
    """An Org Admin puts the agent away."""
    archive_agent(scene.agent, actor=scene.actor)


def with_note(verb: Callable[..., Any]) -> Callable[[Scene], None]:
    """A verb on a version that takes a note."""
    return lambda scene: verb(scene.agent, actor=scene.actor, number=int(scene.told["v"]), note=scene.text("note"))


def with_reason(verb: Callable[..., Any]) -> Callable[[Scene], None]:
    """A verb on a version that wants a reason."""
    return lambda scene: verb(scene.agent, actor=scene.actor, number=int(scene.told["v"]), reason=scene.text("reason"))


def on_version(verb: Callable[..., Any]) -> Callable[[Scene], None]:
    """A verb of the draft that takes a version."""
    return lambda scene: verb(scene.agent, actor=scene.actor, number=int(scene.told["v"]))


ACTS: dict[str, Callable[[Scene], None]] = {
    "invite": invite,
    "join": join,
    "settings": settings,
    "create": create,
    "import": bring,
    "describe": describe,
    "edit": edit,
    "add": add,
    "drop": drop,
    "discard": discard,
    "fork": on_version(fork_draft),
    "merge": merge,
    "publish": release,
    "promote": again,
    "ready": with_note(mark_ready),
    "withdraw": with_note(withdraw_request),
    "changes": with_reason(request_changes),
    "revoke": with_reason(revoke_ready),
    "expire": on_version(revoke_stale_approval),
    "push": push,
    "rollback": back,
    "lift": with_reason(lift_hold),
    "archive": archive,
}


def _draft(agent: Agent) -> Draft:
    return Draft.objects.select_related("manifest", "layout", "updated_by").get(agent=agent)


def _without(spec: Mapping[str, Any], later: list[str]) -> dict[str, Any]:
    kept = {section: dict(value) if isinstance(value, dict) else value for section, value in spec.items()}
    for path in later:
        section, _, name = path.partition("/")
        if name:
            del kept[section][name]
        else:
            del kept[section]
    return kept
