"""What a new agent begins with when somebody asks for an outline."""

from typing import Any

_PROMPT = """\
# Who you are
You are {name} of {{{{company}}}}. You speak calmly and in short sentences.

# What you do
- Say here which questions the agent answers.
- Say here what it may do with its tools, and when.

# What you do not do
- You never guess. When you do not know, you say so and offer a person.
"""


def outline(name: str) -> dict[str, Any]:
    """A valid configuration of three sections, meant to be written over."""
    return {
        "settings": {"language": "en-US", "greeting": "Hello, this is {{company}}. How can I help?"},
        "prompt": _PROMPT.format(name=name),
        "variables": {"company": {"description": "The name that callers hear", "required": True}},
    }
