"""What is asked of a draft before it becomes a version: that it has no errors."""

from environments.errors import GateFailed
from environments.gates.frame import Gate


def has_errors(count: int) -> GateFailed:
    """The refusal of a publish while the draft has errors; warnings never keep it back."""
    message = f"The draft has {'1 error' if count == 1 else f'{count} errors'}: see its problems."
    gate = Gate("draft_errors", "fail", message)
    return GateFailed(f"{message} Nothing was published.", gates=[gate.as_json()])
