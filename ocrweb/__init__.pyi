from ocrweb.public import Detector as Detector
from ocrweb.public import detect as detect
from ocrweb.public import evaluate as evaluate
from ocrweb.public import read_dataset as read_dataset
from ocrweb.public import validate as validate

__version__: str
__all__ = ["Detector", "detect", "evaluate", "read_dataset", "validate"]
