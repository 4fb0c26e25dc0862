"""Which form a part is edited with."""

from collections.abc import Mapping

from agents.part_forms import PartForm, TextPartForm
from agents.row_forms import PoliciesForm, TestForm, VariablesForm
from agents.schema_forms import IntegrationForm, KnowledgeForm, SettingsForm, ToolForm

# Section -> its own form; every other part, and every part with `?as=text`, is edited as text.
EDITORS: Mapping[str, type[PartForm]] = {
    "settings": SettingsForm,
    "knowledge": KnowledgeForm,
    "tools": ToolForm,
    "integrations": IntegrationForm,
    "policies": PoliciesForm,
    "variables": VariablesForm,
    "tests": TestForm,
}


def editor_for(path: str, *, as_text: bool = False) -> type[PartForm]:
    """The form of the part at this path."""
    return TextPartForm if as_text else EDITORS.get(path.partition("/")[0], TextPartForm)


def has_fields(path: str) -> bool:
    """Whether the part has a form of its own beside its text."""
    return path.partition("/")[0] in EDITORS
