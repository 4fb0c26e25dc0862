"""Roles on a single agent: the exception beside the roles of the organization (design.md section 3)."""

from django.utils.translation import gettext

from agents import policies
from agents.errors import AgentArchived
from agents.models import Agent, AgentGrant
from audit.log import record, verb
from console.organizations import policies as organization_policies
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, NotFound
from console.organizations.models import Membership, Organization, User
from console.organizations.names import refused
from console.organizations.roles import Role, agent_permissions_of


@verb("agent.role_granted")
def grant_role(agent: Agent, *, actor: Actor, user: User, role: str) -> AgentGrant:
    """Give a member of the organization one role's rights on this agent alone."""
    organization, current, admin = _locked(agent, actor)
    if current.archived_at is not None:
        raise AgentArchived(
            gettext("%(current_name)s is archived. Nothing was changed. Bring it back first.")
            % {"current_name": current.name}
        )
    _check_role(role, organization)
    if not Membership.objects.filter(organization=organization, user=user).exists():
        raise refused("user", gettext("This person is no member of the organization."))
    if AgentGrant.objects.filter(agent=current, user=user, role=role).exists():
        raise Conflict(
            gettext("%(user_name)s is %(label)s on %(current_name)s already. Nothing was changed.")
            % {"user_name": user.name, "label": Role(role).label, "current_name": current.name}
        )
    grant = AgentGrant.objects.create(agent=current, user=user, role=role, granted_by=admin)
    _sync(user, current)
    data = {"person": str(user.pk), "name": user.name, "role": role}
    record("agent.role_granted", current.audit_target(), actor=actor, data=data)
    return grant


@verb("agent.role_taken")
def take_role(agent: Agent, *, actor: Actor, user: User, role: str) -> None:
    """Take a role on this agent away; the right is gone on the person's next request."""
    _, current, _ = _locked(agent, actor)
    grant = AgentGrant.objects.filter(agent=current, user=user, role=role).first()
    if grant is None:
        raise Conflict(
            gettext("%(user_name)s holds no such role on %(current_name)s. Nothing was changed.")
            % {"user_name": user.name, "current_name": current.name}
        )
    grant.delete()
    _sync(user, current)
    data = {"person": str(user.pk), "name": user.name, "role": role}
    record("agent.role_taken", current.audit_target(), actor=actor, data=data)


def drop_grants_of(user: User, organization: Organization) -> int:
    """Take every grant a person has in the organization, as part of their removal; how many there were."""
    grants = list(AgentGrant.objects.filter(user=user, agent__organization=organization).select_related("agent"))
    for grant in grants:
        grant.delete()
    for agent in {grant.agent for grant in grants}:
        policies.sync_grant(user, agent, [])
    return len(grants)


def sync_grants(organization: Organization) -> None:
    """Let every grant carry what its role carries now, as part of a change of the reading rules."""
    grants = AgentGrant.objects.filter(agent__organization=organization).select_related("agent", "user")
    for user, agent in {(grant.user, grant.agent) for grant in grants}:
        agent.organization = organization
        _sync(user, agent)


def _locked(agent: Agent, actor: Actor) -> tuple[Organization, Agent, User]:
    organization = Organization.objects.locked(agent.organization)
    admin = organization_policies.require(actor, "manage_members", organization)
    organization_policies.require_fresh_sign_in(actor, organization)
    current = Agent.objects.filter(pk=agent.pk, organization=organization).select_related("organization").first()
    if current is None:
        raise NotFound(gettext("No such agent."))
    return organization, current, admin


def _check_role(role: str, organization: Organization) -> None:
    if role not in {item.value for item in Role} or not agent_permissions_of(Role(role), organization):
        raise refused("role", gettext("%(role)s cannot be given on a single agent.") % {"role": f"{role!r}"})


def _sync(user: User, agent: Agent) -> None:
    roles = list(AgentGrant.objects.filter(agent=agent, user=user).values_list("role", flat=True))
    policies.sync_grant(user, agent, roles)
