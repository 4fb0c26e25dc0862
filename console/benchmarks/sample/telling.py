"""What happened to one agent of the sample, told as rows: the same that the verbs would have left behind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agents.models import Agent, Draft, Version, VersionContributor
from console.benchmarks.sample.contents import Content
from console.organizations.models import Organization, User
from environments.approvals import Basis
from environments.models import Deployment, Environment, Hold, Pin, Release, SignOff

State = Release.State
# How the last version of every 20th agent stands; the first agent of 20 has none at all.
ENDINGS = ["draft", *["staging"] * 4, *["changes"] * 2, *["ready"] * 3, *["live"] * 9, "back"]
EARLIER = ["live", "live", "changes", "live", "left"]  # what became of versions before the last
PASSED = [{"rule": "sign_off", "state": "pass", "message": "Marked ready.", "who_can_fix": []}]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What all agents of the sample share."""

    organization: Organization
    staging: Environment
    production: Environment
    developers: list[User]
    testers: list[User]
    admins: list[User]
    rules: dict[str, Any]
    content: Callable[[int, int], Content]


@dataclass
class Told:
    """The rows of one agent. `contents` are the manifests that they speak of, by digest."""

    agent: Agent
    contents: dict[str, Content] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    contributors: list[VersionContributor] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    sign_offs: list[SignOff] = field(default_factory=list)
    moves: list[Deployment] = field(default_factory=list)
    pins: dict[str, Pin] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    saves: list[tuple[Content, User, datetime]] = field(default_factory=list)
    draft: Draft | None = None
    acts: list[dict[str, Any]] = field(default_factory=list)


def tell(scene: Scene, number: int, versions: int, began: datetime, lasts: timedelta) -> Told:
    """The past of agent `number` with so many versions, all of it inside of a span of time."""
    return _Teller(scene, number, versions, began, lasts).told()


class _Teller:
    def __init__(self, scene: Scene, number: int, versions: int, began: datetime, lasts: timedelta) -> None:
        self.scene, self.number, self.count = scene, number, versions
        self.now, self.step = began, lasts / (6 * versions + 8)
        self.ending = ENDINGS[number % len(ENDINGS)] if versions else "draft"
        self.developer = scene.developers[number % len(scene.developers)]
        self.tester = scene.testers[number % len(scene.testers)]
        self.admin = scene.admins[number % len(scene.admins)]
        self.out = Told(self._agent())

    def told(self) -> Told:
        content = self._create()
        for number in range(1, self.count + 1):
            is_last = number == self.count
            what = self.ending if is_last else EARLIER[(self.number + number) % len(EARLIER)]
            if is_last and what == "back":
                what = "back" if State.PRODUCTION in {one.state for one in self.out.releases} else "live"
            content = self._version(number, what)
        self._leave_draft(content)
        return self.out

    def _agent(self) -> Agent:
        return Agent(
            organization=self.scene.organization,
            slug=f"desk-{self.number:05}",
            name=f"Desk {self.number:05}",
            description=f"Answers for ferry line {self.number % 97}.",
            labels={"team": f"team-{self.number % 20:02}", "line": str(self.number % 97)},
            created_by=self.developer,
            created_at=self._tick(),
        )

    def _tick(self) -> datetime:
        self.now += self.step
        return self.now

    def _save(self, version: int) -> Content:
        content = self.scene.content(self.number, version)
        self.out.contents[content.digest] = content
        self.out.saves.append((content, self.developer, self._tick()))
        return content

    def _create(self) -> Content:
        content = self.scene.content(self.number, 1)
        self.out.contents[content.digest] = content
        self.out.saves.append((content, self.developer, self.now))
        self._note("agent.created", self.developer, after=content.digest, data={"slug": self.out.agent.slug})
        return content

    def _version(self, number: int, what: str) -> Content:
        content = self.scene.content(self.number, 1) if number == 1 else self._save(number)
        if number > 1:
            before = self.out.versions[-1].digest
            self._note("draft.saved", self.developer, before=before, after=content.digest)
        version, release = self._publish(number, content)
        if what in {"live", "ready", "back"}:
            signed = self._decide(version, release, SignOff.Decision.READY)
            if what != "ready":
                self._push(version, release, signed)
        if what == "changes":
            self._decide(version, release, SignOff.Decision.CHANGES_REQUESTED)
        if what == "back":
            self._roll_back(version, release)
        return content

    def _publish(self, number: int, content: Content) -> tuple[Version, Release]:
        version = Version(
            organization=self.scene.organization,
            agent=self.out.agent,
            number=number,
            digest=content.digest,
            description=f"Change {number}: answers for sailing {number * 7 % 97} are shorter.",
            author=self.developer,
            base=self.out.versions[-1] if self.out.versions else None,
            created_at=self._tick(),
        )
        release = Release(version=version, organization=self.scene.organization, agent=self.out.agent)
        self.out.versions.append(version)
        self.out.releases.append(release)
        if number % 3 == 0:
            other = self.scene.developers[(self.number + 1) % len(self.scene.developers)]
            self.out.contributors.append(VersionContributor(version=version, user=other))
        self.out.agent.released_at = self.out.agent.released_at or version.created_at
        move = self._move(self.scene.staging, version, Deployment.Action.PUBLISH, self.developer, version.description)
        self._become(release, State.STAGING, move.at)
        self._note_move("release.published", move)
        return version, release

    def _decide(self, version: Version, release: Release, decision: str) -> SignOff:
        ready = decision == SignOff.Decision.READY
        basis = Basis(version.digest, [], self.scene.rules)
        signed = SignOff(
            organization=self.scene.organization,
            agent=self.out.agent,
            version=version,
            environment=self.scene.staging,
            decision=decision,
            by=self.tester,
            at=self._tick(),
            note="Asked eleven questions." if ready else "It promises a cabin that is not there.",
            digest=version.digest,
            fingerprint=basis.fingerprint,
            basis=basis.as_json(),
        )
        self.out.sign_offs.append(signed)
        self._become(release, State.READY if ready else State.CHANGES_REQUESTED, signed.at)
        data: dict[str, Any] = {"version": version.number} | ({"self_approval": False} if ready else {})
        verb = "release.marked_ready" if ready else "release.changes_requested"
        self._note(
            verb,
            self.tester,
            place=self.scene.staging,
            after=version.digest,
            reason=signed.note,
            data=data,
            at=signed.at,
        )
        return signed

    def _push(self, version: Version, release: Release, signed: SignOff) -> None:
        move = self._move(
            self.scene.production,
            version,
            Deployment.Action.PUSH,
            self.admin,
            "Agreed in the stand-up.",
            ticket=f"OPS-{self.number}",
            sign_off=signed,
            gates=PASSED,
        )
        self._become(release, State.PRODUCTION, move.at)
        self._note_move("release.pushed_to_production", move)

    def _roll_back(self, version: Version, release: Release) -> None:
        reason = "Wrong answers about cabins."
        moves = [move for move in self.out.moves if move.environment == self.scene.production]
        earlier = moves[-2]
        back = self._release_of(earlier.version)
        move = self._move(
            self.scene.production,
            earlier.version,
            Deployment.Action.ROLLBACK,
            self.admin,
            reason,
            sign_off=earlier.sign_off,
        )
        self._become(release, State.ROLLED_BACK, move.at)
        self._become(back, State.PRODUCTION, move.at)
        names = {"organization": self.scene.organization, "agent": self.out.agent, "version": version}
        self.out.holds.append(Hold(**names, reason=reason, by=self.admin, at=move.at))
        self._note_move("release.rolled_back", move)

    def _move(self, place: Environment, version: Version, action: str, by: User, note: str, **more: Any) -> Deployment:
        pin = self.out.pins.get(place.slug)
        former = pin.version if pin else None
        names = {"organization": self.scene.organization, "agent": self.out.agent, "environment": place}
        move = Deployment(
            **names, version=version, from_version=former, action=action, by=by, at=self._tick(), note=note, **more
        )
        self.out.moves.append(move)
        self.out.pins[place.slug] = Pin(**names, version=version, deployment=move)
        if former:
            self._settle(former, place, move.at)
        return move

    def _settle(self, former: Version, place: Environment, at: datetime) -> None:
        """As `environments.moves.settle`: what is pinned nowhere of the kind its state speaks of is superseded."""
        release = self._release_of(former)
        tested = release.state in {State.STAGING, State.READY, State.CHANGES_REQUESTED}
        if (tested and place.is_staging) or (release.state == State.PRODUCTION and place.is_production):
            self._become(release, State.SUPERSEDED, at)

    def _release_of(self, version: Version) -> Release:
        return self.out.releases[version.number - 1]

    def _become(self, release: Release, state: str, at: datetime) -> None:
        release.__dict__.update(state=state, changed_at=at)  # the state machine guards the attribute itself

    def _leave_draft(self, content: Content) -> None:
        """Every third draft has something that no version has."""
        base = self.out.versions[-1] if self.out.versions else None
        is_changed = base is not None and self.number % 3 == 0
        if is_changed and base:
            content = self._save(self.count + 1)
            self._note("draft.saved", self.developer, before=base.digest, after=content.digest)
        saved = self.out.saves[-1][2]
        mine = {"prompt": {str(self.developer.pk): saved.isoformat()}} if is_changed or base is None else {}
        self.out.draft = Draft(
            agent=self.out.agent,
            organization=self.scene.organization,
            base=base,
            based_at=base.created_at if base else self.out.agent.created_at,
            contributors=[self.developer.pk] if mine else [],
            authors=mine,
            updated_at=saved,
            updated_by=self.developer,
        )

    def _note_move(self, verb: str, move: Deployment) -> None:
        self._note(
            verb,
            move.by,
            place=move.environment,
            before=move.from_version.digest if move.from_version else "",
            after=move.version.digest,
            reason=move.note,
            data=move.data,
            at=move.at,
        )

    def _note(
        self,
        verb: str,
        by: User,
        *,
        place: Environment | None = None,
        before: str = "",
        after: str = "",
        reason: str = "",
        data: dict[str, Any] | None = None,
        at: datetime | None = None,
    ) -> None:
        agent = self.out.agent
        self.out.acts.append(
            {
                "verb": verb,
                "actor_id": str(by.pk),
                "actor_label": by.name,
                "target_kind": "agent",
                "target_id": str(agent.pk),
                "target_label": agent.name,
                "agent_id": str(agent.pk),
                "environment": place.slug if place else "",
                "before_digest": before,
                "after_digest": after,
                "reason": reason,
                "data": data or {},
                "at": at or self.now,
            }
        )
