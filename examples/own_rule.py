"""A diagnosis rule of one's own, beside those that ship: python examples/own_rule.py LOGFILE

To keep it, add the pattern to ocrweb/services/training/diagnosis/patterns.py and its words to ocrweb/messages/*/causes/.
"""

import sys
from pathlib import Path

from ocrweb.services.training.diagnosis import diagnose
from ocrweb.services.training.diagnosis.evidence import evidence_of_file
from ocrweb.services.training.diagnosis.patterns import Pattern, then

# a line with both, in this order; the search is linear however long the line is
RULE = Pattern("cluster.lease", then("lease of node", "expired"), remedies=(), unless=r"lease .{0,20}renewed")
WORDS = "The cluster took the machine back. Ask for a longer lease, then: ocrweb train --resume latest"


def main(log: str) -> None:
    evidence = evidence_of_file(Path(log))
    own = RULE.match(evidence)
    if own is not None:
        print(f"{own.id} (line {own.line}): {own.evidence}\n  {WORDS}")
    for cause in diagnose(evidence):
        print(f"{cause.id}: {cause.title()}\n  {cause.explanation()}")


if __name__ == "__main__":
    main(sys.argv[1])
