"""The demo's content as it lies in `agents/<slug>/`: a folder like an exported one, and its story."""

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from agents.documents import load_text, load_zip

HERE = Path(__file__).parent
STORY = "story.yaml"


@dataclass(frozen=True)
class Folder:
    """One demo agent on disk."""

    path: Path

    @property
    def slug(self) -> str:
        """The agent's slug is the folder's name."""
        return self.path.name

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole document, with what the story adds only later; read as an import reads it."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for file in sorted(self.path.rglob("*.*")):
                if file.is_file() and file.name != STORY:
                    archive.writestr(str(file.relative_to(self.path)), file.read_bytes())
        return load_zip(buffer.getvalue())

    def steps(self) -> list[dict[str, Any]]:
        """The agent's story, in order."""
        return read_steps(self.path / STORY)


def folders() -> list[Folder]:
    """Every demo agent."""
    return [Folder(path.parent) for path in sorted((HERE / "agents").glob(f"*/{STORY}"))]


def read_steps(path: Path) -> list[dict[str, Any]]:
    """The steps of a story file."""
    steps: list[dict[str, Any]] = load_text(path.read_bytes(), filename=path.name)["steps"]
    return steps
