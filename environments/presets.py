"""Pipelines to begin with; every organization changes its own afterwards (issue, POLY-15, SHUT-*)."""

from dataclasses import dataclass

from environments.models import Environment

Kind = Environment.Kind


@dataclass(frozen=True)
class Preset:
    """A ready-made pipeline: slug, name and kind of each environment in order."""

    name: str
    label: str
    places: tuple[tuple[str, str, str], ...]

    @property
    def has_staging(self) -> bool:
        """Without a staging environment nobody could sign off, so its Production asks for no sign-off."""
        return any(kind == Kind.STAGING for _, _, kind in self.places)


STANDARD = Preset(
    "standard",
    "Development \u2192 Staging \u2192 Production",
    (
        ("development", "Development", Kind.DEVELOPMENT),
        ("staging", "Staging", Kind.STAGING),
        ("production", "Production", Kind.PRODUCTION),
    ),
)
PRESETS = (
    STANDARD,
    Preset(
        "direct",
        "Development \u2192 Production",
        (("development", "Development", Kind.DEVELOPMENT), ("production", "Production", Kind.PRODUCTION)),
    ),
    Preset(
        "sandbox",
        "Draft \u2192 Sandbox \u2192 Live",
        (("draft", "Draft", Kind.DEVELOPMENT), ("sandbox", "Sandbox", Kind.STAGING), ("live", "Live", Kind.PRODUCTION)),
    ),
    Preset(
        "pre-release",
        "Draft \u2192 Sandbox \u2192 Pre-release \u2192 Live",
        (
            ("draft", "Draft", Kind.DEVELOPMENT),
            ("sandbox", "Sandbox", Kind.STAGING),
            ("pre-release", "Pre-release", Kind.STAGING),
            ("live", "Live", Kind.PRODUCTION),
        ),
    ),
)


def preset_named(name: str) -> Preset | None:
    """A preset by name."""
    return next((preset for preset in PRESETS if preset.name == name), None)
