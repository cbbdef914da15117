"""Who asks for a change: the applicant, a member of staff, or the system itself."""

from dataclasses import dataclass

from accounts.models import User
from requests_app.vocabulary import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed to every service. The surface proves who it is; what that actor may do is decided in policies."""

    kind: ActorKind
    user: User | None = None
    request_id: int | None = None

    @classmethod
    def staff(cls, user: User) -> "Actor":
        """A signed-in member of staff."""
        return cls(ActorKind.USER, user=user)

    @classmethod
    def applicant(cls, request_id: int | None = None) -> "Actor":
        """Whoever proved access to the request ``request_id`` (None: about to submit a new one)."""
        return cls(ActorKind.APPLICANT, request_id=request_id)

    @classmethod
    def system(cls) -> "Actor":
        """The router or a periodic task."""
        return cls(ActorKind.SYSTEM)
