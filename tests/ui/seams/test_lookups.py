"""The page's script is served with two loops exchanged: they answer as Gradio's do, whatever becomes of the tree."""

from __future__ import annotations

import pytest

from ocrweb.ui.seams.lookups import LOOPS
from tests.ui.seams import scripts

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
def loops() -> list[str]:
    """As they stand in Gradio's script."""
    found = [one.known.search(scripts.by_gradio(one.script)) for one in LOOPS]
    assert all(found), "Gradio has changed them: the page opens, as slowly as Gradio's own"
    return [one.group() for one in found if one]


def test_the_quicker_loops_answer_as_gradios_do_while_the_tree_changes(loops: list[str]) -> None:
    quicker = [one.of(loop) for one, loop in zip(LOOPS, loops, strict=True)]
    assert not set(quicker) & set(loops)
    told = scripts.run(COMPARED, SOURCES=[loops, quicker])
    assert told["nodes"] > 200
    assert told["wrong"] == []
