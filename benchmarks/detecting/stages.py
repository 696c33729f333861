"""File in, JSON out, stage by stage."""

from __future__ import annotations

from typing import Any

from benchmarks._measure import Times, ratio_shown, settle, table, timed, told
from benchmarks._pictures import Pictures
from benchmarks.detecting.contestants import ours, to_json
from ocrweb.config.detection import ResizeOptions


def run_stages(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """File in, JSON out: the time of each stage, all of it outside the network, and all of it against the bare network."""
    detector = ours()
    names = (
        "decode",
        "preprocess",
        "network",
        "postprocess",
        "json",
        "outside network",
        "file to JSON",
        "bare network",
    )
    times = {name: Times() for name in names}
    bare, network = ours("f32", "onnx"), Times()
    for index, path in enumerate(shown.files):
        for turn in range(rounds + 1):
            settle()
            result = detector.detect(path, resize=resize)
            seconds, _ = timed(to_json, result)
            prepared = bare.prepare(path, resize)
            settle()
            alone, _ = timed(bare.loaded.engine.run, prepared.blob)
            settle()
            own, _ = timed(detector.loaded.engine.run, prepared.blob)
            if turn == 0:
                continue
            for name in names[:4]:
                times[name].add(index, getattr(result.timing, name))
            times["json"].add(index, seconds)
            times["outside network"].add(index, result.timing.total - result.timing.network + seconds)
            times["file to JSON"].add(index, result.timing.total + seconds)
            times["bare network"].add(index, own)
            network.add(index, alone)
    document: dict[str, Any] = {"device": detector.device} | {name: times[name].to_dict() for name in names}
    outside = times["outside network"]
    share = told(outside.quiet_ms() / network.quiet_ms(), outside.spread(), network.spread())
    document["outside_share_of_onnxruntime_network"] = share
    whole, own_network = times["file to JSON"], times["bare network"]
    of_own = told(whole.quiet_ms() / own_network.quiet_ms(), whole.spread(), own_network.spread())
    document["to_own_network"] = of_own
    rows = [[name, f"{times[name].median_ms():.1f}", f"{times[name].quiet_ms():.1f}"] for name in names]
    text = table(["file → JSON", "median ms", "quiet ms"], rows)
    outside_share = f"outside the network: {ratio_shown(share)} of ONNX Runtime's network time"
    return (
        document,
        f"{text}\n{outside_share}\nfile to JSON: {ratio_shown(of_own)} × the bare network of the same precision",
    )
