"""Build the font subsets of ``ocrweb/assets/fonts`` from their public packages.

Not needed to use or test the project: the subsets are kept in the repository. To build them again, in an empty folder:

    python -m venv venv && venv/bin/pip install fonttools brotli pyyaml
    npm pack @fontsource/inter @fontsource/long-cang …      # every package named in FACES below
    venv/bin/pip download --no-deps cvttf-notosanscjk-regular
    venv/bin/python tools/build_fonts.py THAT_FOLDER

Chinese subsets hold either the 3,755 characters of GB 2312 level 1, or the characters of the renderer's vocabulary.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from fontTools import merge, subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "ocrweb" / "assets" / "fonts"
VOCABULARY = ROOT / "ocrweb" / "data" / "render" / "vocabulary.yml"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
LATIN = ASCII + "£¥€©®°±·×÷–—‘’“”•…" + "ÀÁÂÄÇÈÉÊËÍÑÓÔÖÙÚÜßàáâäçèéêëíîïñóôöùúûü"
CHINESE_MARKS = "，。、；：？！（）《》“”‘’…—·￥【】％＃－０１２３４５６７８９"


@dataclass(frozen=True)
class Source:
    """name: file stem in the assets. package: npm ``@fontsource/<package>``; weight: CSS weight. characters: see choose()."""

    name: str
    package: str
    weight: int = 400
    characters: str = "latin"


FACES = [
    Source("inter", "inter"),
    Source("inter-bold", "inter", 700),
    Source("open-sans", "open-sans"),
    Source("open-sans-bold", "open-sans", 700),
    Source("roboto", "roboto"),
    Source("roboto-condensed", "roboto-condensed"),
    Source("roboto-condensed-bold", "roboto-condensed", 700),
    Source("archivo-narrow", "archivo-narrow"),
    Source("oswald", "oswald", 500),
    Source("anton", "anton"),
    Source("bebas-neue", "bebas-neue"),
    Source("roboto-slab-bold", "roboto-slab", 700),
    Source("libre-baskerville", "libre-baskerville"),
    Source("merriweather", "merriweather"),
    Source("playfair-display-bold", "playfair-display", 700),
    Source("abril-fatface", "abril-fatface"),
    Source("lobster", "lobster"),
    Source("pacifico", "pacifico"),
    Source("courier-prime", "courier-prime"),
    Source("courier-prime-bold", "courier-prime", 700),
    Source("cutive-mono", "cutive-mono"),
    Source("ibm-plex-mono", "ibm-plex-mono", 500),
    Source("share-tech-mono", "share-tech-mono"),
    Source("vt323", "vt323"),
    Source("special-elite", "special-elite"),
    Source("press-start-2p", "press-start-2p"),
    Source("caveat", "caveat", 500),
    Source("patrick-hand", "patrick-hand"),
    Source("indie-flower", "indie-flower"),
    # Kept apart: never used for training pages.
    Source("fira-sans", "fira-sans"),
    Source("share-tech", "share-tech"),
    Source("kalam", "kalam"),
    Source("ibm-plex-mono-bold", "ibm-plex-mono", 700),
    # Chinese.
    Source("long-cang", "long-cang", characters="vocabulary"),
    Source("zhi-mang-xing", "zhi-mang-xing", characters="vocabulary"),
    Source("zcool-qingke-huangyou", "zcool-qingke-huangyou", characters="vocabulary"),
    Source("ma-shan-zheng", "ma-shan-zheng", characters="vocabulary"),
    Source("noto-serif-sc", "noto-serif-sc", characters="vocabulary"),
]


FACES_ORDER = [source.name for source in FACES] + ["noto-sans-sc"]


def level_one() -> str:
    """The 3,755 common characters of GB 2312 level 1."""
    codes = ((row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return "".join(bytes(code).decode("gb2312") for code in codes if code <= (0xD7, 0xF9))


def choose(kind: str) -> str:
    if kind == "latin":
        return LATIN
    words = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    used = {character for text in words.values() for character in text if character >= "\u2e80"}
    return ASCII + "".join(sorted(used | set(CHINESE_MARKS)))


def shrink(font: TTFont, characters: str) -> TTFont:
    """Keep these characters, drop hinting and layout tables that Pillow's basic layout does not read."""
    options = subset.Options(
        hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 5, 13, 14], desubroutinize=False
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "STAT", "fvar", "DSIG", "meta"]
    worker = subset.Subsetter(options)
    worker.populate(text=characters)
    worker.subset(font)
    return font


def open_package(archive: Path, source: Source, characters: str) -> tuple[TTFont, str, str]:
    """The merged font of one weight, the package's version and its licence text."""
    parts = []
    with tarfile.open(archive) as package:
        licence = package.extractfile("package/LICENSE").read().decode("utf-8")
        version = json.load(package.extractfile("package/package.json"))["version"]
        wanted = ["latin"] if source.characters == "latin" else ["latin", "chinese-simplified"]
        for script in wanted:
            name = f"package/files/{source.package}-{script}-{source.weight}-normal.woff2"
            font = TTFont(io.BytesIO(package.extractfile(name).read()))
            taken = set().union(*(part.getBestCmap() for part in parts))
            part = shrink(font, "".join(c for c in characters if ord(c) not in taken))
            part.flavor = None
            parts.append(part)
    if len(parts) == 1:
        return parts[0], version, licence
    streams = []
    for part in parts:
        streams.append(io.BytesIO())
        part.save(streams[-1])
        streams[-1].seek(0)
    return merge.Merger().merge(streams), version, licence


def rename(font: TTFont, name: str) -> None:
    """Give the subset a name of its own: a changed font may not carry a reserved one."""
    for record in list(font["name"].names):
        if record.nameID in (1, 4, 6, 16):
            font["name"].removeNames(nameID=record.nameID)
    title = f"Ocrweb subset {FACES_ORDER.index(name) + 1}"
    for identifier, text in ((1, title), (4, title), (6, title.replace(" ", "-"))):
        font["name"].setName(text, identifier, 3, 1, 0x409)


def simplified_chinese(wheel: Path) -> TTFont:
    """Noto Sans CJK with the glyph shapes that mainland China uses (feature ``locl``, language ZHS)."""
    with zipfile.ZipFile(wheel) as package:
        name = next(entry for entry in package.namelist() if entry.endswith(".otf"))
        font = TTFont(io.BytesIO(package.read(name)))
    table = font["GSUB"].table
    script = next(record.Script for record in table.ScriptList.ScriptRecord if record.ScriptTag == "hani")
    system = next(record.LangSys for record in script.LangSysRecord if record.LangSysTag.strip() == "ZHS")
    features = [table.FeatureList.FeatureRecord[index] for index in system.FeatureIndex]
    swaps: dict[str, str] = {}
    for record in features:
        if record.FeatureTag == "locl":
            for lookup in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[lookup].SubTable:
                    swaps.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    for cmap in font["cmap"].tables:
        if hasattr(cmap, "cmap"):
            cmap.cmap = {code: swaps.get(glyph, glyph) for code, glyph in cmap.cmap.items()}
    return shrink(font, choose("vocabulary") + level_one())


def main(folder: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    rows = []
    for source in FACES:
        archive = next(folder.glob(f"fontsource-{source.package}-[0-9]*.tgz"))
        font, version, licence = open_package(archive, source, choose(source.characters))
        rename(font, source.name)
        font.save(TARGET / f"{source.name}.ttf")
        (TARGET / f"LICENSE-{source.package}.txt").write_text(licence, encoding="utf-8")
        kind = "Apache-2.0" if "Apache License" in licence[:200] else "OFL-1.1"
        rows.append((f"{source.name}.ttf", f"npm `@fontsource/{source.package}`", version, kind, source.characters))
    wheel = next(folder.glob("cvttf_NotoSansCJK_Regular-*.whl"))
    font = simplified_chinese(wheel)
    rename(font, "noto-sans-sc")
    font.save(TARGET / "noto-sans-sc.otf")
    notice = next(TARGET.glob("LICENSE-inter.txt")).read_text(encoding="utf-8")
    (TARGET / "LICENSE-noto-sans-sc.txt").write_text(
        f"{font['name'].getDebugName(0)}\n\n{notice[notice.index('This Font Software is licensed') :]}",
        encoding="utf-8",
    )
    version = wheel.name.split("-")[1]
    rows.append(
        ("noto-sans-sc.otf", "PyPI `cvttf-notosanscjk-regular`", version, "OFL-1.1", "GB 2312 level 1 + vocabulary")
    )
    for row in sorted(rows):
        print("| " + " | ".join(row) + f" | {(TARGET / row[0]).stat().st_size // 1024} KB |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
