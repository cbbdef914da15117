import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.languages import in_readers_language
from notifications.querysets import TopicQuerySet


@pghistory.track(append_only=True)
class Topic(models.Model):
    """What announcements are about, in the reader's words. Campaigns and consents hold the codes.

    A row with a ``source`` belongs to the reference pack that names it.
    """

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        default_permissions = ("view", "add", "change")
        ordering = ("sort_order", "name")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_readers_language(self.name, self.name_en)
