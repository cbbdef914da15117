"""Questions that get no reply: the applicant is reminded once, and after a while the work goes on without one."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from common.errors import DomainError
from common.transactions import one_transaction
from requests_app.actors import Actor
from requests_app.models import RequestEvent, ServiceRequest
from requests_app.services.change import begin, finish
from requests_app.services.telling import tell
from requests_app.workflow import Verb


def remind() -> int:
    """Remind, once for each question, who has not replied for QUESTION_REMINDER_DAYS. Returns how many."""
    asked_before = timezone.now() - timedelta(days=settings.QUESTION_REMINDER_DAYS)
    unanswered = ServiceRequest.objects.unanswered_since(asked_before)
    reminded = RequestEvent.objects.filter(request=OuterRef("pk"), verb=Verb.REMIND, at__gte=OuterRef("paused_at"))
    return _each(unanswered.exclude(Exists(reminded)), _remind)


def resume() -> int:
    """Go on with whatever has got no reply by the end of the day named in ``reply_until``. Returns how many."""
    first_day_waited_for = timezone.localdate() - timedelta(days=settings.QUESTION_RESUME_DAYS)
    midnight = timezone.make_aware(datetime.combine(first_day_waited_for, time.min))
    return _each(ServiceRequest.objects.unanswered_since(midnight), _resume)


def reply_until(request: ServiceRequest) -> date:
    """The last day on which we wait for the reply to our question; as if asked now where nothing was asked."""
    return timezone.localdate(request.paused_at) + timedelta(days=settings.QUESTION_RESUME_DAYS)


def _each(requests: QuerySet[ServiceRequest], do: Callable[[int, int], None]) -> int:
    """Each in its own transaction; what somebody changed meanwhile waits for the next time."""
    done = 0
    for request_id, version in list(requests.order_by("pk").values_list("pk", "version")):
        try:
            do(request_id, version)
        except DomainError:
            continue
        done += 1
    return done


@one_transaction()
def _remind(request_id: int, version: int) -> None:
    change = begin(request_id=request_id, verb=Verb.REMIND, actor=Actor.system(), expected_version=version)
    request = finish(change)
    tell(request, "request_question_reminder", date=reply_until(request))


@one_transaction()
def _resume(request_id: int, version: int) -> None:
    finish(begin(request_id=request_id, verb=Verb.RESUME, actor=Actor.system(), expected_version=version))
