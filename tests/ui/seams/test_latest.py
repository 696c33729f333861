"""Of calls that are asked for anew before they left the page the newest is sent, and each of the others as Gradio sends it."""

from __future__ import annotations

import pytest

from ocrweb.ui.seams.latest import LATEST
from tests.ui.seams import scripts

ASKED = """
const sent = [];
const made = (source, mode) => {
  const scope = { Ze: new Function(`return ${MODE}`)(), J: /never/ };
  const Page = new Function("scope", `with (scope) { return class { ${source} } }`)(scope);
  const page = new Page(), log = [], ended = [];
  let value = null, end = null;
  const call = {
    id: 13, inputs: [1], component_prop_inputs: [], targets: [[1, "change"]], outputs: [2], event_args: {}, cancels: [],
    trigger_modes: mode.trigger, functions: { backend: mode.backend }, connection_type: "sse",
    get_triggers: () => ({ success: [], failure: [], all: [] }),
    run: async (client, data) => {
      log.push(data[0]);
      if (!mode.backend) return { type: "data", data: [] };
      const answered = new Promise((answer) => { end = answer; });
      return { type: "submit", data: (async function* () { await answered; yield { type: "status", stage: "complete" }; })() };
    },
  };
  Object.assign(page, {
    submissions: new Map, submission_trigger_ids: new Map, active_dependencies: new Map, queue: new Set, connection_lost: false,
    dependencies_by_fn: new Map([[13, call]]), dependencies_by_event: new Map([["change-1", [call]]]), client: null,
    cancel() {}, update_loading_status() {}, update_loading_stati_state() {}, add_to_api_calls() {}, handle_data: async () => {},
    update_state_cb() {}, dispatch_state_change_events() {}, clear_submission(id) { this.submissions.delete(id); },
    set_event_args: async () => () => ended.push("taken back"),
    gather_state: async () => { await new Promise(setImmediate); return [value]; },
  });
  const ask = (now) => { value = now; page.dispatch({ type: "event", event_name: "change", target_id: 1, event_data: null }); };
  const settled = async () => { for (let time = 0; time < 20; time++) await new Promise(setImmediate); };
  return { ask, settled, answer: () => end(), log, ended };
};
(async () => {
  for (const source of SOURCES) for (const mode of MODES) {
    const { ask, settled, answer, log, ended } = made(source, mode);
    for (const picture of [null, "a", "b"]) ask(picture);
    await settled();
    if (mode.backend) { ask("c"); ask("d"); await settled(); answer(); await settled(); answer(); await settled(); }
    ask("e"); await settled();
    if (mode.backend) { answer(); await settled(); }
    sent.push({ log, ended: ended.length });
  }
  console.log(JSON.stringify(sent));
})();
"""
MODES = [
    {"trigger": "always_last", "backend": True},
    {"trigger": "once", "backend": True},
    {"trigger": "always_last", "backend": False},
    {"trigger": "multiple", "backend": True},
]


@pytest.fixture(scope="module")
def sent() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """By Gradio's own script and by the exchanged one, for each of the modes."""
    by_gradio = scripts.by_gradio("Blocks")
    source = scripts.between(by_gradio, "async dispatch(", "create(e){let ")
    mode = scripts.between(by_gradio, "function Ze(", "function Y(")
    said = scripts.run(ASKED, SOURCES=[source, LATEST[0].of(source)], MODES=MODES, MODE=mode)
    return said[: len(MODES)], said[len(MODES) :]


def test_a_call_that_is_asked_for_anew_before_it_left_is_sent_once_with_what_is_newest(
    sent: tuple[list[dict[str, object]], list[dict[str, object]]],
) -> None:
    gradios, ours = sent
    assert [one["log"] for one in gradios[:2]] == [["b", "b", "b", "d", "e"], ["b", "b", "b", "e"]]
    assert [one["log"] for one in ours[:2]] == [
        ["b", "d", "e"],
        ["b", "e"],
    ]  # kept back or skipped while one runs, as before
    assert [one["ended"] for one in ours[:2]] == [
        5,
        4,
    ]  # what two that were not sent brought to their widgets is taken back too


@pytest.mark.parametrize("mode", [2, 3])
def test_all_others_are_sent_as_before(
    sent: tuple[list[dict[str, object]], list[dict[str, object]]], mode: int
) -> None:
    gradios, ours = sent
    assert ours[mode] == gradios[mode]
    assert len(ours[mode]["log"]) > 3  # type: ignore[arg-type]
