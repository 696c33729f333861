"""The page's script is served with two loops exchanged: they answer as Gradio's do, whatever becomes of the tree."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright._impl._driver import compute_driver_executable

from ocrweb.ui.seams import assets, lookup

COMPARED = """
const [byGradio, quick] = SOURCES.map((source) => {
  const [find, attach] = source;
  return { find: eval(`(${find})`), attach: eval(`({ ${attach} })`) };
});
let seed = 7;
const random = (below) => ((seed = (seed * 48271) % 2147483647) >>> 7) % below;
const wrong = [];
let next = 1, nodes = [];
const grown = (depth) => {
  const node = { id: next++, props: { shared_props: {} } };
  nodes.push(node);
  if (depth) node.children = Array.from({ length: 1 + random(4) }, () => grown(depth - 1));
  return node;
};
const root = grown(6);
for (let round = 0; round < 300; round++) {
  for (const id of [root.id, null, ...(round % 50 ? [] : [-1]), ...Array.from({ length: 40 }, () => random(next))]) {
    const [one, other] = [byGradio.find(root, id), quick.find(root, id)];
    if (one !== other) wrong.push(["find", round, id]);
  }
  const changed = nodes[random(nodes.length)];
  const children = changed.children ?? (changed.children = []);
  if (random(3) === 0) children.reverse();
  else if (random(2)) children.push(grown(2));
  else children.splice(0, 1);
  if (random(20) === 0) changed.children = null;
}
let events = [
  { targets: [[1, "load"], [2, "click"], [1, "change"]] }, { targets: [[2, "change"], [3, ""]] }, { targets: [] },
  { targets: [[3, null], [2, "change"]] },
];
const attached = (way, id) => way.attach.find_attached_events({ id, props: { shared_props: {} } }, events).props.shared_props.attached_events;
for (const more of [null, { targets: [[1, "select"]] }, { targets: [[4, "input"]] }]) {
  if (more) events.push(more);
  if (more?.targets[0][0] === 4) events = [...events];
  for (let id = 0; id < 6; id++) {
    const [one, other] = [byGradio, quick].map((way) => JSON.stringify(attached(way, id)));
    if (one !== other) wrong.push(["attach", id, one, other]);
  }
}
console.log(JSON.stringify({ nodes: nodes.length, wrong }));
"""


@pytest.fixture(scope="module")
def by_gradio() -> str:
    (script,) = Path(lookup.BUILD_PATH_LIB).glob(lookup.SCRIPTS)
    return script.read_text(encoding="utf-8")


def taken_out(script: str) -> list[str]:
    """The two loops, as they stand in Gradio's script."""
    found = [known.search(script) for known in (lookup.FIND, lookup.ATTACH)]
    assert all(found), "Gradio has changed them: the page opens, as slowly as Gradio's own"
    return [one.group() for one in found if one]


def test_both_loops_are_in_the_installed_gradio_once_and_nothing_else_is_changed(by_gradio: str) -> None:
    find, attach = taken_out(by_gradio)
    script = lookup.quicker(by_gradio)
    assert find not in script
    assert attach not in script
    start, rest = by_gradio.split(attach)
    between, end = rest.split(find)
    assert script.startswith(start)
    assert between in script
    assert script.endswith(end)


def test_the_quicker_loops_answer_as_gradios_do_while_the_tree_changes(by_gradio: str) -> None:
    loops = taken_out(by_gradio)
    sources = json.dumps([loops, [lookup.quicker(loop) for loop in loops]])
    node, _ = compute_driver_executable()
    ran = subprocess.run(
        [node, "-e", f"const SOURCES = {sources};{COMPARED}"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["nodes"] > 200
    assert told["wrong"] == []


def test_the_page_gets_the_exchanged_script_at_gradios_address(by_gradio: str) -> None:
    application = FastAPI()
    exchanged = lookup.exchanged()
    assets.mount(application, exchanged)
    ((name, script),) = exchanged.items()
    assert script == lookup.quicker(by_gradio)
    assert TestClient(application).get(f"/assets/{name}").text == script


@pytest.mark.parametrize("script", ["", "function Z(e,t){return e.all[t]}"])
def test_a_script_that_is_not_the_known_one_stays_as_it_is(script: str) -> None:
    assert lookup.quicker(script) == script


def test_what_is_there_twice_stays_as_it_is(by_gradio: str) -> None:
    find, _ = taken_out(by_gradio)
    assert lookup.quicker(find + ";" + find) == find + ";" + find
