"""The one way a service request comes into being, whatever channel it came over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import bell
from common.errors import InvalidInput
from common.inserting import insert, next_id
from common.numbers import make_number
from common.secrets import secret_hash
from common.transactions import one_transaction
from common.turkish import fold
from notifications.models import Message
from requests_app import clocks
from requests_app.actors import Actor
from requests_app.models import Applicant, Category, RequestEvent, ServiceRequest
from requests_app.policies import check
from requests_app.services.telling import message_about
from requests_app.vocabulary import NEEDS_NAME, NO_PETITION, Channel, Kind
from requests_app.workflow import NEW, Verb

ROUTER_BELL = "requests.route_waiting"


@dataclass(frozen=True, slots=True)
class Contact:
    """Who applies. ``phone`` is E.164 or empty.

    ``announcements_version`` is the version of the consent to announcements that was agreed to, or empty;
    it takes effect when the phone is confirmed.
    """

    name: str
    phone: str = ""
    email: str = ""
    phone_verified_at: datetime | None = None
    announcements_version: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is; everything optional, coordinates in degrees and both or none."""

    neighbourhood_id: int | None = None
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """A complete application, checked for shape by the form of its channel.

    ``confirm``: whether the applicant is told by SMS that it has come. Nobody has verified the phone yet.
    """

    description: str
    kind: Kind
    channel: Channel
    category: Category | None = None
    contact: Contact | None = None
    place: Place = field(default_factory=Place)
    extra_answers: dict[str, Any] = field(default_factory=dict)
    language: str = "tr"
    disclosure_version: str = ""
    confirm: bool = True


def submit(*, application: Application, submission_key: str, secret: str, actor: Actor) -> ServiceRequest:
    """Take an application: request, history and message to the applicant in one transaction.

    ``submission_key`` names this one act of submitting (channel and external id): the same key again
    returns the request it made before and changes nothing. ``secret`` is the tracking secret; only its
    hash is stored. Raises NotPermitted where a member of staff lacks ``requests_app.enter``, and InvalidInput on
    ``name`` where the kind needs one.
    """
    check_name(application.kind, application.contact, field="name")
    request = _new_request(application, submission_key, secret, actor)
    check(actor, Verb.SUBMIT, request)
    with one_transaction(savepoint=False):
        draw = _draw(submission_key)
        if draw.earlier is not None:
            return ServiceRequest.objects.get(pk=draw.earlier)
        _complete(request, draw)
        confirmation = _confirmation(request) if application.confirm else None
        rows = request.applicant, request, _submission(request, actor), confirmation
        insert(*filter(None, rows))
        bell.ring(ROUTER_BELL, queue="default")
    return request


def check_name(kind: str, who: Contact | Applicant | None, *, field: str) -> None:
    """Raise InvalidInput on ``field`` where this kind of application needs a name and there is nobody."""
    if kind in NEEDS_NAME and who is None:
        raise InvalidInput(field, _("An information request needs the person's name (Law 4982)."))


def says_the_same(request: ServiceRequest, application: Application) -> bool:
    """Whether ``request`` was made of just this ``application``: the key of another one may have been used again."""
    applicant, contact, place = request.applicant, application.contact, application.place
    who = (applicant.name, applicant.phone, applicant.email) if applicant else None
    was = (request.description, request.kind, request.category, request.extra_answers)
    where = (request.neighbourhood_id, request.address, request.latitude, request.longitude)
    return (who, was, where) == (
        (contact.name, contact.phone, contact.email) if contact else None,
        (application.description, application.kind, application.category, application.extra_answers),
        (place.neighbourhood_id, place.address, place.latitude, place.longitude),
    )


def _complete(request: ServiceRequest, draw: "Draw") -> None:
    """Everything that follows from its ids and what was typed."""
    request.pk = draw.request_id
    request.number = make_number(timezone.localdate(request.submitted_at).year, draw.serial)
    if (applicant := request.applicant) is not None:
        applicant.pk = draw.applicant_id
        request.applicant = applicant  # takes over the id it has got now
    request.search_text = searchable(request)
    # After the applicant: an anonymous application has no legal clock.
    clocks.set_clock(request, clocks.rules_of(draw.version))


def searchable(request: ServiceRequest) -> str:
    """The folded words a request is found by. Rewritten when personal data is erased."""
    name = request.applicant.name if request.applicant else ""
    return fold(" ".join((request.number, request.description, request.address, name)))


def _new_request(application: Application, submission_key: str, secret: str, actor: Actor) -> ServiceRequest:
    now = timezone.now()
    contact = application.contact
    return ServiceRequest(
        tracking_hash=secret_hash(secret),
        submission_key=submission_key,
        kind=application.kind,
        category=application.category,
        description=application.description,
        extra_answers=application.extra_answers,
        channel=application.channel,
        language=application.language,
        applicant=Applicant(
            name=contact.name,
            phone=contact.phone,
            email=contact.email,
            phone_verified_at=contact.phone_verified_at,
            announcements_version=contact.announcements_version,
        )
        if contact
        else None,
        disclosure_version=application.disclosure_version,
        entered_by=actor.user,
        neighbourhood_id=application.place.neighbourhood_id,
        address=application.place.address,
        latitude=application.place.latitude,
        longitude=application.place.longitude,
        submitted_at=now,
        clock_started_at=now,
        updated_at=now,
    )


def _confirmation(request: ServiceRequest) -> Message | None:
    if request.kind in NO_PETITION:
        return message_about(request, "request_received_thanks")
    if request.legal_due_at:
        return message_about(request, "request_received", due=request.legal_due_at)
    return message_about(request, "request_received_undated")


def _submission(request: ServiceRequest, actor: Actor) -> RequestEvent:
    return RequestEvent(
        request=request,
        at=request.submitted_at,
        verb=Verb.SUBMIT,
        from_status=NEW,
        to_status=request.status,
        actor_kind=actor.kind,
        actor=actor.user,
        facts={"channel": request.channel},
        version=request.version,
    )


class Draw(NamedTuple):
    """What a new request is made of, the request that its key already made, and the version of the clocks' rules."""

    serial: int
    request_id: int
    applicant_id: int
    earlier: int | None
    version: int


# Statements of their own, because the last must see what the holders of the locks have committed.
_DRAW = (  # constants and names from the models only
    f"{clocks.HOLD_COUNTING}; SELECT pg_advisory_xact_lock(hashtextextended(%s, 0));"  # noqa: S608
    f" SELECT nextval('requests_app_number'), {next_id(ServiceRequest)}, {next_id(Applicant)},"
    f" (SELECT id FROM requests_app_servicerequest WHERE submission_key = %s), ({clocks.RULES_VERSION})"
)


def _draw(submission_key: str) -> Draw:
    """Let the same submission at this very moment wait, then draw ids; one round trip.

    What is drawn and not used is simply skipped.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [clocks.COUNTING, submission_key, submission_key])
        return Draw(*cursor.fetchone())
