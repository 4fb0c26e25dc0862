"""The shapes of the forms on the lists of items; what a value may be is decided by the verbs."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from agents.forms import TokenForm
from agents.knowledge_files import ENDINGS, FILES
from console.organizations.forms import ExactForm


class ItemActForm(TokenForm):
    """One act on one item as the person had seen it: `delete returns`, `duplicate returns`, `rename returns`."""

    act = forms.CharField(max_length=220, widget=forms.HiddenInput)
    name = forms.CharField(max_length=200, required=False)


class ItemUndoForm(TokenForm):
    """The item that comes back, and the digest under which it does."""

    slug = forms.CharField(max_length=200, widget=forms.HiddenInput)
    was = forms.CharField(max_length=64, widget=forms.HiddenInput)


class CallForm(ExactForm):
    """Arguments for an example call; nothing is stored."""

    arguments = forms.CharField(required=False, strip=False, max_length=200_000)


class ManyFilesInput(forms.ClearableFileInput):
    """A file input for several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files; a file that holds nothing is told as one result among others."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """The files, at most fifty."""
        files = [super(ManyFilesField, self).clean(one, initial) for one in data or [None]]
        if len(files) > FILES:
            message = _("%(count)d files were chosen, %(most)d are taken at a time. Nothing was changed.")
            raise forms.ValidationError(message, params={"count": len(files), "most": FILES})
        return files


class KnowledgeUploadForm(ExactForm):
    """Files that become knowledge documents, and what happens where a document of the same name is there already."""

    documents = ManyFilesField(
        label=_("Files"),
        allow_empty_file=True,
        help_text=_(
            "Text, Markdown or CSV in UTF-8; each at most 1 MiB, up to 50 at a time, 2 MiB in the whole document."
        ),
        widget=ManyFilesInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    same = forms.ChoiceField(
        label=_("When there is a document of the same name"),
        choices=[("leave", _("Leave it as it is")), ("replace", _("Replace its content")), ("both", _("Keep both"))],
        initial="leave",
        widget=forms.RadioSelect,
    )
