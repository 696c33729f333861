"""Two loops of Gradio's page that look at every widget for each widget, exchanged for ones that keep what they saw.

A page of a thousand widgets spends more than half of its opening in them, and most of what an event costs it.
"""

from __future__ import annotations

import re

from ocrweb.ui.seams.exchange import Exchange

# The function that finds a node of the tree by its id, or says that there is none.
FIND = re.compile(
    r"function (?P<name>[\w$]+)\((?P<tree>[\w$]+),(?P<id>[\w$]+)\)\{if\((?P=tree)\.id===(?P=id)\)return (?P=tree);"
    r"if\((?P=tree)\.children\)for\(let (?P<child>[\w$]+) of (?P=tree)\.children\)"
    r"\{let (?P=tree)=(?P=name)\((?P=child),(?P=id)\);if\((?P=tree)\)return (?P=tree)\}return null\}"
)
# ways: id → which child of which child, as they were last. The end of a way is looked at, so an old one does no harm.
# Nothing has no id; eighty times while a page opens it is asked for, and each time the whole tree would be walked.
FIND_QUICKER = """function %(name)s(tree, id) {
  if (id === null) return null;
  const ways = %(name)s.ways ??= new Map();
  const follow = (way) => { let node = tree; for (const at of way) node = node?.children?.[at]; return node?.id === id ? node : null; };
  const kept = ways.get(id);
  const there = kept && follow(kept);
  if (there) return there;
  ways.clear();
  const note = (node, way) => { if (!ways.has(node.id)) ways.set(node.id, way); node.children?.forEach((child, at) => note(child, [...way, at])); };
  note(tree, []);
  return ways.has(id) ? follow(ways.get(id)) : null;
}"""
# The method that gives a node the names of the events that something listens to, of all events of the page.
ATTACH = re.compile(
    r"find_attached_events\((?P<node>\w+),(?P<all>\w+)\)\{let (?P<names>\w+)=(?P=all)\.filter\((?P<one>\w+)=>(?P=one)\.targets\.find"
    r"\(\(\[(?P=one)\]\)=>(?P=one)===(?P=node)\.id\)\)\.map\((?P=one)=>\{let (?P=names)=(?P=one)\.targets\.find"
    r"\(\(\[(?P=one)\]\)=>(?P=one)===(?P=node)\.id\);return (?P=names)\?(?P=names)\[1\]:null\}\)\.filter\(Boolean\);"
    r"return (?P=node)\.props\.shared_props\.attached_events=(?P=names),(?P=node)\}"
)
ATTACH_QUICKER = """find_attached_events(node, all) {
  let seen = this.ocrweb_attached;
  if (seen?.all !== all || seen.count !== all.length) {
    seen = this.ocrweb_attached = { all, count: all.length, names: new Map() };
    for (const { targets } of all) {
      const first = new Map();
      for (const [id, event] of targets) if (!first.has(id)) first.set(id, event);
      for (const [id, event] of first) if (event) seen.names.set(id, [...(seen.names.get(id) ?? []), event]);
    }
  }
  node.props.shared_props.attached_events = seen.names.get(node.id) ?? [];
  return node;
}"""

LOOPS = (Exchange("core", FIND, FIND_QUICKER), Exchange("core", ATTACH, ATTACH_QUICKER))
