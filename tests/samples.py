"""Real configurations of other systems, read from beside the checkout and never copied into it."""

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def vendor_files() -> list[Path]:
    """Every file of Vapi and ElevenLabs in the samples; a missing folder is a failure, not an empty list."""
    files = [
        path
        for folder in sorted(SAMPLES.iterdir())
        if folder.name.startswith(("vapi-", "elevenlabs-"))
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".json", ".yml", ".yaml") and "flows" not in path.parts
    ]
    if len(files) < 25:
        message = f"{len(files)} vendor files in {SAMPLES}, expected 25 at least"
        raise AssertionError(message)
    return files
