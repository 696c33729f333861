"""A visitor who has no mouse: everything is reached with Tab, seen to be reached, and worked with keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

MOST = 150  # presses of Tab to anything on a page
# The focused element, also within a component of its own.
FOCUSED = "let focused = document.activeElement; while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;"
WITHIN = f"(wanted) => {{ {FOCUSED} for (let e = focused; e; e = e.parentNode ?? e.host) if (e === wanted) return true; return false; }}"
# A ring is drawn around it, or around what holds it; a field for text has a caret and an edge instead.
RINGED = f"""() => {{ {FOCUSED}
  const ring = (e) => getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 1;
  const typed = focused.matches('textarea, input:not([type=radio], [type=checkbox], [type=range])');
  return typed || [focused, focused.parentElement, focused.parentElement?.parentElement].some((e) => e && ring(e));
}}"""
TOLD = f"() => {{ {FOCUSED} return `${{focused?.tagName}} ${{focused?.closest?.('[id]')?.id}} ${{focused?.innerText?.slice(0, 40)}}`; }}"
POINTED = """for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
  addEventListener(kind, () => sessionStorage.setItem('pointed', kind), true);"""


class Keyboard:
    """A page without a mouse. Lists of files are the one thing that the browser's own window asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.context.add_init_script(POINTED)
        page.evaluate(POINTED)

    def reach(self, target: str | Locator, key: str = "Tab") -> Locator:
        """Press Tab until the first visible one of it, or something within it, has the focus; that is to be seen."""
        wanted = (self.page.locator(f"{target} >> visible=true") if isinstance(target, str) else target).first
        expect(wanted).to_be_visible()
        element = wanted.element_handle()
        way: list[str] = []
        while not self.page.evaluate(WITHIN, element):
            assert len(way) < MOST, f"{target} is not reached: {way}"
            self.page.keyboard.press(key)
            way.append(self.page.evaluate(TOLD))
        assert self.page.evaluate(RINGED), f"the focus is not to be seen: {self.page.evaluate(TOLD)}"
        return wanted

    def press(self, target: str | Locator, key: str = "Enter", way: str = "Tab") -> None:
        self.reach(target, way)
        self.page.keyboard.press(key)

    def type(self, target: str | Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, target: str | Locator, *files: Path) -> None:
        """Files for a field that takes some."""
        with self.page.expect_file_chooser() as chosen:
            self.press(target)
        chosen.value.set_files(files)

    def tab(self, name: str) -> None:
        """Bring a tab, or a view within one, to the front."""
        self.press(self.page.get_by_role("tab", name=name, exact=True).locator("visible=true"))

    def row(self, table: str, text: str) -> None:
        """Choose a row: Tab comes to the table's first cell, the arrows go on from there."""
        chosen = self.page.locator(f"{table} [role=gridcell]").filter(has_text=text)
        expect(chosen.first).to_be_visible()
        for _ in range(MOST):
            if not self.page.evaluate(
                f"(table) => {{ {FOCUSED} return focused.matches(`${{table}} [role=gridcell]`); }}", table
            ):
                self.reach(
                    f"{table} [role=gridcell][tabindex='0']"
                )  # at first, and when the table was made anew meanwhile
            if text in self.page.evaluate(f"() => {{ {FOCUSED} return focused.innerText; }}"):
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no row of {table} says {text}")

    def used_no_mouse(self) -> bool:
        return self.page.evaluate("sessionStorage.getItem('pointed')") is None
