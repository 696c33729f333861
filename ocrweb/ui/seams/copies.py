"""What Gradio's page makes twice as it opens, and what it copies of its widgets at each event without using it.

Whenever a call changes its state, the page tells all widgets that any call ever answered, and takes a deep copy of each (with
what it holds: a plot, a table) and of all that is in it. Here those are told that have something to be told, and nothing is copied.
"""

from __future__ import annotations

import re

from ocrweb.ui.seams.exchange import Exchange

# Svelte's copy of a value: `structuredClone` even for each number and string.
CLONE = re.compile(r"if\((?P<it>\w+) instanceof EventTarget\)return (?P=it);try\{return structuredClone\((?P=it)\)\}")
CLONE_QUICKER = (
    "if(Object(%(it)s)!==%(it)s||%(it)s instanceof EventTarget)return %(it)s;try{return structuredClone(%(it)s)}"
)
# A widget is told something that is not its value: what its component holds is copied into the tree first. How a call stands
# concerns neither. sent: id → what it was told last, which need not be told again.
TELL = re.compile(
    r"let (?P<apply>\w+)=this\.(?P<mounted>#\w+)\.get\((?P<id>\w+)\);(?P<node>\w+)&&!\(`value`in (?P<new>\w+)\)&&"
    r"\(await this\.(?P<copy>#\w+)\((?P=id),(?P=node)\),await this\.(?P<copies>#\w+)\((?P=node)\)\);"
)
TELL_QUICKER = (
    "let %(apply)s=this.%(mounted)s.get(%(id)s),standing=%(apply)s&&%(node)s&&`loading_status`in %(new)s,"
    "alone=standing&&Object.keys(%(new)s).length===1;"
    "if(standing){const sent=this.ocrweb_sent??=new Map,was=sent.get(%(id)s),now=%(new)s.loading_status;"
    "if(alone&&was?.node===%(node)s&&was.apply===%(apply)s&&was.now===now)return;"
    "sent.set(%(id)s,{node:%(node)s,apply:%(apply)s,now})}"
    "%(node)s&&!alone&&!(`value`in %(new)s)&&"
    "(await this.%(copy)s(%(id)s,%(node)s),await this.%(copies)s(%(node)s));"
)
# How calls stand: what another call left is made anew without marks of a cache. Without such marks it stays the same.
MARKS = "used_cache", "cache_duration", "avg_time", "cache_event_id"
STANDING = re.compile(
    r"(?P<was>\w+)\.fn_index!==(?P<of>\w+)\.fn_index&&\(this\.current\[(?P<id>\w+)\]=\{\.\.\.(?P=was),"
    + ",".join(f"{mark}:null" for mark in MARKS)
    + r"\}\)"
)
STANDING_QUICKER = (
    "%(was)s.fn_index!==%(of)s.fn_index&&!("
    + "&&".join(f"%(was)s.{mark}===null" for mark in MARKS)
    + ")&&(this.current[%(id)s]={...%(was)s,"
    + ",".join(f"{mark}:null" for mark in MARKS)
    + "})"
)
# Settings that an event brings its widget: none, in nearly all pages. The widget is copied before that is looked at.
BRING = re.compile(r"async set_event_args\((?P<id>\w+),(?P<settings>\w+)\)\{")
BRING_QUICKER = "async set_event_args(%(id)s,%(settings)s){if(Object.keys(%(settings)s).length===0)return()=>{};"

# The page is made anew when its program was changed under it, which is looked at as soon as it is there: it was made a moment ago.
ANEW = re.compile(
    r"(?P<effect>\w+)\(\(\)=>\{(?P<count>\w+)\(\),(?P<untracked>\w+)\(\(\)=>\{(?P<tree>\w+)\.reload\((?P<of>\w+)\.components,"
)
ANEW_QUICKER = (
    "%(effect)s(()=>{%(count)s(),%(untracked)s(()=>{"
    "if(!%(tree)s.ocrweb_there){%(tree)s.ocrweb_there=!0;return}"
    "%(tree)s.reload(%(of)s.components,"
)

COPIES = (
    Exchange("index", CLONE, CLONE_QUICKER),
    Exchange("core", TELL, TELL_QUICKER),
    Exchange("statustracker", STANDING, STANDING_QUICKER),
    Exchange("Blocks", BRING, BRING_QUICKER),
    Exchange("Blocks", ANEW, ANEW_QUICKER),
)
