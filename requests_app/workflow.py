"""The life of a service request, as one table. Pure data: no queries, no rules besides the table.

The diagram in docs/workflow.md is generated from here; a test walks every status, verb and role.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import BACK, STAY, Table, Transition


class Status(TextChoices):
    RECEIVED = "received", _("Received")
    ROUTED = "routed", _("Sent to department")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING_FOR_APPLICANT = "waiting_for_applicant", _("Waiting for the applicant")
    ANSWERED = "answered", _("Answer under review")
    SCHEDULED = "scheduled", _("Scheduled")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Not taken up")
    FORWARDED = "forwarded", _("Forwarded to another authority")
    MERGED = "merged", _("Merged")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Verb(TextChoices):
    SUBMIT = "submit", _("Submitted")
    ROUTE = "route", _("Sent to department")
    REROUTE = "reroute", _("Sent to another department")
    RECLASSIFY = "reclassify", _("Category or place changed")
    REJECT = "reject", _("Not taken up")
    FORWARD = "forward", _("Forwarded to another authority")
    MERGE = "merge", _("Merged with another request")
    RESTORE = "restore", _("Taken back")
    ASK = "ask", _("Question to the applicant")
    REPLY = "reply", _("Applicant replied")
    REMIND = "remind", _("Applicant reminded of the question")
    RESUME = "resume", _("Resumed without a reply")
    ACCEPT = "accept", _("Accepted by the department")
    RETURN_TO_TRIAGE = "return_to_triage", _("Returned to triage")
    DRAFT_ANSWER = "draft_answer", _("Answer drafted")
    SUBMIT_ANSWER = "submit_answer", _("Answer sent for review")
    RETURN_ANSWER = "return_answer", _("Answer returned to the department")
    APPROVE_ANSWER = "approve_answer", _("Answer approved")
    APPROVE_DATE = "approve_date", _("Programme date approved")
    APPROVE_FORWARDING = "approve_forwarding", _("Answer approved and forwarded")
    EXTEND = "extend", _("Legal period extended")
    ADD_NOTE = "add_note", _("Internal note")
    ADD_INFORMATION = "add_information", _("Applicant added information")
    WITHDRAW = "withdraw", _("Withdrawn by the applicant")
    REOPEN = "reopen", _("Reopened")
    RATE = "rate", _("Rated by the applicant")


class Role(TextChoices):
    """The parts people play towards one request; who plays which is decided in policies.py."""

    APPLICANT = "applicant", _("Applicant")
    AGENT = "agent", _("Call-centre or desk agent")
    SYSTEM = "system", _("The system itself")
    TRIAGE = "triage", _("Triage")
    STAFF = "staff", _("Department staff")
    HEAD = "head", _("Department head")
    REVIEWER = "reviewer", _("Public-relations specialist")


# The status before there is a request.
NEW = ""

S, V, R = Status, Verb, Role

AT_DEPARTMENT = frozenset({S.ROUTED, S.IN_PROGRESS})
OPEN = frozenset({S.RECEIVED, S.ROUTED, S.IN_PROGRESS, S.WAITING_FOR_APPLICANT, S.ANSWERED, S.SCHEDULED})
FINISHED = frozenset(S) - OPEN
PAUSED = frozenset({S.WAITING_FOR_APPLICANT})
# Where the department has something to do; an answer under review waits for somebody else.
TO_DO = frozenset({S.ROUTED, S.IN_PROGRESS, S.SCHEDULED})
# Ends that answer nobody: whoever was merged into such a request goes back to triage.
UNANSWERED = frozenset({S.REJECTED, S.FORWARDED, S.WITHDRAWN})


def _row(verb: Verb, sources: set[str] | frozenset[str], target: str, *roles: Role) -> Transition:
    return Transition(verb, frozenset(sources), target, frozenset(roles))


TRANSITIONS = Table(
    (
        _row(V.SUBMIT, {NEW}, S.RECEIVED, R.APPLICANT, R.AGENT),
        _row(V.ROUTE, {S.RECEIVED}, S.ROUTED, R.SYSTEM, R.TRIAGE),
        _row(V.REJECT, {S.RECEIVED}, S.REJECTED, R.TRIAGE),
        _row(V.FORWARD, {S.RECEIVED}, S.FORWARDED, R.TRIAGE),
        _row(V.MERGE, {S.RECEIVED}, S.MERGED, R.TRIAGE),
        _row(V.MERGE, {S.MERGED}, STAY, R.SYSTEM),  # what it was merged into was merged itself
        _row(V.RESTORE, {S.REJECTED, S.FORWARDED}, S.RECEIVED, R.TRIAGE),
        _row(V.RESTORE, {S.MERGED}, S.RECEIVED, R.TRIAGE, R.SYSTEM),  # … or ended without an answer
        _row(V.RESTORE, {S.WITHDRAWN}, S.RECEIVED, R.APPLICANT, R.TRIAGE),  # … for who changes one's mind, or calls
        _row(V.RECLASSIFY, {S.RECEIVED} | AT_DEPARTMENT, STAY, R.TRIAGE),
        _row(V.ASK, {S.RECEIVED} | AT_DEPARTMENT, S.WAITING_FOR_APPLICANT, R.TRIAGE, R.STAFF, R.HEAD),
        _row(V.REPLY, {S.WAITING_FOR_APPLICANT}, BACK, R.APPLICANT),
        _row(V.REMIND, {S.WAITING_FOR_APPLICANT}, STAY, R.SYSTEM),
        _row(V.RESUME, {S.WAITING_FOR_APPLICANT}, BACK, R.TRIAGE, R.STAFF, R.HEAD, R.SYSTEM),  # … after a while
        _row(V.ACCEPT, {S.ROUTED}, S.IN_PROGRESS, R.STAFF, R.HEAD),
        _row(V.RETURN_TO_TRIAGE, {S.ROUTED}, S.RECEIVED, R.STAFF, R.HEAD, R.SYSTEM),  # … by itself where it is closed
        _row(V.RETURN_TO_TRIAGE, {S.IN_PROGRESS}, S.RECEIVED, R.STAFF, R.HEAD),
        _row(V.REROUTE, AT_DEPARTMENT, S.ROUTED, R.TRIAGE),
        _row(V.DRAFT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, STAY, R.STAFF, R.HEAD),
        _row(V.SUBMIT_ANSWER, {S.IN_PROGRESS, S.SCHEDULED}, S.ANSWERED, R.HEAD),
        _row(V.APPROVE_ANSWER, {S.ANSWERED}, S.CLOSED, R.REVIEWER),
        _row(V.APPROVE_DATE, {S.ANSWERED}, S.SCHEDULED, R.REVIEWER),
        _row(V.APPROVE_FORWARDING, {S.ANSWERED}, S.FORWARDED, R.REVIEWER),
        _row(V.RETURN_ANSWER, {S.ANSWERED}, S.IN_PROGRESS, R.REVIEWER),
        _row(V.EXTEND, {S.ROUTED, S.IN_PROGRESS, S.WAITING_FOR_APPLICANT}, STAY, R.TRIAGE, R.HEAD),
        _row(V.ADD_NOTE, frozenset(S), STAY, R.AGENT, R.TRIAGE, R.STAFF, R.HEAD, R.REVIEWER),
        _row(V.ADD_INFORMATION, OPEN - PAUSED, STAY, R.APPLICANT),
        _row(V.WITHDRAW, OPEN - {S.ANSWERED}, S.WITHDRAWN, R.APPLICANT),
        _row(V.REOPEN, {S.CLOSED, S.SCHEDULED}, S.ROUTED, R.APPLICANT, R.REVIEWER),
        _row(V.REOPEN, {S.MERGED}, S.RECEIVED, R.APPLICANT),  # once what it was merged into is closed
        _row(V.RATE, {S.CLOSED, S.MERGED}, STAY, R.APPLICANT),
    )
)
