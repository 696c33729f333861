"""Copy the tutorial, the manual and the glossary from docs/ into the package, whose page shows them where no checkout is: python -m tools.build_manual

tests/docs/test_manual.py holds that the copies are what docs/ says today.
"""

from __future__ import annotations

import shutil

from ocrweb.config.paths import ASSETS, CHECKOUT

NAMES = ("tutorial", "troubleshooting", "glossary")
COPIES = {
    CHECKOUT / "docs" / f"{name}{ending}.md": ASSETS / "manual" / f"{name}.{lang}.md"
    for name in NAMES
    for lang, ending in (("en", ""), ("zh", "_zh"))
}


def main() -> None:
    for source, copy in COPIES.items():
        shutil.copyfile(source, copy)


if __name__ == "__main__":
    main()
