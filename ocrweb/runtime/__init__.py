"""Detect text with a ready model: engines, detector, catalogue, results."""

import sys

# Merely importing OpenVINO starts a process that reports its use, unless a file in the user's home says no. Its code
# falls back to a stub that sends nothing when the reporting package is missing, so for this process it is missing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
