"""What every test may ask for: the cast; and what is left out where the samples are not beside the checkout."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.template import Template
from django.test.utils import _TestState
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadFileScheduling

from tests.samples import SAMPLES

pytest_plugins = ("tests.remembering", "tests.cast", "tests.api.bulk")

TESTS = Path(__file__).resolve().parent

# How many examples a property is tried with: CI draws the same each time, every other run others.
hypothesis.settings.register_profile(
    "slipway", max_examples=int(os.environ.get("SLIPWAY_EXAMPLES", "60")), deadline=None
)
hypothesis.settings.load_profile("slipway")

READS_SAMPLES = ("tests.samples import", "tests.browser.acts import")

# CI always has the samples: there a missing folder fails the tests that read it.
collect_ignore = (
    [
        str(path)
        for path in TESTS.rglob("*.py")
        if any(words in path.read_text(encoding="utf-8") for words in READS_SAMPLES) and path.name != "conftest.py"
    ]
    if not SAMPLES.is_dir() and os.environ.get("CI") != "true"
    else []
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that wait for programs of their own begin, so that none of them is what a run ends with.

    The others follow from the last name to the first: those of agents take a second each, those of webhooks more.
    Files stay whole: a process that has told a story remembers it for the rest of the file.
    """
    slow = {item.path for item in items if any(item.iter_markers("browser")) or any(item.iter_markers("services"))}
    items.sort(key=lambda item: item.path, reverse=True)
    items.sort(key=lambda item: item.path not in slow)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives whole files to processes, and those that wait for programs of their own to one: the other works meanwhile.

    They also share the web servers of that process.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "programs" if _starts_programs(file) else file


@functools.cache
def _starts_programs(file: str) -> bool:
    return "mark.services" in (TESTS.parent / file).read_text(encoding="utf-8")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Takes the place of xdist's own order where files stay whole."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_report_header() -> str:
    """Says what a run without the samples does not cover."""
    if not collect_ignore:
        return ""
    return f"left out: {len(collect_ignore)} files of tests that read real configurations from ../shared/samples"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of this process, with what the memory of stories asks of it."""
    from tests.races import send_racers_home
    from tests.remembering import make_look  # a plugin, which pytest imports first

    with django_db_blocker.unblock():
        make_look()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        send_racers_home()
        # A process of a server may outlive it for a moment, and the database is dropped next.
        for patience in (0, 3_000):
            cursor.execute(
                """SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()""",
                [patience],
            )


@pytest.fixture(scope="session", autouse=True)
def templates_as_they_are(django_test_environment: None) -> None:
    """Without Django's note of each template, which no test looks at, a page is drawn as in production."""
    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]
