"""Who gets a campaign: phones with their languages, each once, without those who opted out.

Two sources, one shape: ``(id, phone, language, fields)`` in the order of ``id``, so that a chunk begins where the
last one ended.
"""

from typing import Any

from notifications.models import Campaign
from notifications.services.consents import ANNOUNCEMENTS

_NOT_OPTED_OUT = "NOT EXISTS (SELECT FROM notifications_optout AS o WHERE o.phone = r.phone)"

_CONSENTS = f"""
SELECT r.id, r.phone, r.language, NULL::jsonb AS fields
  FROM notifications_consent AS r
 WHERE r.purpose = %(purpose)s AND r.withdrawn_at IS NULL
   AND (%(everywhere)s OR r.neighbourhood_id = ANY(%(neighbourhoods)s::bigint[]))
   AND (%(about_all)s OR r.topics = '{{}}' OR r.topics && %(topics)s::varchar[])
   AND (%(any_language)s OR r.language = ANY(%(languages)s::varchar[]))
   AND {_NOT_OPTED_OUT}
"""  # noqa: S608  (no value from outside stands in it)

_LIST = f"""
SELECT r.id, r.phone, r.language, r.fields
  FROM notifications_listedreceiver AS r
 WHERE r.campaign_id = %(campaign)s AND {_NOT_OPTED_OUT}
"""  # noqa: S608


def select(campaign: Campaign) -> tuple[str, dict[str, Any]]:
    """The SELECT of the campaign's receivers and its parameters."""
    if campaign.audience == Campaign.Audience.LIST:
        return _LIST, {"campaign": campaign.pk}
    neighbourhoods = list(campaign.neighbourhoods.values_list("pk", flat=True))
    return _CONSENTS, {
        "purpose": ANNOUNCEMENTS,
        "everywhere": not neighbourhoods,
        "neighbourhoods": neighbourhoods,
        "about_all": not campaign.topics,
        "topics": campaign.topics,
        "any_language": not campaign.languages,
        "languages": campaign.languages,
    }
