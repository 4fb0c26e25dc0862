"""What a worker does with a delivery: signed, at least once, in its time, whatever the receiver does (G27, T34)."""

import random
from datetime import timedelta

import pytest
from pytest_django import Settings

from audit.clock import shifted_by
from console.launcher.home import random_encryption_key
from console.organizations.models import Notification, Organization
from console.outbound import calling
from console.webhooks import sending
from console.webhooks.actions import rotate_secret, send_test
from console.webhooks.jobs import forget_old_messages
from console.webhooks.models import Attempt, Delivery, Webhook
from console.webhooks.pacing import WAITS, wait_after
from console.webhooks.signing import signature
from tests.builders import a_small_agent
from tests.cast import Person
from tests.webhooks.hooking import a_webhook, after, done, one_round, only_delivery, to_the_end
from tests.webhooks.receiving import Receiver, endless, raw, silent, status

pytestmark = pytest.mark.django_db


def verified(receiver: Receiver, secret: str, place: int = -1) -> bool:
    """What a receiver checks of a request that it got."""
    got = receiver.got[place]
    made = signature(secret, got.id, int(got.headers["webhook-timestamp"]), got.body.decode())
    return made in got.headers["webhook-signature"].split()


def test_delivery__receiver_answers_2xx__arrives_once_and_is_signed(
    organization: Organization, mara: Person, dana: Person, receiver: Receiver
) -> None:
    made = a_webhook(organization, mara, receiver)
    a_small_agent(organization, dana)

    assert one_round() == 1
    assert one_round() == 0

    delivery, got = only_delivery(made.webhook), receiver.got[0]
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert (got.path, got.id, got.body.decode()) == ("/hook", delivery.message.name, delivery.message.body)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == receiver.address
    assert verified(receiver, made.secret)
    assert not verified(receiver, "whsec_c2ltcGxlIG90aGVyIHNlY3JldCBvZiBzb21lYm9keQ==")


def test_rotation__during_the_overlap__both_secrets_sign_and_then_only_the_new_one(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    made = a_webhook(organization, mara, receiver)
    new = rotate_secret(made.webhook, actor=mara.actor(), overlap_hours=1)
    send_test(made.webhook, actor=mara.actor())
    one_round()
    with_both = (verified(receiver, made.secret), verified(receiver, new.secret))

    send_test(made.webhook, actor=mara.actor())
    after(hours=2)

    assert with_both == (True, True)
    assert (verified(receiver, made.secret), verified(receiver, new.secret)) == (False, True)


def test_delivery__receiver_fails_for_two_days__is_tried_eleven_times_over_a_day_and_becomes_a_dead_letter(
    hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    receiver.always = status(503, b"Out for lunch")
    send_test(hook, actor=mara.actor())

    to_the_end(hook)

    delivery = only_delivery(hook)
    log = list(Attempt.objects.filter(delivery=delivery).order_by("number"))
    assert (delivery.state, len(log)) == ("dead", len(WAITS) + 1)
    assert len(log) >= 8
    assert log[-1].at - log[0].at >= timedelta(hours=24)
    assert {got.id for got in receiver.got} == {delivery.message.name}
    assert len({got.body for got in receiver.got}) == 1
    assert {(one.status, one.reply) for one in log} == {(503, "Out for lunch")}
    after(hours=90)
    assert len(receiver.got) == len(log)


def test_wait_after__retry_after__asks_for_more_up_to_a_cap_and_never_for_less() -> None:
    assert 5 <= (wait_after(1) or 0) <= 5.5
    assert 5 <= (wait_after(1, "1") or 0) <= 5.5
    assert wait_after(1, "900") == 900
    assert wait_after(1, "9" * 30) == 6 * 3600
    assert wait_after(1, "Fri, 31 Dec 9999 23:59:59 GMT") == 6 * 3600
    for nonsense in ("soon", "-5", "Mon, 99 Foo 2026", "²", ""):
        assert (wait_after(1, nonsense) or 0) <= 5.5
    assert wait_after(len(WAITS) + 1) is None
    assert sum(WAITS) >= 24 * 3600


def test_delivery__receiver_asks_to_wait__waits(hook: Webhook, mara: Person, receiver: Receiver) -> None:
    receiver.answers = [status(429, Retry_After="3600")]
    send_test(hook, actor=mara.actor())

    one_round()

    assert after(minutes=50) == 0
    assert after(minutes=62) == 1


def test_delivery__redirect__is_a_failure_and_is_not_followed(hook: Webhook, mara: Person, receiver: Receiver) -> None:
    for code in (301, 302, 307, 308):
        receiver.answers = [status(code, Location=receiver.url("/elsewhere"))]
        send_test(hook, actor=mara.actor())
        one_round()

    assert {got.path for got in receiver.got} == {"/hook"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}


@pytest.mark.parametrize(
    ("answer", "kept_status", "trouble"),
    [
        (endless, 200, ""),
        (status(200, b"y" * 300_000), 200, ""),
        (raw(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 70_000), None, "not HTTP"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), None, "not HTTP"),
        (raw(b"HTTP/1.1 999 \0\xff\r\nContent-Length: -5\r\n\r\n\0\xff\xfe"), 999, ""),
        (raw(b""), None, "without an answer"),
        (silent, None, "in time"),
        (raw(*[b"H"] * 40, pause=0.02), None, "in time"),
    ],
    ids=["endless", "huge", "huge header", "no http", "odd bytes", "nothing", "silent", "drip"],
)
def test_delivery__receiver_answers_anything__is_over_soon_and_written_down(
    hook: Webhook,
    mara: Person,
    receiver: Receiver,
    answer: object,
    kept_status: int | None,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "TOTAL_SECONDS", 0.4)
    receiver.answers = [answer]  # type: ignore[list-item]
    send_test(hook, actor=mara.actor())

    one_round()

    attempt = Attempt.objects.get()
    assert (attempt.status, trouble in attempt.trouble) == (kept_status, True), attempt.trouble
    assert attempt.milliseconds < 1500
    assert len(attempt.reply) <= 2_000
    assert only_delivery(hook).state == ("delivered" if kept_status == 200 else "pending")


def test_delivery__nobody_listens__is_a_failure_with_words(hook: Webhook, mara: Person, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW_HOSTS = ["127.0.0.1"]
    Webhook.objects.update(url="http://127.0.0.1:9/")
    send_test(hook, actor=mara.actor())

    one_round()

    assert Attempt.objects.get().trouble == "The connection failed: Connection refused."
    assert only_delivery(hook).state == "pending"


def test_webhook__that_leads_inside_when_it_is_used__is_switched_off_without_a_call(
    hook: Webhook, mara: Person, receiver: Receiver, settings: Settings
) -> None:
    send_test(hook, actor=mara.actor())
    settings.WEBHOOK_ALLOW_HOSTS = []

    one_round()

    hook.refresh_from_db()
    assert (hook.disabled_because, receiver.got) == ("not_allowed", [])
    assert done("webhook.disabled").data == {"reason": "not_allowed"}
    assert "https://" in Attempt.objects.get().trouble
    assert only_delivery(hook).state == "pending"


def test_receiver__answers_410__is_switched_off_and_the_admins_are_told(
    hook: Webhook, mara: Person, receiver: Receiver, mailoutbox: list[object]
) -> None:
    receiver.answers = [status(410)]
    send_test(hook, actor=mara.actor())

    one_round()

    hook.refresh_from_db()
    assert hook.disabled_because == "gone"
    event = done("webhook.disabled")
    assert (event.actor, event.data["reason"]) == (None, "gone")
    notice = Notification.objects.get(user=mara.user, event="webhook_disabled")
    assert notice.said == "The receiver answered 410 Gone."
    assert "was switched off" in mara.client().get("/o/harbourline/notifications").content.decode()
    assert mara.client().get(f"/o/harbourline/notifications/{notice.pk}").status_code == 302
    assert len(mailoutbox) == 1


def test_receiver__fails_for_three_days__is_switched_off_and_keeps_what_waits(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, receiver: Receiver
) -> None:
    receiver.always = status(500)
    for number in range(2):
        a_small_agent(organization, dana, slug=f"agent-{number}")
    one_round()
    to_the_end(hook)
    hook.refresh_from_db()
    assert hook.disabled_at is None
    assert hook.failures >= 20
    a_small_agent(organization, dana, slug="late")

    after(hours=80)

    hook.refresh_from_db()
    assert hook.disabled_because == "failing"
    assert list(hook.deliveries.filter(state="pending").values_list("tries", flat=True)) == [1]
    came = len(receiver.got)
    a_small_agent(organization, dana, slug="later")
    after(hours=90)
    assert (len(receiver.got), hook.deliveries.filter(state="pending").count()) == (came, 2)


def test_receiver__fails_three_times_of_ten__gets_everything_with_its_own_id(
    organization: Organization, hook: Webhook, dana: Person, receiver: Receiver
) -> None:
    dice = random.Random(27)
    receiver.always = lambda handler: (status(500) if dice.random() < 0.3 else status(200))(handler)
    for number in range(12):
        a_small_agent(organization, dana, slug=f"agent-{number}")
    one_round()

    to_the_end(hook)

    assert set(hook.deliveries.values_list("state", flat=True)) == {"delivered"}
    names = {delivery.message.name for delivery in hook.deliveries.select_related("message")}
    assert {got.id for got in receiver.got} == names
    assert len(receiver.got) > len(names) == 12


def test_webhook__with_two_calls_under_way__gets_no_third_and_others_are_not_held_up(
    organization: Organization, hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    for _ in range(3):
        send_test(hook, actor=mara.actor())
    other = a_webhook(organization, mara, receiver).webhook
    send_test(other, actor=mara.actor())
    claimed = [sending.claim(hook.pk), sending.claim(hook.pk), sending.claim(hook.pk)]

    assert [one is None for one in claimed] == [False, False, True]
    assert one_round() == 1
    assert other.deliveries.get().state == "delivered"


def test_webhooks__that_fail_on_and_on__share_two_calls_and_the_others_keep_theirs(
    organization: Organization, hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    failing = [a_webhook(organization, mara, receiver).webhook for _ in range(3)]
    for one in (hook, *failing):
        send_test(one, actor=mara.actor())

    Webhook.objects.exclude(pk=hook.pk).update(failures=sending.PATIENCE, failing_since=hook.created_at)

    claimed = [sending.claim(one.pk) for one in failing]

    assert [one is None for one in claimed] == [False, False, True]
    assert sending.claim(hook.pk) is not None
    assert sending.attempt(claimed[0])  # type: ignore[arg-type]  # it was claimed
    assert sending.claim(failing[2].pk) is not None


def test_worker__dies_while_sending__another_one_sends_the_same_again_and_the_late_one_writes_nothing(
    hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    send_test(hook, actor=mara.actor())
    lost = sending.claim(hook.pk)
    assert lost is not None
    assert one_round() == 0  # the lease holds

    assert after(seconds=31) == 1

    assert sending.attempt(lost) is False
    assert len(receiver.got) == 2
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    delivery = only_delivery(hook)
    assert (delivery.state, delivery.attempts, Attempt.objects.count()) == ("delivered", 2, 1)


def test_secret__that_no_key_opens__is_a_failure_that_sends_nothing(
    hook: Webhook, mara: Person, receiver: Receiver, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [random_encryption_key()]
    send_test(hook, actor=mara.actor())

    one_round()

    assert receiver.got == []
    assert "encryption key" in Attempt.objects.get().trouble
    assert only_delivery(hook).state == "pending"


def test_messages__of_more_than_thirty_days_ago__are_forgotten(hook: Webhook, mara: Person) -> None:
    send_test(hook, actor=mara.actor())
    one_round()

    assert forget_old_messages() == 0
    with shifted_by(timedelta(days=31)):
        assert forget_old_messages() > 0
    assert not Delivery.objects.exists()
