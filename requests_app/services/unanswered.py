"""Questions that get no reply: the applicant is reminded once, and after a while the work goes on without one."""

from collections.abc import Callable
from datetime import timedelta

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
    unanswered = _unanswered(settings.QUESTION_REMINDER_DAYS)
    reminded = RequestEvent.objects.filter(request=OuterRef("pk"), verb=Verb.REMIND, at__gte=OuterRef("paused_at"))
    return _each(unanswered.exclude(Exists(reminded)), _remind)


def resume() -> int:
    """Go on with what has waited for a reply for QUESTION_RESUME_DAYS. Returns how many."""
    return _each(_unanswered(settings.QUESTION_RESUME_DAYS), _resume)


def _unanswered(days: int) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.unanswered_since(timezone.now() - timedelta(days=days))


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
    asked_on = timezone.localdate(request.paused_at)
    tell(request, "request_question_reminder", date=asked_on + timedelta(days=settings.QUESTION_RESUME_DAYS))


@one_transaction()
def _resume(request_id: int, version: int) -> None:
    finish(begin(request_id=request_id, verb=Verb.RESUME, actor=Actor.system(), expected_version=version))
