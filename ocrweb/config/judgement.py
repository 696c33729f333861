"""Thresholds by which figures are judged, each once."""

from __future__ import annotations

POOR_BELOW, WEAK_BELOW = 0.5, 0.7  # hmean of a run: a failed training, a weak one
HMEAN_DROP = 0.005  # that an export may lose on labelled pictures
INT8_DROP = 0.003  # and that a network in int8 may, to be taken unasked
MAP_TOLERANCE = 1e-3  # of single pixels: where a trained map is steep, the order of float32 sums alone makes 2.1e-4
MEAN_TOLERANCE = 1e-5  # on average those sums make 4e-8; whatever is wrong with a network moves the average

# What a training was good for: better weights, better thresholds alone, nothing, or harm.
IMPROVED, THRESHOLDS, NOTHING, WORSE = "improved", "thresholds", "nothing", "worse"
OUTCOMES = (IMPROVED, THRESHOLDS, NOTHING, WORSE)
HELPED = (IMPROVED, THRESHOLDS)

# Why the figures of a training prove nothing: no picture was kept out, a poor result fits other pictures' labels as well,
# the labels lie beside their text, the test list says the contrary.
LEARNT_FROM, ELSEWHERE, MOVED, TEST_WORSE = "learnt-from", "labels-elsewhere", "labels-moved", "test-worse"
# What a run says before its first step when the base model's boxes fit its labels only in another frame.
LABELS_MISPLACED = "evaluation.labels-misplaced"
FRAMES = "from-bottom", "mirrored", "upside-down", "turned-left", "turned-right", "swapped", "scaled"
DOUBTS = (LEARNT_FROM, ELSEWHERE, MOVED, TEST_WORSE)
