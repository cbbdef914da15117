"""Every status × verb × part, tried on real requests through the services.

The table below is written from the rules of the municipality, not from the code, so that a slip in
workflow.py or policies.py shows here.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from common.errors import DomainError
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.policies import verbs_for
from requests_app.services import answers, applicant, conversation, department, intake, triage
from requests_app.vocabulary import Kind, Outcome
from requests_app.workflow import TRANSITIONS, Status, Verb
from tests import factories
from tests.factories import People, Town

S = Status
TRIAGE = {"clerk", "specialist"}
DEPARTMENT = {"head_a", "staff_a"}
OWN = {"applicant"}
ALL_OPEN = {S.RECEIVED, S.ROUTED, S.IN_PROGRESS, S.WAITING_FOR_APPLICANT, S.ANSWERED, S.SCHEDULED}
AT_DEPARTMENT = {S.ROUTED, S.IN_PROGRESS}
WHERE_IT_WAS = S.IN_PROGRESS  # the waiting request below was asked while in progress

# (verb, from, who, to); None: the status stays. The request lies at head_a's department once routed.
RULES: list[tuple[Verb, set[Status], set[str], Status | None]] = [
    (Verb.ROUTE, {S.RECEIVED}, TRIAGE | {"system"}, S.ROUTED),
    (Verb.REJECT, {S.RECEIVED}, TRIAGE, S.REJECTED),
    (Verb.FORWARD, {S.RECEIVED}, TRIAGE, S.FORWARDED),
    (Verb.MERGE, {S.RECEIVED}, TRIAGE, S.MERGED),
    (Verb.MERGE, {S.MERGED}, {"system"}, None),
    (Verb.RESTORE, {S.REJECTED, S.FORWARDED}, TRIAGE, S.RECEIVED),
    (Verb.RESTORE, {S.MERGED}, TRIAGE | {"system"}, S.RECEIVED),
    (Verb.RECLASSIFY, {S.RECEIVED} | AT_DEPARTMENT, TRIAGE, None),
    (Verb.ASK, {S.RECEIVED}, TRIAGE, S.WAITING_FOR_APPLICANT),
    (Verb.ASK, AT_DEPARTMENT, TRIAGE | DEPARTMENT, S.WAITING_FOR_APPLICANT),
    (Verb.REPLY, {S.WAITING_FOR_APPLICANT}, OWN, WHERE_IT_WAS),
    (Verb.RESUME, {S.WAITING_FOR_APPLICANT}, TRIAGE | DEPARTMENT | {"system"}, WHERE_IT_WAS),
    (Verb.ACCEPT, {S.ROUTED}, DEPARTMENT, S.IN_PROGRESS),
    (Verb.RETURN_TO_TRIAGE, {S.ROUTED}, DEPARTMENT | {"system"}, S.RECEIVED),
    (Verb.RETURN_TO_TRIAGE, {S.IN_PROGRESS}, DEPARTMENT, S.RECEIVED),
    (Verb.REROUTE, AT_DEPARTMENT, TRIAGE, S.ROUTED),
    (Verb.DRAFT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, DEPARTMENT, None),
    (Verb.SUBMIT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, {"head_a"}, S.ANSWERED),
    (Verb.APPROVE_ANSWER, {S.ANSWERED}, {"specialist"}, S.CLOSED),
    (Verb.RETURN_ANSWER, {S.ANSWERED}, {"specialist"}, S.IN_PROGRESS),
    (Verb.EXTEND, AT_DEPARTMENT | {S.WAITING_FOR_APPLICANT}, TRIAGE | {"head_a"}, None),
    (Verb.ADD_INFORMATION, ALL_OPEN - {S.WAITING_FOR_APPLICANT}, OWN, None),
    (Verb.WITHDRAW, ALL_OPEN - {S.ANSWERED}, OWN, S.WITHDRAWN),
    (Verb.REOPEN, {S.CLOSED, S.SCHEDULED}, OWN | {"specialist"}, S.ROUTED),
    (Verb.RATE, {S.CLOSED}, OWN, None),
]
# Notes are written by whoever on the staff side sees the request; a department sees only what lies there.
AWAY_FROM_DEPARTMENT = {S.RECEIVED, S.REJECTED, S.FORWARDED, S.MERGED}

PARTS = [
    "applicant",
    "other_applicant",
    "system",
    "clerk",
    "agent",
    "specialist",
    "administrator",
    "head_a",
    "staff_a",
    "head_b",
    "stranger",
]


def allowed(verb: Verb, status: Status) -> tuple[set[str], Status | None]:
    """Who may do ``verb`` in ``status`` and where it leads, by the rules above."""
    if verb == Verb.ADD_NOTE:
        return TRIAGE | {"agent"} | (set() if status in AWAY_FROM_DEPARTMENT else DEPARTMENT), None
    for rule, sources, who, target in RULES:
        if rule == verb and status in sources:
            return who, target
    return set(), None


def actor_of(part: str, people: People, request: ServiceRequest) -> Actor:
    """The actor that plays ``part``."""
    if part == "applicant":
        return Actor.applicant(request.pk)
    if part == "other_applicant":
        return Actor.applicant(request.pk + 1000)
    return Actor.system() if part == "system" else Actor.staff(getattr(people, part))


# An information request, because only its period can be extended.
APPLICATION: dict[str, Any] = {"kind": Kind.INFORMATION}


def make_in(status: Status, town: Town, people: People) -> ServiceRequest:
    """A request that came to ``status`` the ordinary way."""
    clerk, head = Actor.staff(people.clerk), Actor.staff(people.head_a)
    later = date(2030, 5, 6)
    makers: dict[Status, Callable[[], Any]] = {
        S.RECEIVED: lambda: factories.submit(town, **APPLICATION),
        S.ROUTED: lambda: factories.routed(town, people, **APPLICATION),
        S.IN_PROGRESS: lambda: factories.in_progress(town, people, **APPLICATION),
        S.WAITING_FOR_APPLICANT: lambda: conversation.ask(
            request_id=factories.in_progress(town, people, **APPLICATION).pk, question="Kaç numara?", actor=head
        ),
        S.ANSWERED: lambda: factories.answered(town, people, **APPLICATION),
        S.SCHEDULED: lambda: answers.approve(
            request_id=factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=later, **APPLICATION).pk,
            actor=Actor.staff(people.specialist),
        ),
        S.CLOSED: lambda: factories.closed(town, people, **APPLICATION),
        S.REJECTED: lambda: triage.reject(
            request_id=factories.submit(town, **APPLICATION).pk, reason="Boş", actor=clerk
        ),
        S.FORWARDED: lambda: triage.forward(
            request_id=factories.submit(town, **APPLICATION).pk, authority=town.water_board, actor=clerk
        ),
        S.MERGED: lambda: triage.merge(
            request_id=factories.submit(town, **APPLICATION).pk,
            into_number=factories.submit(town).number,
            actor=clerk,
        ),
        S.WITHDRAWN: lambda: withdrawn(factories.routed(town, people, **APPLICATION)),
    }
    request: ServiceRequest = makers[status]()
    request.refresh_from_db()
    assert request.status == status
    return request


def withdrawn(request: ServiceRequest) -> ServiceRequest:
    """The applicant takes the request back."""
    return applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))


def perform(verb: Verb, request: ServiceRequest, actor: Actor, town: Town) -> None:
    """Call the service of ``verb`` with arguments that are right in every other respect."""
    pk = request.pk
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text="Yapıldı.")
    calls: dict[Verb, Callable[[], Any]] = {
        Verb.ROUTE: lambda: triage.route(request_id=pk, department=town.roads, actor=actor),
        Verb.REROUTE: lambda: triage.reroute(request_id=pk, department=town.parks, actor=actor),
        Verb.RECLASSIFY: lambda: triage.reclassify(
            request_id=pk, kind=Kind.REQUEST, category=town.tree, place=intake.Place(), actor=actor
        ),
        Verb.REJECT: lambda: triage.reject(request_id=pk, reason="Konu anlaşılmıyor.", actor=actor),
        Verb.FORWARD: lambda: triage.forward(request_id=pk, authority=town.water_board, actor=actor),
        Verb.MERGE: lambda: triage.merge(request_id=pk, into_number=factories.submit(town).number, actor=actor),
        Verb.RESTORE: lambda: triage.restore(request_id=pk, actor=actor),
        Verb.ASK: lambda: conversation.ask(request_id=pk, question="Hangi sokak?", actor=actor),
        Verb.REPLY: lambda: conversation.reply(request_id=pk, text="Çiçek Sokak.", files=[], actor=actor),
        Verb.RESUME: lambda: conversation.resume(request_id=pk, actor=actor),
        Verb.ACCEPT: lambda: department.accept(request_id=pk, actor=actor),
        Verb.RETURN_TO_TRIAGE: lambda: department.return_to_triage(request_id=pk, reason="Bizde değil.", actor=actor),
        Verb.DRAFT_ANSWER: lambda: answers.save_draft(request_id=pk, proposal=proposal, actor=actor),
        Verb.SUBMIT_ANSWER: lambda: answers.submit(request_id=pk, proposal=proposal, actor=actor),
        Verb.APPROVE_ANSWER: lambda: answers.approve(request_id=pk, actor=actor),
        Verb.RETURN_ANSWER: lambda: answers.return_answer(request_id=pk, reason="Kısa.", actor=actor),
        Verb.EXTEND: lambda: department.extend(request_id=pk, reason="Başka kuruma soruldu.", actor=actor),
        Verb.ADD_NOTE: lambda: conversation.add_note(request_id=pk, text="Arandı.", actor=actor),
        Verb.ADD_INFORMATION: lambda: conversation.add_information(request_id=pk, text="Ek", files=[], actor=actor),
        Verb.WITHDRAW: lambda: applicant.withdraw(request_id=pk, actor=actor),
        Verb.REOPEN: lambda: applicant.reopen(request_id=pk, reason="Yine aynı.", actor=actor),
        Verb.RATE: lambda: applicant.rate(request_id=pk, solved=True, score=5, comment="", actor=actor),
    }
    calls[verb]()


# Submitting has no status before it; approving a date is the same service as approving, tried on its own below.
WALKED = [verb for verb in Verb if verb not in (Verb.SUBMIT, Verb.APPROVE_DATE)]


@pytest.mark.parametrize("status", list(Status), ids=str)
def test_every_verb_by_every_part_does_what_the_rules_say_and_nothing_else(
    status: Status, town: Town, people: People
) -> None:
    request = make_in(status, town, people)
    for verb in WALKED:
        who, target = allowed(verb, status)
        for part in PARTS:
            case = f"{part} {verb} from {status}"
            expected = (target or status) if part in who else None
            assert outcome_of(verb, request, actor_of(part, people, request), town) == expected, case


def outcome_of(verb: Verb, request: ServiceRequest, actor: Actor, town: Town) -> str | None:
    """The status after ``verb``, or None where it was refused and left the request as it was. Rolled back."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                perform(verb, request, actor, town)
            after: str | None = ServiceRequest.objects.get(pk=request.pk).status
        except (DomainError, ServiceRequest.DoesNotExist):
            assert ServiceRequest.objects.get(pk=request.pk).version == request.version
            after = None
        transaction.set_rollback(True)
    return after


@pytest.mark.parametrize("status", list(Status), ids=str)
def test_pages_offer_exactly_what_the_services_would_do(status: Status, town: Town, people: People) -> None:
    request = make_in(status, town, people)
    for part in ("applicant", "clerk", "agent", "specialist", "head_a", "staff_a"):
        offered = verbs_for(actor_of(part, people, request), request)
        expected = {verb for verb in WALKED if part in allowed(verb, status)[0]}
        assert offered - {Verb.APPROVE_DATE} == expected, f"{part} in {status}"


def test_a_programme_date_is_approved_into_the_programme(town: Town, people: People) -> None:
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=date(2030, 5, 6))
    after = answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert (after.status, after.promised_on) == (Status.SCHEDULED, date(2030, 5, 6))


def test_every_status_can_be_reached_and_left_or_is_an_end() -> None:
    reached = {row.target for row in TRANSITIONS} | {Status.RECEIVED}
    assert set(Status) <= reached
    ends = {status for status in Status if all(row.target == "=" for row in TRANSITIONS if status in row.sources)}
    assert ends == {Status.WITHDRAWN}


def test_head_cannot_approve_an_own_answer_even_with_the_right_to_review(town: Town, people: People) -> None:
    people.head_a.groups.add(Group.objects.get(name="pr_specialist"))
    request = factories.answered(town, people)
    with pytest.raises(DomainError, match="siz gönderdiniz|yourself"):
        answers.approve(request_id=request.pk, actor=Actor.staff(people.head_a))
