"""Who may do what to a service request.

``roles_towards`` says which parts somebody plays; the workflow table says which parts a verb needs;
``check`` puts the two together with the few conditions a table cannot hold.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import DomainError, NotPermitted, StaleVersion, TransitionRefused
from common.workflow import Transition
from departments.querysets import roles_of
from departments.services.organisation import municipality
from requests_app.actors import Actor
from requests_app.models import AnswerState, ServiceRequest
from requests_app.vocabulary import ActorKind, Kind, Outcome
from requests_app.workflow import NEW, TRANSITIONS, Role, Status, Verb

Condition = Callable[[Actor, ServiceRequest], None]

DEFAULT_REOPEN_DAYS = 30


def roles_towards(actor: Actor, request: ServiceRequest) -> frozenset[Role]:
    """The parts ``actor`` plays towards ``request``."""
    if actor.kind == ActorKind.SYSTEM:
        return frozenset({Role.SYSTEM})
    if actor.kind == ActorKind.APPLICANT:
        return frozenset({Role.APPLICANT}) if actor.request_id == request.pk else frozenset()
    return _roles_of_user(actor, request)


def _roles_of_user(actor: Actor, request: ServiceRequest) -> frozenset[Role]:
    user = actor.user
    if user is None or not user.is_active:
        return frozenset()
    departments = roles_of(user)
    played = {
        Role.AGENT: user.has_perm("requests_app.enter"),
        Role.TRIAGE: user.has_perm("requests_app.triage"),
        Role.REVIEWER: user.has_perm("requests_app.review"),
        Role.HEAD: request.department_id in departments.head_of,
        Role.STAFF: request.department_id in departments.staff_of,
    }
    return frozenset(role for role, plays in played.items() if plays)


def check(actor: Actor, verb: Verb, request: ServiceRequest) -> Transition:
    """The transition that ``actor`` may make with ``verb`` on ``request`` now.

    Raises TransitionRefused where the verb does not exist in the present status, NotPermitted where the
    actor does not play a part that the verb needs, DomainError where a condition is not met or the request
    was erased.
    """
    if request.erased_at is not None:
        raise DomainError(_("The personal data of this application has been erased, so nothing can be done any more."))
    transition = TRANSITIONS.find(status=request.status if request.pk else NEW, verb=verb)
    if transition is None:
        raise TransitionRefused(
            status=request.status,
            verb=verb,
            message=_("This cannot be done any more: the request is now “%(status)s”.")
            % {"status": request.get_status_display()},
        )
    if not roles_towards(actor, request) & transition.roles:
        raise NotPermitted
    _check_condition(actor, verb, request)
    return transition


def can(actor: Actor, verb: Verb, request: ServiceRequest) -> bool:
    """Whether ``check`` would let it pass."""
    try:
        check(actor, verb, request)
    except DomainError:
        return False
    return True


def verbs_for(actor: Actor, request: ServiceRequest) -> frozenset[Verb]:
    """Everything ``actor`` may do to ``request`` now; what the pages offer. The parts are looked up once."""
    if request.erased_at is not None:
        return frozenset()
    roles = roles_towards(actor, request)
    rows = (row for row in TRANSITIONS if request.status in row.sources and row.roles & roles)
    return frozenset(Verb(row.verb) for row in rows if _condition_is_met(actor, Verb(row.verb), request))


def can_configure(user: User, row: Model) -> bool:
    """Whether ``user`` may add (a new ``row``) or change what the municipality configures."""
    return user.has_perm(f"{row._meta.app_label}.{'add' if row._state.adding else 'change'}_{row._meta.model_name}")


def _condition_is_met(actor: Actor, verb: Verb, request: ServiceRequest) -> bool:
    try:
        _check_condition(actor, verb, request)
    except DomainError:
        return False
    return True


def _check_condition(actor: Actor, verb: Verb, request: ServiceRequest) -> None:
    condition = _CONDITIONS.get(verb)
    if condition is not None:
        condition(actor, request)


def _only_information_requests_are_extended(actor: Actor, request: ServiceRequest) -> None:
    if request.kind != Kind.INFORMATION:
        raise DomainError(_("Only the period of an information request can be extended (Law 4982, art. 11)."))
    if request.extended:
        raise DomainError(_("The period has been extended already; it cannot be extended twice."))
    if request.legal_due_at is None:
        raise DomainError(_("This request has no legal period that could be extended."))
    if request.legal_due_at < (request.paused_at or timezone.now()):
        raise DomainError(
            _("The period has ended. The applicant has to be told of an extension before that (Law 4982, art. 11).")
        )


def _applicant_would_learn_of_it(actor: Actor, request: ServiceRequest) -> None:
    if request.applicant is None or not request.applicant.phone:
        raise DomainError(_("The applicant left no phone number and would never learn of the question."))


def _ended_and_within_reopen_window(actor: Actor, request: ServiceRequest) -> None:
    _the_other_has_ended(request)
    worked_on = request.worked_on
    if worked_on.status == Status.CLOSED and timezone.now() > reopen_until(worked_on):
        raise DomainError(_("The time to reopen this request has passed. Please make a new application."))


def _withdrawn_within_reopen_window(actor: Actor, request: ServiceRequest) -> None:
    if request.status == Status.WITHDRAWN and timezone.now() > reopen_until(request):
        raise DomainError(_("The time to continue this application has passed. Please make a new one."))


def _the_other_has_ended(request: ServiceRequest) -> None:
    if request.merged_into is not None and request.merged_into.status != Status.CLOSED:
        raise DomainError(_("The application that yours was joined with has not been concluded yet."))


def reopen_until(request: ServiceRequest) -> datetime:
    """The moment until which a closed request may be reopened and a withdrawn one continued; as if ended now if open."""
    place = municipality()
    days = place.reopen_days if place else DEFAULT_REOPEN_DAYS
    return (request.closed_at or timezone.now()) + timedelta(days=days)


def approving(outcome: str) -> Verb:
    """The verb that approves an answer with this outcome."""
    return _APPROVALS.get(outcome, Verb.APPROVE_ANSWER)


_APPROVALS: dict[str, Verb] = {
    Outcome.SCHEDULED: Verb.APPROVE_DATE,
    Outcome.NOT_OURS: Verb.APPROVE_FORWARDING,
}


def _approves_with(verb: Verb) -> Condition:
    """Only the verb that belongs to the outcome of the answer, and only by somebody else than who sent it."""

    def condition(actor: Actor, request: ServiceRequest) -> None:
        outcomes = request.answers.filter(state=AnswerState.SUBMITTED).values_list("outcome", flat=True)
        if verb not in map(approving, outcomes):
            raise StaleVersion(_("There is no answer to review any more; somebody else was quicker."))
        _reviewed_by_another(actor, request)

    return condition


def _reviewed_by_another(actor: Actor, request: ServiceRequest) -> None:
    if request.answers.filter(state=AnswerState.SUBMITTED, submitted_by=actor.user).exists():
        raise DomainError(_("You submitted this answer yourself, so somebody else has to review it."))


def _ended_and_not_rated_yet(actor: Actor, request: ServiceRequest) -> None:
    _the_other_has_ended(request)
    if request.feedback.filter(closing=request.closing).exists():
        raise DomainError(_("You have already told us what you think. Thank you."))


_CONDITIONS = {
    Verb.ASK: _applicant_would_learn_of_it,
    Verb.EXTEND: _only_information_requests_are_extended,
    Verb.REOPEN: _ended_and_within_reopen_window,
    Verb.RESTORE: _withdrawn_within_reopen_window,
    Verb.APPROVE_ANSWER: _approves_with(Verb.APPROVE_ANSWER),
    Verb.APPROVE_DATE: _approves_with(Verb.APPROVE_DATE),
    Verb.APPROVE_FORWARDING: _approves_with(Verb.APPROVE_FORWARDING),
    Verb.RETURN_ANSWER: _reviewed_by_another,
    Verb.RATE: _ended_and_not_rated_yet,
}
