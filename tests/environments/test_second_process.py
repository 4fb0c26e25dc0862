"""The second process of a large bulk job carries items out as the worker does; without it the worker does them all."""

import os
import select
import signal
from dataclasses import replace

import pytest
from django.utils import timezone

from console.benchmarks.bulk import make_ready
from console.benchmarks.people import found_crew
from environments import bulk
from environments.actions import start_promotion
from environments.models import Deployment, JobItem
from environments.second_process import second_process

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

START_SECONDS = 30.0


def test_items__given_to_the_second_process__move_once_also_when_it_is_killed() -> None:
    crew = found_crew()
    make_ready(crew, 4)
    admin = replace(crew.admin, proven_at=timezone.now())
    job = start_promotion(crew.organization, actor=admin, source="staging", target="production", ticket="OPS-1")
    items = list(JobItem.objects.filter(job=job).values_list("pk", flat=True))

    with second_process(wanted=True) as second:
        assert second is not None
        assert second._process.stdout is not None
        assert select.select([second._process.stdout], [], [], START_SECONDS)[0]
        assert second.is_ready()
        bulk._carry_out_with(second, items[:3])
        assert job.counts()["promoted"] == 3
        os.kill(second._process.pid, signal.SIGKILL)
        second._process.wait()
        bulk._carry_out_with(second, items)
        assert not second.is_ready()

    assert job.counts()["promoted"] == Deployment.objects.filter(job=job.pk).count() == 4
