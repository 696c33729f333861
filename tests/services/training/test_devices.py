from __future__ import annotations

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import Gpu, Sighting
from ocrweb.services.training.devices import check_devices

NONE = Sighting("absent")
TWO = Sighting("ok", (Gpu(0, "H200", 1, 1), Gpu(1, "H200", 1, 1)))


@pytest.mark.parametrize(
    ("device", "devices", "seen"),
    [("auto", "", NONE), ("auto", "0,1", NONE), ("cpu", "0,1,2", TWO), ("auto", "0,1", TWO), ("gpu", "1", TWO)],
)
def test_what_is_there_may_be_asked_for(device: str, devices: str, seen: Sighting) -> None:
    check_devices(device, devices, seen)


@pytest.mark.parametrize(
    ("device", "devices", "seen", "number"),
    [("auto", "0,9", NONE, 9), ("cpu", "1", NONE, 1), ("auto", "0,2", TWO, 2), ("cpu", "0,2", TWO, 2)],
)
def test_what_is_not_there_is_refused(device: str, devices: str, seen: Sighting, number: int) -> None:
    with pytest.raises(OcrwebError) as caught:
        check_devices(device, devices, seen)
    assert (caught.value.code, caught.value.params["number"]) == ("train.no-such-device", number)
