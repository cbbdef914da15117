"""Photos that people of the story take."""

import io

from PIL import Image, ImageDraw

from tests.browser.people import File


def pothole() -> File:
    """A grey street with a hole in it, as a phone would send it."""
    return _photo("cukur.jpg", hole="#3b3a38")


def repaired_street() -> File:
    """The same street with a dark patch."""
    return _photo("onarim.jpg", hole="#55585a")


def _photo(name: str, *, hole: str) -> File:
    picture = Image.new("RGB", (1600, 1200), "#8d8f8e")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1600, 260), fill="#b9b2a6")
    draw.line((0, 260, 1600, 260), fill="#6f7170", width=14)
    draw.ellipse((480, 520, 1180, 900), fill=hole)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}
