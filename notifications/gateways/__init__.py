"""The adapters and what each needs to sign in. The only place that knows which there are."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.channels import GatewayName
from notifications.gateways.base import Gateway, Sending
from notifications.gateways.iletimerkezi import IletimerkeziGateway
from notifications.gateways.local import LocalGateway
from notifications.gateways.netgsm import NetgsmGateway
from notifications.gateways.twilio import TwilioGateway
from notifications.gateways.verimor import VerimorGateway
from notifications.models.route import Route

# The settings with the credentials of each gateway; the simulated one has nobody to sign in to.
CREDENTIALS: dict[str, tuple[str, ...]] = {
    GatewayName.LOCAL: (),
    GatewayName.VERIMOR: ("VERIMOR_USERNAME", "VERIMOR_PASSWORD"),
    GatewayName.NETGSM: ("NETGSM_USERNAME", "NETGSM_PASSWORD"),
    GatewayName.ILETIMERKEZI: ("ILETIMERKEZI_KEY", "ILETIMERKEZI_HASH"),
    GatewayName.TWILIO: ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
}
_ADAPTERS: dict[str, Callable[[Sending], Gateway]] = {
    GatewayName.LOCAL: LocalGateway,
    GatewayName.VERIMOR: VerimorGateway,
    GatewayName.NETGSM: NetgsmGateway,
    GatewayName.ILETIMERKEZI: IletimerkeziGateway,
    GatewayName.TWILIO: TwilioGateway,
}


def of(route: Route) -> Gateway | None:
    """The gateway that ``route`` goes by, or None where its credentials are not set here (any more)."""
    if not is_set_up(route.gateway):
        return None
    secrets = tuple(getattr(settings, name) for name in CREDENTIALS[route.gateway])
    address = getattr(settings, f"{route.gateway.upper()}_API_BASE", "")
    return _adapter(route.gateway, Sending(secrets, address, route.sender, route.channel))


def is_set_up(gateway: str) -> bool:
    """Whether the environment holds what ``gateway`` needs to sign in."""
    return gateway in _ADAPTERS and not missing_settings(gateway)


def missing_settings(gateway: str) -> list[str]:
    """Names of the settings that ``gateway`` needs and does not have."""
    return [name for name in CREDENTIALS[gateway] if not getattr(settings, name)]


def cannot_sign_in(gateway: str) -> str:
    """Why ``gateway`` cannot be used, for whoever runs the installation; nothing where it can."""
    missing = missing_settings(gateway)
    text = _("This gateway cannot sign in yet. The server's environment lacks: %(settings)s.")
    return text % {"settings": ", ".join(missing)} if missing else ""


@cache
def _adapter(gateway: str, sending: Sending) -> Gateway:
    """One adapter a process and set-up: it holds the connections."""
    return _ADAPTERS[gateway](sending)
