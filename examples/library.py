"""Text boxes of pictures, as a library: python examples/library.py PICTURE...

Nothing is written, and no console is needed.
"""

import sys

import ocrweb


def main(pictures: list[str]) -> None:
    detector = ocrweb.Detector()  # or "latest", a run, a file; loaded once
    print(f"{detector.model} on {detector.device}")
    for picture in pictures:
        result = detector.detect(picture, threshold=0.2)
        if result.error is not None:
            print(f"{picture}: {result.error.message()}")
            continue
        print(f"{picture}: {result.width} x {result.height}, {len(result.regions)} regions")
        for region in result.regions[:3]:
            print(f"  {region.score:.2f}  {region.quad.astype(int).tolist()}")


if __name__ == "__main__":
    main(sys.argv[1:])
