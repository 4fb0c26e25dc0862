"""Addresses of the pages of many agents; part of `environments.urls`."""

from django.urls import path

from environments.views import boards, bulk, pipelines

AGENT = "o/<slug:organization>/agents/<slug:agent>/"

urlpatterns = [
    path("o/<slug:organization>/queue", boards.queue, name="queue"),
    path("o/<slug:organization>/queue/claim", boards.claim, name="queue-claim"),
    path(f"{AGENT}peek", boards.peek, name="agent-peek"),
    path("o/<slug:organization>/settings/environments", pipelines.pipeline, name="pipeline"),
    path(
        "o/<slug:organization>/settings/environments/<slug:environment>", pipelines.environment, name="pipeline-place"
    ),
    path(
        "o/<slug:organization>/settings/environments/<slug:environment>/delete",
        pipelines.remove,
        name="pipeline-remove",
    ),
    path("o/<slug:organization>/bulk", bulk.choose, name="bulk"),
    path("o/<slug:organization>/bulk/review", bulk.review, name="bulk-review"),
    path("o/<slug:organization>/jobs/", bulk.job_list, name="jobs"),
    path("o/<slug:organization>/jobs/<uuid:job>/", bulk.job, name="job"),
    path("o/<slug:organization>/jobs/<uuid:job>/act", bulk.act, name="job-act"),
]
