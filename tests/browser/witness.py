"""Looks at every page somebody opens, the way a reviewer would: everything that is wrong ends the test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

AXE = Path(__file__).parent.parent / "assets" / "axe.min.js"
# Everything axe looks for by itself (WCAG 2.0 and 2.1, A and AA, and good practice), and the one rule of WCAG 2.2 AA,
# which it leaves off.
FIND_VIOLATIONS = """async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
  });
  return violations.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map(({ html }) => html).join(" | ")}`);
}"""
# What axe can tell apart without the words: elements, their attributes, and whether something stands in them.
STRUCTURE = """() => [...document.querySelectorAll("*")].map((element) => [
  element.tagName,
  element.className,
  element.getAttributeNames().filter((name) => element.getAttribute(name)).join(),
  element.getAttribute("role"),
  Boolean(element.textContent.trim()),
].join(":")).join(" ")"""
# Pictures further down load when one scrolls there; a photograph shows them all.
LOAD_PICTURES = """async () => {
  const all = [...document.images];
  all.forEach((picture) => (picture.loading = "eager"));
  await Promise.all(all.map((picture) => picture.decode().catch(() => undefined)));
  return all.filter(({ naturalWidth }) => !naturalWidth).map(({ src }) => `broken picture: ${src}`);
}"""
# What a browser notes when a page comes with an error status; whether that is right is the test's to say.
STATUS_NOTE = "Failed to load resource: the server responded with a status of"


class Album:
    """Numbered photographs of one width; those of an earlier run are thrown away."""

    def __init__(self, folder: Path) -> None:
        self.names: set[str] = set()
        self.free_of_barriers: set[str] = set()
        self._folder = folder
        self._numbers: Iterator[int] = count(1)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def next_path(self, name: str) -> Path:
        """Where the next photograph goes."""
        self.names.add(name)
        return self._folder / f"{next(self._numbers):02}-{name}.png"


class Witness:
    """Watches one page of a browser from its opening on."""

    def __init__(self, page: Page, album: Album, *, language: str = "tr", scripts: bool = True) -> None:
        self.page = page
        self.language = language
        self._scripts = scripts
        self._album = album
        self._complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(f"script error: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    def look(self, name: str) -> None:
        """Photograph the page, then say everything that is wrong with it at once."""
        self.page.wait_for_load_state()
        broken = self.page.evaluate(LOAD_PICTURES) if self._scripts else []
        self.page.screenshot(path=self._album.next_path(name), full_page=True, animations="disabled")
        problems = [*self._complaints, *broken, *self._too_wide(), *self._wrong_language(), *self._barriers()]
        self._complaints.clear()
        assert not problems, "\n".join([f"{name} ({self.page.url}):", *problems])

    def look_once(self, name: str) -> None:
        """Look at a page that is the same for everybody, unless somebody has done so at this width."""
        if name not in self._album.names:
            self.look(name)

    def _heard(self, message: ConsoleMessage) -> None:
        about_page = message.text.startswith(STATUS_NOTE) and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not about_page:
            self._complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        here, there = urlsplit(self.page.url), urlsplit(request.url)
        if there.scheme in ("http", "https") and here.netloc not in ("", there.netloc):
            self._complaints.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._complaints.append(f"{response.status} from {response.url}")

    def _too_wide(self) -> list[str]:
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        return [f"scrolls sideways: {wide} pixels on {room}"] if wide > room else []

    def _wrong_language(self) -> list[str]:
        found = self.page.evaluate("document.documentElement.lang")
        return [] if found == self.language else [f"<html lang> is {found!r}"]

    def _barriers(self) -> list[str]:
        if not self._scripts:
            return []  # axe is a script itself; it looks at the same pages where scripts run
        structure: str = self.page.evaluate(STRUCTURE)
        if structure in self._album.free_of_barriers:
            return []  # axe takes a second, and somebody was here at this width
        self.page.evaluate(AXE.read_text())
        violations = self.page.evaluate(FIND_VIOLATIONS)
        if not violations:
            self._album.free_of_barriers.add(structure)
        return [f"axe: {violation}" for violation in violations]
