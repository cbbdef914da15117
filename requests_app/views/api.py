"""What the pages ask for while a form is being filled in. Nothing here is kept or logged.

Texts and positions come as POST, because addresses end up in logs.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from departments import places
from requests_app.services import routing
from requests_app.views import throttle

LARGEST_BODY = 20_000


class AddressThrottle(BaseThrottle):
    """The portal's own counting by address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this address may still ask."""
        return throttle.allows_address(throttle.API, request)


class FlatJSONParser(JSONParser):
    """Brackets in brackets in brackets are no body of ours, and no reason to fail."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """The parsed body. Raises ParseError."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError from error


class HelperView(APIView):
    """Open to everybody, reads nothing that is not public, changes nothing."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parser_classes = (FlatJSONParser,)
    throttle_classes = (AddressThrottle,)

    def read(self, request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, object] | None:
        """The checked body, or None where it is too large or has another shape."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return None
        serializer = shape(data=request.data)
        return dict(serializer.validated_data) if serializer.is_valid() else None


class PointShape(serializers.Serializer[Any]):
    """A position in degrees."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lng = serializers.FloatField(min_value=-180, max_value=180)


class TextShape(serializers.Serializer[Any]):
    """The beginning of what somebody writes."""

    text = serializers.CharField(max_length=2000, allow_blank=True)


class Locate(HelperView):
    """In which neighbourhood a point lies."""

    def post(self, request: Request) -> Response:
        """``{"neighbourhood": {"code", "name"}}``, or null outside of every known boundary."""
        point = self.read(request, PointShape)
        if point is None:
            return Response({"error": "lat and lng are needed"}, status=status.HTTP_400_BAD_REQUEST)
        found = places.locate(point["lat"], point["lng"])  # type: ignore[arg-type]
        return Response({"neighbourhood": {"code": found.code, "name": found.name} if found else None})


class Suggest(HelperView):
    """Which subjects the words of a text point to."""

    def post(self, request: Request) -> Response:
        """``{"categories": [{"code", "label", "group", "kind"}]}``, the best first, in the page's language."""
        body = self.read(request, TextShape)
        if body is None:
            return Response({"error": "text is needed"}, status=status.HTTP_400_BAD_REQUEST)
        found = routing.categories_for(str(body["text"]))
        return Response(
            {
                "categories": [
                    {"code": item.code, "label": item.label, "group": item.group_label, "kind": item.kind}
                    for item in found
                ]
            }
        )


@require_safe
@cache_control(public=True, max_age=3600)
def neighbourhoods(request: HttpRequest) -> HttpResponse:
    """The known boundaries as GeoJSON."""
    return JsonResponse(places.neighbourhoods_geojson(), content_type="application/geo+json")
