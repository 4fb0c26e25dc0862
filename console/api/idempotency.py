"""Idempotency keys: the same request under the same key is carried out once and answered the same (G19, T21).

The row is claimed and committed before the act begins. A process that dies between the act's commit and the
keeping of its answer leaves a claim whose lease runs out; whether the act happened is then read from the audit
log, where its event carries the id of that very execution, so that it is never carried out twice.

A kept answer is told again only to who may now what they might when it was given: a key that was revoked gets no
further than the frame (401), one whose person was demoted is refused here.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.models import Event
from console.api.problems import of_refusal, problem
from console.api.rights import refusal_to_repeat, rights_now
from console.organizations.models import IdempotentCall, User

LEASE = timedelta(seconds=60)  # no call of the API runs longer
KEPT = timedelta(hours=24)
LONGEST_KEY = 255
LARGEST_ANSWER = 4 * 1024 * 1024
KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Allow")
# These speak of the moment, not of the act: the same call may well succeed later.
NOT_KEPT = frozenset({401, 408, 409, 412, 413, 415, 428, 429, 500, 502, 503})


def once(request: HttpRequest, person: User, key: str, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """The answer of the call, or the kept answer of the same call before."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        return problem(request, 400, "invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable characters.")
    call, claimed = _claim(request, person, key)
    if not claimed:
        return _repeat(request, person, call)
    request.request_id = call.execution  # type: ignore[attr-defined]  # the event of the act names this execution
    try:
        response = answer(request)
    except BaseException:
        call.delete()
        raise
    _keep(call, response)
    return response


def _claim(request: HttpRequest, person: User, key: str) -> tuple[IdempotentCall, bool]:
    """The row of this caller and key, and whether this request may carry the act out."""
    now, scope = timezone.now(), _scope(person)
    call = IdempotentCall(
        organization=request.organization,  # type: ignore[attr-defined]  # set with the caller
        caller=scope,
        key=key,
        request_digest=_digest(request),
        execution=request.request_id,  # type: ignore[attr-defined]
        lease_until=now + LEASE,
        created_at=now,
        rights=rights_now(request, person),
    )
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        return _known(request, call)
    return call, True


def _known(request: HttpRequest, claim: IdempotentCall) -> tuple[IdempotentCall, bool]:
    """Take over a claim that is too old to be kept, or whose process died before it did anything."""
    with transaction.atomic():
        known = IdempotentCall.objects.select_for_update(no_key=True).filter(caller=claim.caller, key=claim.key).first()
        now = timezone.now()
        if known is None:  # its call was refused and forgotten a moment ago
            return claim, False
        is_over = known.status is not None and now - known.created_at > KEPT
        has_died = known.status is None and known.lease_until < now
        same = known.request_digest == claim.request_digest
        if not is_over and not (has_died and same and not _happened(known)):
            return known, False
        known.request_digest, known.status, known.body = claim.request_digest, None, b""
        known.execution, known.rights = claim.execution, claim.rights
        known.lease_until, known.created_at = now + LEASE, now
        known.save()
        return known, True


def _repeat(request: HttpRequest, person: User, call: IdempotentCall) -> HttpResponse:
    if call.request_digest != _digest(request):
        detail = "This Idempotency-Key was used for another request. Nothing was changed. Use a new key."
        return problem(request, 422, "idempotency_key_reused", detail)
    refusal = refusal_to_repeat(request, person, call)
    if refusal is not None:
        return of_refusal(request, refusal)
    if call.status is None and call.lease_until < timezone.now():
        detail = "This request was carried out, but its answer is not kept. Read the object anew."
        return problem(request, 409, "answer_lost", detail)
    if call.status is None:
        answer = problem(request, 409, "request_in_progress", "The same request is still under way. Ask again soon.")
        answer.headers["Retry-After"] = "1"
        return answer
    response = HttpResponse(bytes(call.body), status=call.status)
    for name, value in call.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(call: IdempotentCall, response: HttpResponse) -> None:
    """Keep the answer of an act; forget the claim of a call that was refused for the moment.

    An answer that its route lets nobody keep holds the text of a key: who asks again is told that it was given once.
    """
    if response.streaming or response.status_code in NOT_KEPT or len(response.content) > LARGEST_ANSWER:
        call.delete()
        return
    if "no-store" in response.headers.get("Cache-Control", ""):
        call.lease_until = timezone.now()
        call.save(update_fields=["lease_until"])
        return
    call.status, call.body = response.status_code, response.content
    call.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    call.save(update_fields=["status", "body", "headers"])


def _happened(call: IdempotentCall) -> bool:
    return Event.objects.filter(
        organization_id=call.organization_id, request_id=call.execution, outcome=Event.Outcome.DONE
    ).exists()


def _scope(person: User) -> str:
    return f"key:{person.key.pk}" if person.key else f"person:{person.pk}"


def _digest(request: HttpRequest) -> str:
    tenant = request.organization.pk  # type: ignore[attr-defined]  # a session may go to another organization
    head = f"{tenant}\n{request.method}\n{request.get_full_path()}\n{request.headers.get('If-Match', '')}\n"
    return sha256(head.encode("utf-8", "replace") + request.body).hexdigest()
