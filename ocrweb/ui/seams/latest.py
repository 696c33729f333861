"""A call that is asked for anew before it has left the page is sent once, with what is newest.

While a call runs Gradio skips the next one (``once``) or keeps it back (``always_last``), but a call runs only once its inputs
are gathered. Within that time a picture that takes another one's place changes twice (nothing, then the picture), a choice from
a list tells of itself twice, and a form that is filled by an answer changes once a field. Each would be calculated.
"""

from __future__ import annotations

import re

from ocrweb.ui.seams.exchange import Exchange

GATHER = re.compile(
    r"let (?P<gathered>(?P<data>\w+)=await this\.gather_state\((?P<of>\w+)\.inputs,(?P=of)\.component_prop_inputs\),"
    r"(?P<undo>\w+)=await Promise\.all\((?P=of)\.targets\.map\(\(\[(?P<id>\w+)\]\)=>this\.set_event_args\((?P=id),"
    r"(?P=of)\.event_args\)\)\)),(?P<next>\{success:\w+,failure:\w+,all:\w+\}=(?P=of)\.get_triggers\(\))"
)
GATHER_ONCE = (
    "let turns=this.ocrweb_turns??=new Map,turn=(turns.get(%(of)s.id)??0)+1;turns.set(%(of)s.id,turn);"
    "let %(gathered)s;"
    "if(%(of)s.functions.backend&&[`once`,`always_last`].includes(%(of)s.trigger_modes)&&turns.get(%(of)s.id)!==turn)"
    "{%(undo)s.forEach(undo=>undo());continue}"
    "let %(next)s"
)

LATEST = (Exchange("Blocks", GATHER, GATHER_ONCE),)
