"""Every status × verb × part, tried on real requests through the services.

The table below is written from the rules of the municipality, not from the code, so that a slip in
workflow.py or policies.py shows here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from common.errors import DomainError, NotPermitted
from common.secrets import new_secret
from requests_app import policies
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.policies import verbs_for
from requests_app.services import answers, applicant, conversation, department, intake, triage
from requests_app.services.change import begin, finish
from requests_app.vocabulary import Kind, Outcome
from requests_app.workflow import TRANSITIONS, Status, Verb
from tests import factories
from tests.factories import People, Town

S = Status
REVIEW = {"specialist", "manager"}
TRIAGE = {"clerk"} | REVIEW
ENTRY = {"agent"} | TRIAGE
DEPARTMENT = {"head_a", "staff_a"}
OWN = {"applicant"}
ALL_OPEN = {S.RECEIVED, S.ROUTED, S.IN_PROGRESS, S.WAITING_FOR_APPLICANT, S.ANSWERED, S.SCHEDULED}
AT_DEPARTMENT = {S.ROUTED, S.IN_PROGRESS}
WHERE_IT_WAS = "where it was"

# (verb, from, who, to); None: the status stays. The request lies at head_a's department once routed; a department
# sees only what lies there.
RULES: list[tuple[Verb, set[Status], set[str], str | None]] = [
    (Verb.ROUTE, {S.RECEIVED}, TRIAGE | {"system"}, S.ROUTED),
    (Verb.REJECT, {S.RECEIVED}, TRIAGE, S.REJECTED),
    (Verb.FORWARD, {S.RECEIVED}, TRIAGE, S.FORWARDED),
    (Verb.MERGE, {S.RECEIVED}, TRIAGE, S.MERGED),
    (Verb.MERGE, {S.MERGED}, {"system"}, None),
    (Verb.RESTORE, {S.REJECTED, S.FORWARDED}, TRIAGE, S.RECEIVED),
    (Verb.RESTORE, {S.MERGED}, TRIAGE | {"system"}, S.RECEIVED),
    (Verb.RESTORE, {S.WITHDRAWN}, OWN | TRIAGE, S.RECEIVED),
    (Verb.RECLASSIFY, {S.RECEIVED} | AT_DEPARTMENT, TRIAGE, None),
    (Verb.ASK, {S.RECEIVED} | AT_DEPARTMENT, TRIAGE | DEPARTMENT, S.WAITING_FOR_APPLICANT),
    (Verb.REPLY, {S.WAITING_FOR_APPLICANT}, OWN, WHERE_IT_WAS),
    (Verb.REMIND, {S.WAITING_FOR_APPLICANT}, {"system"}, None),
    (Verb.RESUME, {S.WAITING_FOR_APPLICANT}, TRIAGE | DEPARTMENT | {"system"}, WHERE_IT_WAS),
    (Verb.ACCEPT, {S.ROUTED}, DEPARTMENT, S.IN_PROGRESS),
    (Verb.RETURN_TO_TRIAGE, {S.ROUTED}, DEPARTMENT | {"system"}, S.RECEIVED),
    (Verb.RETURN_TO_TRIAGE, {S.IN_PROGRESS}, DEPARTMENT, S.RECEIVED),
    (Verb.REROUTE, AT_DEPARTMENT, TRIAGE, S.ROUTED),
    (Verb.DRAFT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, DEPARTMENT, None),
    (Verb.SUBMIT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, {"head_a"}, S.ANSWERED),
    (Verb.APPROVE_ANSWER, {S.ANSWERED}, REVIEW, S.CLOSED),
    (Verb.APPROVE_DATE, {S.ANSWERED}, REVIEW, S.SCHEDULED),
    (Verb.APPROVE_FORWARDING, {S.ANSWERED}, REVIEW, S.FORWARDED),
    (Verb.RETURN_ANSWER, {S.ANSWERED}, REVIEW, S.IN_PROGRESS),
    (Verb.EXTEND, AT_DEPARTMENT | {S.WAITING_FOR_APPLICANT}, TRIAGE | {"head_a"}, None),
    (Verb.ADD_INFORMATION, ALL_OPEN - {S.WAITING_FOR_APPLICANT}, OWN, None),
    (Verb.WITHDRAW, ALL_OPEN - {S.ANSWERED}, OWN, S.WITHDRAWN),
    (Verb.ADD_NOTE, set(S), ENTRY | DEPARTMENT, None),
    (Verb.REOPEN, {S.CLOSED, S.SCHEDULED}, OWN | REVIEW, S.ROUTED),
    (Verb.REOPEN, {S.MERGED}, OWN, S.RECEIVED),
    (Verb.RATE, {S.CLOSED, S.MERGED}, OWN, None),
]
# Of a merged request only once what it was merged into is closed.
AFTER_THE_END = {Verb.REOPEN, Verb.RATE}
APPROVALS = {Verb.APPROVE_ANSWER, Verb.APPROVE_DATE, Verb.APPROVE_FORWARDING}

PARTS = [
    "applicant",
    "other_applicant",
    "system",
    "clerk",
    "agent",
    "specialist",
    "manager",
    "administrator",
    "head_a",
    "staff_a",
    "head_b",
    "stranger",
]


@dataclass(frozen=True)
class Case:
    """A request that came to ``status`` the ordinary way: where a reply leads back to, and what approves it."""

    status: Status
    make: Callable[[Town, People], ServiceRequest]
    was: Status | None = None
    approval: Verb | None = None
    has_ended: bool = True

    def allowed(self, verb: Verb, request: ServiceRequest) -> tuple[set[str], str | None]:
        """Who may do ``verb`` here and where it leads, by the rules above."""
        if (verb in APPROVALS and verb != self.approval) or (verb in AFTER_THE_END and not self.has_ended):
            return set(), None
        for rule, sources, who, target in RULES:
            if rule == verb and self.status in sources:
                seen_by = who if request.department_id else who - DEPARTMENT
                return seen_by, self.was if target == WHERE_IT_WAS else target
        return set(), None


@pytest.fixture(autouse=True)
def manager(people: People) -> User:
    return factories.make_user("manager", "Deniz Müdür", "pr_manager")


def actor_of(part: str, people: People, request: ServiceRequest | None) -> Actor:
    """The actor that plays ``part``."""
    if part == "applicant":
        return Actor.applicant(request and request.pk)
    if part == "other_applicant":
        return Actor.applicant(request.pk + 1000 if request else 1000)
    if part == "manager":
        return Actor.staff(User.objects.get(email="manager@example.org"))
    return Actor.system() if part == "system" else Actor.staff(getattr(people, part))


# An information request, because only its period can be extended.
APPLICATION: dict[str, Any] = {"kind": Kind.INFORMATION}
LATER = date(2030, 5, 6)


def received(town: Town, people: People) -> ServiceRequest:
    return factories.submit(town, **APPLICATION)


def routed(town: Town, people: People) -> ServiceRequest:
    return factories.routed(town, people, **APPLICATION)


def in_progress(town: Town, people: People) -> ServiceRequest:
    return factories.in_progress(town, people, **APPLICATION)


def asked(make: Callable[[Town, People], ServiceRequest]) -> Callable[[Town, People], ServiceRequest]:
    """``make``, and then the applicant is asked something."""
    return lambda town, people: conversation.ask(
        request_id=make(town, people).pk, question="Kaç numara?", actor=Actor.staff(people.clerk)
    )


def answered(outcome: Outcome) -> Callable[[Town, People], ServiceRequest]:
    """An answer of this kind waits for review."""
    promised_on = LATER if outcome == Outcome.SCHEDULED else None
    return lambda town, people: factories.answered(
        town, people, outcome=outcome, promised_on=promised_on, **APPLICATION
    )


def approved(outcome: Outcome) -> Callable[[Town, People], ServiceRequest]:
    """An answer of this kind was approved."""
    return lambda town, people: answers.approve(
        request_id=answered(outcome)(town, people).pk, actor=Actor.staff(people.specialist)
    )


def rejected(town: Town, people: People) -> ServiceRequest:
    return triage.reject(request_id=received(town, people).pk, reason="Boş", actor=Actor.staff(people.clerk))


def forwarded(town: Town, people: People) -> ServiceRequest:
    request = received(town, people)
    return triage.forward(request_id=request.pk, authority=town.water_board, actor=Actor.staff(people.clerk))


def merged(town: Town, people: People) -> ServiceRequest:
    request, target = received(town, people), factories.submit(town)
    return triage.merge(request_id=request.pk, into_number=target.number, actor=Actor.staff(people.clerk))


def merged_and_closed(town: Town, people: People) -> ServiceRequest:
    request, target = received(town, people), factories.answered(town, people)
    triage.merge(request_id=request.pk, into_number=target.number, actor=Actor.staff(people.clerk))
    answers.approve(request_id=target.pk, actor=Actor.staff(people.specialist))
    return request


CASES = {
    "received": Case(S.RECEIVED, received),
    "routed": Case(S.ROUTED, routed),
    "in progress": Case(S.IN_PROGRESS, in_progress),
    "asked when received": Case(S.WAITING_FOR_APPLICANT, asked(received), was=S.RECEIVED),
    "asked when routed": Case(S.WAITING_FOR_APPLICANT, asked(routed), was=S.ROUTED),
    "asked when in progress": Case(S.WAITING_FOR_APPLICANT, asked(in_progress), was=S.IN_PROGRESS),
    "answered": Case(S.ANSWERED, answered(Outcome.RESOLVED), approval=Verb.APPROVE_ANSWER),
    "answered with a date": Case(S.ANSWERED, answered(Outcome.SCHEDULED), approval=Verb.APPROVE_DATE),
    "answered as not ours": Case(S.ANSWERED, answered(Outcome.NOT_OURS), approval=Verb.APPROVE_FORWARDING),
    "scheduled": Case(S.SCHEDULED, approved(Outcome.SCHEDULED)),
    "closed": Case(S.CLOSED, approved(Outcome.RESOLVED)),
    "rejected": Case(S.REJECTED, rejected),
    "forwarded": Case(S.FORWARDED, forwarded),
    "forwarded by a department": Case(S.FORWARDED, approved(Outcome.NOT_OURS)),
    "merged": Case(S.MERGED, merged, has_ended=False),
    "merged into what is closed": Case(S.MERGED, merged_and_closed),
    "withdrawn": Case(S.WITHDRAWN, lambda town, people: withdrawn(routed(town, people))),
}
EVERY_CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def make(case: Case, town: Town, people: People) -> ServiceRequest:
    """The request of the case as it is in the database."""
    request = ServiceRequest.objects.get(pk=case.make(town, people).pk)
    assert request.status == case.status
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
        Verb.REMIND: lambda: finish(begin(request_id=pk, verb=verb, actor=actor)),  # nobody is asked who reminds
        Verb.RESUME: lambda: conversation.resume(request_id=pk, actor=actor),
        Verb.ACCEPT: lambda: department.accept(request_id=pk, actor=actor),
        Verb.RETURN_TO_TRIAGE: lambda: department.return_to_triage(request_id=pk, reason="Bizde değil.", actor=actor),
        Verb.DRAFT_ANSWER: lambda: answers.save_draft(request_id=pk, proposal=proposal, actor=actor),
        Verb.SUBMIT_ANSWER: lambda: answers.submit(request_id=pk, proposal=proposal, actor=actor),
        **{approval: lambda approval=approval: approve(approval, request, actor) for approval in APPROVALS},
        Verb.RETURN_ANSWER: lambda: answers.return_answer(request_id=pk, reason="Kısa.", actor=actor),
        Verb.EXTEND: lambda: department.extend(request_id=pk, reason="Başka kuruma soruldu.", actor=actor),
        Verb.ADD_NOTE: lambda: conversation.add_note(request_id=pk, text="Arandı.", actor=actor),
        Verb.ADD_INFORMATION: lambda: conversation.add_information(request_id=pk, text="Ek", files=[], actor=actor),
        Verb.WITHDRAW: lambda: applicant.withdraw(request_id=pk, actor=actor),
        Verb.REOPEN: lambda: applicant.reopen(request_id=pk, reason="Yine aynı.", actor=actor),
        Verb.RATE: lambda: applicant.rate(request_id=pk, solved=True, score=5, comment="", actor=actor),
    }
    calls[verb]()


def approve(verb: Verb, request: ServiceRequest, actor: Actor) -> None:
    """There is one service for all: what it does with another answer would be another verb."""
    policies.check(actor, verb, request)
    answers.approve(request_id=request.pk, actor=actor)


# Submitting has no status before it, and is tried on its own below.
WALKED = [verb for verb in Verb if verb != Verb.SUBMIT]


@EVERY_CASE
def test_every_verb_by_every_part_does_what_the_rules_say_and_nothing_else(
    case: Case, town: Town, people: People
) -> None:
    request = make(case, town, people)
    for verb in WALKED:
        who, target = case.allowed(verb, request)
        for part in PARTS:
            expected = (target or case.status) if part in who else None
            done = outcome_of(verb, request, actor_of(part, people, request), town)
            assert done == expected, f"{part} {verb} from {case.status}"


@pytest.mark.parametrize("part", PARTS)
def test_who_may_submit(part: str, town: Town, people: People) -> None:
    def submit() -> ServiceRequest:
        return intake.submit(
            application=factories.make_application(town),
            submission_key="test:submit",
            secret=new_secret(),
            actor=actor_of(part, people, None),
        )

    if part in OWN | ENTRY:
        assert submit().status == S.RECEIVED
    else:
        with pytest.raises(NotPermitted):
            submit()
        assert not ServiceRequest.objects.exists()


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


@EVERY_CASE
def test_pages_offer_exactly_what_the_services_would_do(case: Case, town: Town, people: People) -> None:
    request = make(case, town, people)
    for part in set(PARTS) - {"system"}:
        offered = verbs_for(actor_of(part, people, request), request)
        expected = {verb for verb in WALKED if part in case.allowed(verb, request)[0]}
        assert offered == expected, f"{part} in {case.status}"


def test_every_status_is_walked() -> None:
    assert {case.status for case in CASES.values()} == set(Status)


def test_a_programme_date_is_approved_into_the_programme(town: Town, people: People) -> None:
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=LATER)
    after = answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert (after.status, after.promised_on) == (Status.SCHEDULED, LATER)


def test_every_status_can_be_reached_and_left() -> None:
    reached = {row.target for row in TRANSITIONS} | {Status.RECEIVED}
    assert set(Status) <= reached
    ends = {status for status in Status if all(row.target == "=" for row in TRANSITIONS if status in row.sources)}
    assert not ends


def test_head_cannot_approve_an_own_answer_even_with_the_right_to_review(town: Town, people: People) -> None:
    people.head_a.groups.add(Group.objects.get(name="pr_specialist"))
    request = factories.answered(town, people)
    with pytest.raises(DomainError, match="siz gönderdiniz|yourself"):
        answers.approve(request_id=request.pk, actor=Actor.staff(people.head_a))
