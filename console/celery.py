"""The Celery application: tasks take ids, may run twice and hold no rules (design.md section 4)."""

import os

from celery import Celery
from celery.schedules import crontab
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("slipway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # An abandoned message comes back soon; no task of ours runs longer than this.
    broker_transport_options={"visibility_timeout": 600},
    # Every worker takes both queues; an installation with many receivers gives the second one workers of its own.
    task_queues=[Queue("celery"), Queue("webhooks")],
    task_default_queue="celery",
    task_routes={"console.webhooks.jobs.deliver_webhook": {"queue": "webhooks"}},
    beat_schedule={
        "audit-checkpoints": {"task": "audit.jobs.write_checkpoints", "schedule": 60.0},
        "audit-verification": {"task": "audit.jobs.verify_chains", "schedule": crontab(hour="3", minute="15")},
        "outgoing-mail": {"task": "console.organizations.jobs.send_outgoing_mail", "schedule": 5.0},
        "unattended-jobs": {"task": "environments.jobs.sweep_jobs", "schedule": 10.0},
        "stale-approvals": {"task": "environments.jobs.revoke_stale_approvals", "schedule": 60.0},
        "webhooks": {"task": "console.webhooks.jobs.sweep_webhooks", "schedule": 2.0, "options": {"expires": 10}},
        "old-webhook-messages": {
            "task": "console.webhooks.jobs.forget_old_messages",
            "schedule": crontab(hour="4", minute="20"),
        },
        "old-notifications": {
            "task": "console.organizations.jobs.forget_old_notifications",
            "schedule": crontab(hour="4", minute="10"),
        },
        "expired-sessions": {"task": "console.jobs.clear_expired_sessions", "schedule": crontab(hour="4", minute="0")},
    },
)
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")
