"""The page tells its widgets how calls stand without copying them: they know the same as by Gradio's own script."""

from __future__ import annotations

import pytest

from ocrweb.ui.seams.copies import ANEW, BRING, CLONE, COPIES, STANDING, TELL
from tests.ui.seams import scripts

EXCHANGES = {one.known: one for one in COPIES}

CLONED = """
const scope = { k: false, zn: Array.isArray, Jn: Object.getPrototypeOf, Kn: Object.prototype };
const value = () => {
  const shared = { deep: [1, "two", null, undefined, true, 3n] };
  return { shared, again: shared, at: new Date(5), uneven: [, 2], map: new Map([[1, 2]]), json: { toJSON: () => ({ a: 1 }) },
    nothing: null, none: undefined, symbol: Symbol.for("s"), fn: show, not: NaN };
};
function show() {}
let calls = 0;
const counted = globalThis.structuredClone;
globalThis.structuredClone = (it) => { calls++; return counted(it); };
const inspect = require("util").inspect;
const said = SOURCES.map((source) => {
  calls = 0;
  const clone = new Function("scope", `with (scope) { return ${source} }`)(scope);
  const given = value(), copy = clone(given, new Map(), "", []);
  return { copy: inspect(copy, { depth: 9 }), parted: copy !== given && copy.shared !== given.shared && copy.shared === copy.again,
    empty: !(0 in copy.uneven), calls };
});
console.log(JSON.stringify(said));
"""

STOOD = """
const said = SOURCES.map((source) => {
  const stati = new (new Function(`return ${source}`)())();
  stati.register(1, [10, 11], [12], "full"); stati.register(2, [11, 13], [], "hidden"); stati.register(3, [], [], "full");
  const seen = [];
  let kept = 0, was = {};
  const tell = (status) => {
    stati.update({ time_limit: null, ...status });
    seen.push(JSON.stringify(stati.current, (key, value) => (key === "time_start" ? value !== null : value)));
    for (const id in stati.current) kept += was[id] === stati.current[id];
    was = { ...stati.current };
  };
  for (const [fn_index, status, more] of STATI) tell({ fn_index, status, ...more });
  return { seen, kept };
});
console.log(JSON.stringify(said));
"""
STATI: list[tuple[int, str, dict[str, object]]] = [
    (1, "pending", {}),
    (2, "pending", {"queue": True, "position": 2}),
    (1, "generating", {}),
    (3, "pending", {}),
    (1, "complete", {"used_cache": "full", "cache_duration": 0.5, "avg_time": 2}),
    (2, "generating", {}),
    (3, "complete", {}),
    (2, "complete", {}),
    (1, "pending", {}),
    (1, "error", {"message": "no"}),
]

TOLD = """
const made = (source) => {
  const folded = [];
  const scope = {
    C: async () => {}, Z: (root, id) => root.nodes[id], q: () => {}, oe: Object.is,
    ke: (node, news) => { for (const [key, value] of Object.entries(news)) node[key === "loading_status" ? "shared" : "own"][key] = value; },
  };
  const names = [...new Set(source.match(/#\\w+/g))].filter((name) => !["#m", "#h", "#g", "#u"].includes(name));
  const Tree = new Function("scope", "folded", `with (scope) { return class {
    ${names.map((name) => `${name} = new Map;`).join("")} nodes = {}; told = [];
    root = { nodes: this.nodes }; #r = {};
    #m = async (id) => { folded.push(id); }; #h = async () => {}; #g = () => {}; #u = () => {};
    mount(id) { this.nodes[id] = { children: [], shared: {}, own: {}, component: true, get props() { return { props: this.own, shared_props: this.shared } } };
      this.#c.set(id, (news) => this.told.push([id, news])); }
    ${source}
  } }`.replace("#r = {};", names.includes("#r") ? "" : "#r = {};"))(scope, folded);
  return { tree: new Tree(), folded };
};
(async () => {
  const said = [];
  for (const source of SOURCES) {
    const { tree, folded } = made(source);
    const [pending, done] = [{ status: "pending" }, { status: "complete" }];
    const held = {};
    for (const id of [1, 2]) tree.mount(id);
    const states = [];
    for (const [id, news] of [
      [1, { loading_status: pending }], [1, { loading_status: pending }], [2, { loading_status: pending }],
      [1, { loading_status: { validation_error: null } }], [1, { loading_status: pending }], [1, { value: 5 }],
      [1, { loading_status: done }], [2, { label: "x", loading_status: done }], [2, { loading_status: pending }], [2, { label: "y" }],
    ]) {
      await tree.update_state(id, news, false);
      states.push(JSON.stringify([1, 2].map((one) => [tree.nodes[one].shared, tree.nodes[one].own])));
    }
    const before = tree.told.length;
    tree.mount(1);
    await tree.update_state(1, { loading_status: done }, false);
    for (const [one, news] of tree.told) held[one] = { ...held[one], ...news };
    said.push({ states, held, told: before, again: tree.told.length - before, folded });
  }
  console.log(JSON.stringify(said));
})();
"""

BROUGHT = """
(async () => {
  const said = [];
  for (const source of SOURCES) {
    const made = new (new Function(`return class { ${source} }`)())();
    const log = [];
    made.get_state_cb = async (id) => { log.push(["get", id]); return { time_limit: 3 }; };
    made.update_state_cb = async (id, news) => { log.push(["set", id, news]); };
    (await made.set_event_args(1, {}))();
    const bare = log.length;
    (await made.set_event_args(2, { time_limit: 9 }))();
    said.push({ bare, rest: log.slice(bare) });
  }
  console.log(JSON.stringify(said));
})();
"""

MADE = """
const said = SOURCES.map((source) => {
  const log = [], scope = { [NAMES.effect]: (run) => { for (let time = 0; time < 3; time++) run(); } };
  scope[NAMES.count] = () => log.push("looked"); scope[NAMES.untracked] = (run) => run();
  scope[NAMES.tree] = { reload: (parts) => log.push(parts) }; scope[NAMES.of] = { components: "made" };
  new Function("scope", `with (scope) { ${source})})}); }`)(scope);
  return log;
});
console.log(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def parts() -> dict[str, str]:
    return {
        "clone": scripts.between(scripts.by_gradio("index"), "function Ni(", "var Pi="),
        "tell": scripts.between(scripts.by_gradio("core"), "async update_state(", "async update_visibility("),
        "standing": scripts.between(scripts.by_gradio("statustracker"), "class{current={}", ",Ge=T("),
        "bring": scripts.between(scripts.by_gradio("Blocks"), "async set_event_args(", "async cancel("),
    }


def test_a_copy_of_a_value_is_the_same_and_asks_the_browser_for_objects_alone(parts: dict[str, str]) -> None:
    gradios, quick = scripts.run(CLONED, SOURCES=[parts["clone"], EXCHANGES[CLONE].of(parts["clone"])])
    assert quick["copy"] == gradios["copy"]
    assert (quick["parted"], quick["empty"]) == (gradios["parted"], gradios["empty"]) == (True, True)
    assert gradios["calls"] > 10
    assert quick["calls"] == 3  # a date and two functions


def test_how_calls_stand_is_the_same_and_what_nothing_changed_stays_itself(parts: dict[str, str]) -> None:
    gradios, quick = scripts.run(
        STOOD, SOURCES=[parts["standing"], EXCHANGES[STANDING].of(parts["standing"])], STATI=STATI
    )
    assert quick["seen"] == gradios["seen"]
    assert len(set(quick["seen"])) > 5
    assert quick["kept"] > gradios["kept"] + 5


def test_widgets_end_up_knowing_the_same_are_told_once_and_copied_for_other_news_alone(parts: dict[str, str]) -> None:
    gradios, quick = scripts.run(TOLD, SOURCES=[parts["tell"], EXCHANGES[TELL].of(parts["tell"])])
    assert quick["states"] == gradios["states"]
    assert quick["held"] == gradios["held"]
    assert (gradios["told"], quick["told"]) == (10, 9)
    assert gradios["again"] == quick["again"] == 1  # a widget that was made anew knows nothing
    assert gradios["folded"].count(1) == 6
    assert quick["folded"] == [2, 2]  # with another thing, and the other thing alone


def test_settings_are_brought_and_taken_back_and_without_any_nothing_is_asked_for(parts: dict[str, str]) -> None:
    gradios, quick = scripts.run(BROUGHT, SOURCES=[parts["bring"], EXCHANGES[BRING].of(parts["bring"])])
    assert (
        quick["rest"] == gradios["rest"] == [["get", 2], ["set", 2, {"time_limit": 9}], ["set", 2, {"time_limit": 3}]]
    )
    assert (gradios["bare"], quick["bare"]) == (1, 0)


def test_a_page_that_opens_is_made_once_and_anew_whenever_its_program_was_changed() -> None:
    found = ANEW.search(scripts.by_gradio("Blocks"))
    assert found
    sources = [found.group(), EXCHANGES[ANEW].of(found.group())]
    gradios, quick = scripts.run(MADE, SOURCES=sources, NAMES=found.groupdict())
    assert gradios == ["looked", "made"] * 3
    assert quick == ["looked", *["looked", "made"] * 2]
