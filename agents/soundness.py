"""What keeps a draft from being published: the errors among its problems. Warnings never do."""

from collections.abc import Mapping
from typing import Any

from agents.contents import load
from agents.models import Draft
from agents.schema import Problem, problems


def errors_in(config: Mapping[str, Any]) -> list[Problem]:
    """The problems of a configuration that will fail when the agent runs, or that leak a secret."""
    return [problem for problem in problems(config) if problem.severity == "error"]


def errors_of(draft: Draft) -> list[Problem]:
    """The errors of a draft as it is, whatever was counted when it was saved."""
    return errors_in(load(draft.manifest, draft.layout))
