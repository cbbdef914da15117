"""The demonstration: invented people and a lived-in town, so that every screen has something on it.

Only where settings.DEMO is on, which only loopback hosts may be. Everything is made by the same services
that real people use; only the clock is turned back while the past is made.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import User
from accounts.services import create_staff_account
from common.secrets import new_secret
from config.demo_stories import PEOPLE, STORIES, Story
from departments import legal_texts
from departments.models import Department, LegalText, Membership, Neighbourhood
from notifications.services import consents, outbox
from requests_app.actors import Actor
from requests_app.models import Authority, Category, ServiceRequest
from requests_app.services import answers, applicant, contacts, conversation, department, intake, routing, triage
from requests_app.vocabulary import Channel, Kind, Outcome

PASSWORD = "acik-masa-demo"  # noqa: S105  (known to everybody, works only on this machine)
SINCE = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account and what it is for."""

    email: str
    full_name: str
    title: str
    role: str
    head_of: str = ""
    staff_of: str = ""


ACCOUNTS = (
    Account("kayit@ornek.example", "Ayşe Yıldırım", "Başvuru kayıt ve yönlendirme", "triage_clerk"),
    Account("cagri@ornek.example", "Can Aydın", "Çağrı merkezi", "call_agent"),
    Account("uzman@ornek.example", "Elif Kaya", "Halkla ilişkiler uzmanı", "pr_specialist"),
    Account("iletisim@ornek.example", "Meral Aksoy", "Halkla ilişkiler müdürü", "pr_manager"),
    Account("mudur@ornek.example", "Hakan Demir", "Fen İşleri Müdürü", "department_user", head_of="fen-isleri"),
    Account("personel@ornek.example", "Selin Çelik", "Fen İşleri, şef", "department_user", staff_of="fen-isleri"),
    Account("park@ornek.example", "Burak Şahin", "Park ve Bahçeler Müdürü", "department_user", head_of="park-bahceler"),
    Account(
        "kirsal@ornek.example", "Nazlı Polat", "Kırsal Hizmetler Müdürü", "department_user", head_of="kirsal-hizmetler"
    ),
    Account("yonetici@ornek.example", "Deniz Arslan", "Sistem yöneticisi", "administrator"),
)


def is_somebody_elses() -> bool:
    """Whether people work with this database, or something else does: known passwords must never come into it.

    It is ours where the demonstration's accounts are, and where there is nothing yet. Asks for no column that a
    database of another version might not have.
    """
    tables = set(connection.introspection.table_names())
    if MigrationRecorder.Migration._meta.db_table not in tables:
        return bool(tables)
    if User._meta.db_table in tables and User.objects.demo().active().exists():
        return False
    return any(model._meta.db_table in tables and model.objects.exists() for model in (User, ServiceRequest))


@transaction.atomic
def load() -> int:
    """Make the accounts and, in an empty town, its past. Returns how many requests were made."""
    password = make_password(PASSWORD)  # it takes long on purpose, and one is enough for what everybody knows
    users = {account.role: _account(account, password) for account in ACCOUNTS}
    if ServiceRequest.objects.exists():
        return 0
    staff = _Staff(
        clerk=Actor.staff(users["triage_clerk"]),
        specialist=Actor.staff(users["pr_specialist"]),
        agent=Actor.staff(users["call_agent"]),
    )
    for index, story in enumerate(STORIES):
        _tell(story, index, staff)
    _leave_records(users["triage_clerk"])
    return len(STORIES)


def _leave_records(clerk: User) -> None:
    """Two consents to announcements, and one look at somebody's contact details."""
    for _name, phone in PEOPLE[:2]:
        consents.give(
            phone=phone,
            text_version=legal_texts.edition(LegalText.Kind.ANNOUNCEMENT_CONSENT, "tr"),
            source="portal",
            language="tr",
        )
    first = ServiceRequest.objects.filter(applicant__isnull=False).order_by("submitted_at")[0]
    contacts.reveal(request_id=first.pk, reason="call", user=clerk)


@dataclass(frozen=True, slots=True)
class _Staff:
    clerk: Actor
    specialist: Actor
    agent: Actor

    def head_for(self, request: ServiceRequest) -> Actor:
        """The head of the department at which the request lies."""
        head = Membership.objects.heads_of(request.department_id or 0).get()
        return Actor.staff(head.user)


def _account(account: Account, password: str) -> User:
    known = User.objects.filter(email=account.email).first()
    if known is not None:
        return known
    user = create_staff_account(
        actor=None, email=account.email, full_name=account.full_name, title=account.title, roles=(account.role,)
    )
    user.password = password
    user.save(update_fields=["password"])
    for code, role in ((account.head_of, Membership.Role.HEAD), (account.staff_of, Membership.Role.STAFF)):
        if code:
            where = Department.objects.active().get(code=code)
            Membership.objects.get_or_create(user=user, department=where, role=role, defaults={"valid_from": SINCE})
    return user


def _tell(story: Story, index: int, staff: _Staff) -> None:
    """Live one story: the application some days ago, then step after step until it is where it should be."""
    moment = timezone.now() - timedelta(days=story.days_ago, hours=3 + index % 5)
    with clock_at(moment):
        request = _submit(story, index, staff)
        routing.route_waiting()
    request.refresh_from_db()
    for number, step in enumerate(story.steps, start=1):
        moment = min(moment + timedelta(hours=20 + 7 * number), timezone.now() - timedelta(minutes=40 - number))
        with clock_at(moment):
            STEPS[step](request, staff)
        request = ServiceRequest.objects.select_related("department").get(pk=request.pk)
    if story.days_ago > 1:
        outbox.erase(reference=f"request:{request.number}")


def _submit(story: Story, index: int, staff: _Staff) -> ServiceRequest:
    name, phone = PEOPLE[index % len(PEOPLE)]
    by_agent = story.channel in (Channel.CALL_CENTRE, Channel.DESK)
    application = intake.Application(
        description=story.text,
        kind=Kind(story.kind),
        channel=Channel(story.channel),
        category=Category.objects.get(code=story.category) if story.category else None,
        contact=None if story.anonymous else intake.Contact(name=name, phone=phone),
        place=intake.Place(
            neighbourhood_id=Neighbourhood.objects.values_list("pk", flat=True).get(code=story.neighbourhood)
            if story.neighbourhood
            else None,
            address=story.address,
        ),
        disclosure_version=legal_texts.edition(LegalText.Kind.DISCLOSURE, "tr"),
    )
    return intake.submit(
        application=application,
        submission_key=f"demo:{index}",
        secret=new_secret(),
        actor=staff.agent if by_agent else Actor.applicant(),
    )


def _route(request: ServiceRequest, staff: _Staff) -> None:
    if request.status == "received":
        target = request.suggested_department or Department.objects.active().get(code="fen-isleri")
        triage.route(request_id=request.pk, department=target, actor=staff.clerk)


def _accept(request: ServiceRequest, staff: _Staff) -> None:
    department.accept(request_id=request.pk, actor=staff.head_for(request))


def _ask(request: ServiceRequest, staff: _Staff) -> None:
    question = "Tam olarak hangi binanın önünde? Yakındaki bir işyerinin adını da yazabilirsiniz."
    conversation.ask(request_id=request.pk, question=question, actor=staff.head_for(request))


def _reply(request: ServiceRequest, staff: _Staff) -> None:
    text = "12 numaranın önünde, fırının karşısında."
    conversation.reply(request_id=request.pk, text=text, files=[], actor=Actor.applicant(request.pk))


def _draft(request: ServiceRequest, staff: _Staff) -> None:
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text="Ekibimiz yerinde inceledi, onarım tamamlandı.")
    answers.save_draft(request_id=request.pk, proposal=proposal, actor=staff.head_for(request))


def _answer(request: ServiceRequest, staff: _Staff) -> None:
    text = "Ekibimiz bildirdiğiniz yere geldi ve sorunu giderdi. Bize haber verdiğiniz için teşekkür ederiz."
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text=text)
    answers.submit(request_id=request.pk, proposal=proposal, actor=staff.head_for(request))


def _answer_with_date(request: ServiceRequest, staff: _Staff) -> None:
    promised = timezone.localdate() + timedelta(days=75)
    text = "Sokağınız yenileme programına alındı. Çalışma söz verdiğimiz güne kadar bitecek."
    proposal = answers.Proposal(outcome=Outcome.SCHEDULED, text=text, promised_on=promised)
    answers.submit(request_id=request.pk, proposal=proposal, actor=staff.head_for(request))


def _approve(request: ServiceRequest, staff: _Staff) -> None:
    answers.approve(request_id=request.pk, actor=staff.specialist)


def _return_answer(request: ServiceRequest, staff: _Staff) -> None:
    reason = "Ne zaman yapıldığını da yazalım; vatandaş tarihi sorar."
    answers.return_answer(request_id=request.pk, reason=reason, actor=staff.specialist)


def _rate(request: ServiceRequest, staff: _Staff) -> None:
    applicant.rate(
        request_id=request.pk,
        solved=True,
        score=5,
        comment="Çok hızlı oldu, teşekkürler.",
        actor=Actor.applicant(request.pk),
    )


def _reopen(request: ServiceRequest, staff: _Staff) -> None:
    applicant.reopen(request_id=request.pk, reason="Yağmurdan sonra yine açıldı.", actor=Actor.applicant(request.pk))


def _reject(request: ServiceRequest, staff: _Staff) -> None:
    reason = "Aynı metin bugün üç kez gönderildi; ilk başvurunuz işlemde."
    triage.reject(request_id=request.pk, reason=reason, actor=staff.clerk)


def _forward(request: ServiceRequest, staff: _Staff) -> None:
    authority = Authority.objects.filter(is_active=True).order_by("pk").first()
    if authority is not None:
        triage.forward(request_id=request.pk, authority=authority, actor=staff.clerk)


def _note(request: ServiceRequest, staff: _Staff) -> None:
    text = "Telefonla arandı, ertesi gün evde olacağını söyledi."
    conversation.add_note(request_id=request.pk, text=text, actor=staff.clerk)


def _withdraw(request: ServiceRequest, staff: _Staff) -> None:
    applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))


STEPS = {
    "route": _route,
    "accept": _accept,
    "ask": _ask,
    "reply": _reply,
    "draft": _draft,
    "answer": _answer,
    "answer_with_date": _answer_with_date,
    "approve": _approve,
    "return_answer": _return_answer,
    "rate": _rate,
    "reopen": _reopen,
    "reject": _reject,
    "forward": _forward,
    "note": _note,
    "withdraw": _withdraw,
}


def clock_at(moment: datetime) -> AbstractContextManager[object]:
    """Let this process live at ``moment`` and go on from there."""
    import time_machine  # of requirements-local.txt: no production image has it

    return time_machine.travel(moment)
