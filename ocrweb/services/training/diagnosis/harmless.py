"""Lines of a log that libraries and shells write on healthy machines too: no cause is proved by one.

A warning of Python's is harmless unless it tells of what other rules know (`TELLING`); other notices are those of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ocrweb.services.training.diagnosis.log_text import LogLine

TELLING = re.compile(
    r"skip loading for|not compatible with|driver on your system|cuda device is not set|cuda is not available|"
    r"size mismatch|divide by zero|overflow encountered|invalid value encountered",
    re.IGNORECASE,
)
NOTICES = {
    "python": r"^\s{0,8}(\S{1,400}\.py:\d{1,6}: )?[a-z]{0,40}warning: ",
    "python-logged": r"\.py:\d{1,6}: [a-z]{1,40}warning: ",
    "warn-call": r"^\s{0,40}warnings\.warn\(",
    "tensorflow": r"\d: [iw] (tensorflow|external)/|\d: e (tensorflow|external)/\S{1,200}\] (unable to register|attempting to )|oneDNN custom operations are on|unable to register cu[a-z]{2,6} factory|all log messages before absl::",
    "glog-info": r"^i\d{4,8} \d\d:\d\d:\d\d\.\d+\s{1,9}\d",
    "paddle-device": r"^w\d{4,8} \S{1,30}\s{1,9}\d{1,10} \S{1,60}\] (please note: )?device: \d|re-?compile on local machine|0d tensor cannot be used",
    "nccl-info": r"nccl info |^\s{0,8}(export )?(torch_)?nccl_[a-z_]{1,60}\b",
    "torch-native": r"^\[w[ \d:.\-]{0,40}[a-z_]{0,40}\.cpp:\d{1,6}\]",
    "openmp": r"omp: (info|warning) #|setting omp_num_threads environment variable",
    "ccache": r"no ccache found|could not find files for the given pattern|用提供的模式无法找到文件",
    "onednn": r"^(onednn|dnnl|mkldnn)_verbose,",
    "pip": r"^(\[notice\] |warning: (retrying|running pip|there was an error checking)|error: pip's dependency resolver)",
    "preload": r"^error: ld\.so: object \S{1,300} from ld_preload",
    "locale": r"^(locale|perl|manpath|bash|/bin/(ba)?sh): .{0,60}(locale|lc_[a-z]{2,12}|no version information)",
    "matplotlib": r"matplotlib (created|is building)|\.config/matplotlib",
    "wandb": r"^(wandb|tensorboard|visualdl)\b",
    "picture-metadata": r"libpng warning|tiffreaddirectory: warning|corrupt exif data",
    "windows-of-none": r"^(qt\.|qfontdatabase|qobject::|qstandardpaths|libegl |alsa |dbus)|gtk-warning|unable to init server",
    "shell": r"^(grep: warning|nohup: |stty: |tput: |mesg: |mkdir: |rm: |fatal: not a git)",
    "tokenizers": r"tokenizers_parallelism|none of pytorch, tensorflow",
}  # fmt: skip
_NOTICE = re.compile("|".join(NOTICES.values()), re.IGNORECASE)
_WARNING = re.compile(f"{NOTICES['python']}|{NOTICES['python-logged']}", re.IGNORECASE)
_PLACE_ALONE = re.compile(r"^\s{0,8}\S{1,400}\.py:\d{1,6}:\s{0,4}$")
_IGNORED = "exception ignored in"


def telling_lines(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """Those that can prove something, in their order.

    Left out with a notice: the line of source that Python shows under it, and the trace of an exception that it ignored.
    """
    inside = ""  # of what the line is a part
    for line in lines:
        shown = line.text[:1] in " \t"
        if inside == "trace" and (shown or line.text.lower().startswith("traceback")):
            continue
        before, inside = inside, ""
        if (before == "trace" and _is_an_error(line.text)) or (before == "warning" and shown):
            continue
        if line.text.lower().startswith(_IGNORED):
            inside = "trace"
        elif _PLACE_ALONE.search(line.text):
            inside = "warning"
        elif not _NOTICE.search(line.text) or TELLING.search(line.text):
            yield line
        elif _WARNING.search(line.text):
            inside = "warning"


def _is_an_error(text: str) -> bool:
    name = text.partition(":")[0].strip()
    return name.isascii() and name.replace(".", "").replace("_", "").isalnum() and name.endswith(("Error", "Exception"))
