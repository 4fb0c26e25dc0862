"""Where versions run and how they get there: pins move, content never does (R1)."""

from environments.models.claims import Claim
from environments.models.jobs import Job, JobItem
from environments.models.releases import Deployment, Environment, Hold, Pin, Release, SignOff

__all__ = ["Claim", "Deployment", "Environment", "Hold", "Job", "JobItem", "Pin", "Release", "SignOff"]
