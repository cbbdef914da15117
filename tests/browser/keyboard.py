"""Somebody without a mouse, who needs to see where the focus is."""

from playwright.sync_api import Page, expect

MOST_TABS = 60

# Remembers how everything that takes the focus looks without it.
REMEMBER = """() => {
  window.looksOf = (element) => {
    const label = element.labels?.[0];
    const parts = [[element], [element, "::before"], ...(label ? [[label], [label, "::before"]] : [])];
    return parts.map(([part, pseudo]) => {
      const style = getComputedStyle(part, pseudo);
      return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor, style.textDecoration].join();
    }).join(";");
  };
  document.activeElement?.blur();
  const all = document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]");
  window.atRest = new Map([...all].map((element) => [element, window.looksOf(element)]));
  window.before = null;
}"""
# What is wrong with the element that has just got the focus; nothing, if all is well.
JUDGE = """() => {
  const element = document.activeElement;
  if (element === document.body) return "the focus is nowhere";
  const problems = [];
  if (window.looksOf(element) === window.atRest.get(element)) problems.push("the focus is not shown");
  if (window.before && window.before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING)
    problems.push("the focus jumps back");
  window.before = element;
  const seen = element.labels?.[0] ?? element;
  const { x, y, width, height } = seen.getBoundingClientRect();
  const shown = document.elementFromPoint(x + Math.min(width / 2, 10), y + height / 2);
  if (!shown || !(seen.contains(shown) || element.contains(shown) || shown.contains(element)))
    problems.push("something lies over it");
  return problems.length ? `${problems.join(", ")}: ${element.outerHTML.slice(0, 200)}` : "";
}"""


class Keyboard:
    """Only keys: Tab, Enter, Space, arrows, letters."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.starts_over()

    def starts_over(self) -> None:
        """On a page that has just opened."""
        self.page.wait_for_load_state()
        self.page.evaluate(REMEMBER)

    def tab_to(self, role: str, name: str) -> None:
        """Press Tab until this has the focus; on the way the focus is always seen and never jumps back."""
        wanted = self.page.locator(":focus").and_(self.page.get_by_role(role, name=name))
        passed = []
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            problem = self.page.evaluate(JUDGE)
            assert not problem, problem
            if wanted.count():
                return
            passed.append(self.page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        raise AssertionError(f"{role} {name!r} cannot be reached, only {passed}")

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        expect(self.page.locator(":focus")).to_have_count(1)
        self.page.keyboard.type(text)
