"""What Gradio remembers of each visitor, kept small and for a bounded time."""

from __future__ import annotations

import datetime
from collections import ChainMap, OrderedDict
from collections.abc import Callable
from typing import Any

from gradio.blocks import Blocks, BlocksConfig
from gradio.components import State
from gradio.state_holder import SessionState, StateHolder

from ocrweb.ui.line.widgets import ChangedWidgets

MOST_PAGES = 1000  # open windows, and those that closed less than an hour ago
MOST_CALLS = 64  # a call of the API needs its session only until it is answered
CLOSED_KEPT = datetime.timedelta(hours=1)  # for a reload, or a lost connection
SILENT_KEPT = datetime.timedelta(days=1)  # an open window asks again and again


class LightSession(SessionState):
    """The states of one visitor, without the copy of the whole page that Gradio keeps for links to stored pages.

    Those links are closed here. The copy takes 0.8 MiB a visitor, and the last values of all widgets. The tables of
    widgets and events, 28 KiB a visitor, are the page's own, with this visitor's changes laid over them; widgets that have
    changed alike are shared.
    """

    def __init__(self, blocks: Blocks, widgets: ChangedWidgets) -> None:
        self._page, self._widgets = blocks, widgets
        self.blocks_config = _over(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = int(CLOSED_KEPT.total_seconds())

    def __setitem__(self, key: int, value: Any) -> None:
        block = self.blocks_config.blocks.get(key)
        if isinstance(block, State):
            self._state_ttl[key] = (block.time_to_live, datetime.datetime.now())
            self.state_data[key] = value
        elif block is not None and value is not block:
            self.blocks_config.blocks[key] = self._widgets.one_of(value, self._page.blocks.get(key, block))
        else:
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


def _over(page: BlocksConfig) -> BlocksConfig:
    """A table of its own that reads what it does not hold from the page's."""
    own = BlocksConfig(page.root_block)
    own.blocks = ChainMap({}, page.blocks)  # type: ignore[assignment]
    own.fns = ChainMap({}, page.fns)  # type: ignore[assignment]
    own.fn_id = page.fn_id
    return own


class BoundedSessions(StateHolder):
    """Sessions of windows by their last use, those of calls of the API apart, so that no number of calls pushes a window out.

    is_call: whether a session hash is that of one call. The answers to calls need nothing of their session afterwards.
    """

    def __init__(self, blocks: Blocks, is_call: Callable[[str], bool]) -> None:
        super().__init__()
        self.set_blocks(blocks)
        self._is_call = is_call
        self._widgets = ChangedWidgets()
        self._calls: OrderedDict[str, LightSession] = OrderedDict()

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data and self._is_call(session_id):
            found = self._calls.pop(session_id, None) or LightSession(self.blocks, self._widgets)
            self._calls[session_id] = found
            _trim(self._calls, MOST_CALLS)
            return found
        if session_id not in self.session_data:
            self.session_data[session_id] = LightSession(self.blocks, self._widgets)
        self.session_data.move_to_end(session_id)
        self.time_last_used[session_id] = datetime.datetime.now()
        for gone in _trim(self.session_data, MOST_PAGES):
            self.time_last_used.pop(gone, None)
        return self.session_data[session_id]

    def forget_call(self, session_id: str) -> None:
        """A call has been answered."""
        self._calls.pop(session_id, None)

    def delete_all_expired_state(self) -> None:
        """Also the sessions themselves, once nobody comes back to them; Gradio asks for this every second."""
        now = datetime.datetime.now()
        for session_id in list(self.session_data):
            silent = now - self.time_last_used[session_id]
            kept = CLOSED_KEPT if self.session_data[session_id].is_closed else SILENT_KEPT
            if silent > kept:
                self.delete_state(session_id)
                del self.session_data[session_id], self.time_last_used[session_id]
            else:
                self.delete_state(session_id, expired_only=True)


def _trim(kept: OrderedDict[str, Any], most: int) -> list[str]:
    """Drop the longest unused; their names."""
    gone = []
    while len(kept) > most:
        gone.append(kept.popitem(last=False)[0])
    return gone
