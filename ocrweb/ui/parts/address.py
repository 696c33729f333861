"""Addresses of the page: which tab an address opens, and what that tab shows. The browser's half is `page/address.js`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from ocrweb.ui.parts.built import QUIET

TABS = ("single", "batch", "datasets", "training", "models", "exporting")


class Address:
    """The page's address as a value: a query, set by Back and by the page's links; `opened` is the event after its tab.

    The script opens the first address; what a tab shows at it, the tab reads itself when the page loads: see `asked_js`.
    """

    def __init__(self, tabs: gr.Tabs) -> None:
        self.field = gr.Textbox("", visible="hidden", elem_id="address", show_label=False)
        self.opened = self.field.change(tab_of, self.field, tabs, **QUIET)


def tells_tab(tab: gr.Tab, name: str) -> None:
    """The address names this tab once it comes to the front."""
    tab.select(None, None, None, js=f"() => {{ ocrwebAddress.tab({json.dumps(name)}); return []; }}", **QUIET)


def tells(widget: Any, name: str) -> None:
    """The address names what this widget holds. name: of `address.js`."""
    script = f"(value) => {{ ocrwebAddress.shows({json.dumps(name)}, value || ''); return []; }}"
    widget.change(None, widget, None, js=script, **QUIET)


def asked_js(name: str, kept: str = "''", tab: str = "") -> str:
    """A script for a load event: the first input is what the address names, else what it was or JavaScript finds in `kept`.

    tab: the only one at whose address that counts, where several know the name.
    """
    here = f"asked.get('tab') === {json.dumps(tab)} && " if tab else ""
    asked = f"{here}asked.get({json.dumps(name)}) || value || {kept}"
    return f"(value, ...rest) => {{ const asked = new URLSearchParams(location.search); return [{asked}, ...rest]; }}"


def named(query: str | None, name: str, tab: str = "") -> str:
    """What an address names, empty when it does not, or is not of the tab that is given."""
    asked = parse_qs(query or "")
    return asked.get(name, [""])[-1] if tab in ("", asked.get("tab", [""])[-1]) else ""


def tab_of(query: str) -> Any:
    """The tab of an address, unless the browser has opened it; the first for an address that names none."""
    if named(query, "opened"):
        return gr.skip()
    tab = named(query, "tab")
    return gr.Tabs(selected=tab if tab in TABS else TABS[0])
