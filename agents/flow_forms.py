"""The shapes of the flow pages' forms; what an act may do is decided by agents.flow_edits."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.flow_edits import change_node
from agents.form_fields import name_for
from agents.forms import ExactText, TextForm, TokenForm
from agents.schema import models
from agents.schema_forms import SchemaForm
from console.organizations.errors import Invalid, Refusal

TYPES = ("say", "collect", "branch", "tool", "transfer", "end")


class FlowActForm(TextForm):
    """One act on the flow as it was when the page was shown (`token`); `here` is the node whose page asked."""

    act = forms.CharField(max_length=220, strip=False, widget=forms.HiddenInput)
    token = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    here = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("What transitions call it. Letters, digits, _ . and -; empty: made from the type."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    type = forms.CharField(
        label=_("Type"),
        max_length=200,
        required=False,
        help_text=_("say, collect, branch, tool, transfer, end, or a vendor's own."),
        widget=forms.TextInput(attrs={"list": "node-types", "autocomplete": "off"}),
    )
    text = ExactText(
        label=_("Text"),
        strip=False,
        required=False,
        help_text=_("What it says, asks or decides."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    after = forms.CharField(label=_("After"), max_length=200, required=False, widget=forms.Select)
    target = forms.CharField(label=_("To"), max_length=200, required=False, widget=forms.Select)
    when = forms.CharField(
        label=_("Condition"),
        max_length=2000,
        required=False,
        help_text=_("When the way is taken; empty: always."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, nodes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, name) for name in nodes]
        self._select("after").choices = [("", _("Nothing leads to it yet")), *choices]
        self._select("target").choices = choices

    def typed(self) -> Mapping[str, str]:
        """The fields as an act takes them."""
        return {name: self.cleaned_data.get(name) or "" for name in ("name", "type", "text", "after", "target", "when")}

    def show(self, refusal: Refusal) -> None:
        """Put the refusal of an act to the fields that it speaks of."""
        if isinstance(refusal, Invalid):
            self.take(refusal)
        else:
            self.add_error(None, refusal.detail)

    def _select(self, name: str) -> forms.Select:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)  # noqa: S101
        return widget


class UndoForm(TokenForm):
    """Back to the part under the digest `was`; "" for the time before it was there."""

    was = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class NodeForm(SchemaForm):
    """The fields of one node; a save writes the flow with this node in it."""

    template = "agents/node.html"
    model = models.Node
    act: FlowActForm | None = None  # an act of the page that was refused

    def __init__(self, *args: Any, node: str, **kwargs: Any) -> None:
        self.node = node
        flow = kwargs["config"].get("flow") or {}
        used = (str(one.get("type")) for one in flow.get("nodes", {}).values())
        self.suggestions = {  # type: ignore[misc]  # of this flow, not of the class
            "type": tuple(dict.fromkeys([*TYPES, *used])),
            "tool": tuple(sorted(kwargs["config"].get("tools") or {})),
        }
        super().__init__(*args, **kwargs)

    @property
    def former(self) -> Any:
        """The node as it is in the draft now."""
        return self.flow["nodes"].get(self.node)

    @property
    def flow(self) -> Mapping[str, Any]:
        """The flow around it."""
        return dict(self.config["flow"])

    def value(self) -> Any:
        """The flow with the node as it was typed."""
        return change_node(self.flow, self.node, self.reading.value)

    def field_of(self, pointer: str) -> str | None:
        """The field of a place in the node; what is wrong elsewhere in the flow stands above the form."""
        steps = pointer.split("/")[1:]
        is_here = steps[:2] == ["flow", "nodes"] and steps[2:3] == [self.node]
        return (name_for(self.specs, steps[3:]) or None) if is_here else None
