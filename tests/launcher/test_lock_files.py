"""What `make run` installs is fixed to the byte, and from whatever registry the machine uses."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file__each_requirement__is_pinned_with_a_hash(name: str) -> None:
    text = (CHECKOUT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert len(lines) > 40
    assert [line for line in lines if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file__whole_text__names_no_registry(name: str) -> None:
    text = (CHECKOUT / name).read_text()

    assert re.findall(r"://|--index-url|--extra-index-url|--find-links", text) == []


def test_lock_files__both__agree_on_every_version() -> None:
    pins = [dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (CHECKOUT / name).read_text(), re.M)) for name in LOCKS]

    assert pins[0].items() <= pins[1].items()
