"""Broken lists, names, pairs and layouts."""

from __future__ import annotations

from pathlib import Path

from tests.data.corpus import (
    TEST,
    TRAIN,
    case,
    content,
    each,
    every_line,
    listed,
    picture,
    remove,
    rename,
    replaced_in_list,
)

PAIR = "train_images/3.jpg train_gts/3.txt"
UNLISTED = ("list.unlisted",)
TRAIN_LIST = "".join(f"train_images/{n}.jpg train_gts/{n}.txt\n" for n in TRAIN)
FEW = "stats.few-pictures"


def link_out(root: Path) -> None:
    outside = root.parent / "outside.jpg"
    outside.write_bytes(picture(77))
    (root / "train_images/3.jpg").unlink()
    (root / "train_images/3.jpg").symlink_to(outside)


def link_beside(root: Path) -> None:
    """Into a folder whose name begins as the dataset's own does."""
    beside = root.parent / f"{root.name}-other"
    beside.mkdir()
    (beside / "3.jpg").write_bytes(picture(77))
    (root / "train_images/3.jpg").unlink()
    (root / "train_images/3.jpg").symlink_to(beside / "3.jpg")


def link_folder_out(root: Path) -> None:
    (root / "test_images").rename(root.parent / "elsewhere")
    (root / "test_images").symlink_to(root.parent / "elsewhere")


def with_spaces(root: Path) -> None:
    rename("train_images/3.jpg", "train_images/3 (1).jpg")(root)
    rename("train_gts/3.txt", "train_gts/3 (1).txt")(root)
    listed("train_images/3 (1).jpg train_gts/3 (1).txt")(root)


def icdar_names(root: Path) -> None:
    for number in TRAIN:
        rename(f"train_gts/{number}.txt", f"train_gts/gt_{number}.txt")(root)
    replaced_in_list("train_gts/", "train_gts/gt_")(root)


def label_only(name: str) -> str:
    return name.split(" ")[0].removeprefix("train_images/") + "\n"


LINES = [
    case("list/fine", lambda root: None),
    case("list/whitespace-leading", listed(f" {PAIR}"), "list.whitespace"),
    case("list/whitespace-trailing", listed(f"{PAIR} "), "list.whitespace"),
    case("list/whitespace-two-blanks", listed(PAIR.replace(" ", "  ")), "list.whitespace"),
    case("list/whitespace-tab", listed(PAIR.replace(" ", "\t")), "list.whitespace"),
    case("list/whitespace-ideographic", listed(PAIR.replace(" ", "\u3000")), "list.whitespace"),
    case("list/whitespace-zero-width", listed(f"\u200b{PAIR}"), "list.whitespace"),
    case("list/crlf", every_line(lambda line: f"{line}\r\n"), "list.whitespace"),
    case("list/bom", content("train_list.txt", b"\xef\xbb\xbf" + TRAIN_LIST.encode()), "list.bom"),
    case("list/utf-16", content("train_list.txt", TRAIN_LIST.encode("utf-16")), "list.encoding"),
    case("list/binary", content("train_list.txt", b"\xff\xfe\x00"), "list.unknown-encoding", left=("list.unknown-encoding",)),
    case("list/empty-line", listed(f"\n{PAIR}"), "list.empty-line"),
    case("list/empty-lines-at-end", content("train_list.txt", TRAIN_LIST.encode() + b"\n\n"), *["list.empty-line"] * 2),
    case("list/format-comma", listed(PAIR.replace(" ", ",")), "list.format"),
    case("list/format-semicolon", listed(PAIR.replace(" ", "; ")), "list.format"),
    case("list/format-reversed", listed("train_gts/3.txt train_images/3.jpg"), "list.format"),
    case("list/format-backslash", listed(PAIR.replace("/", "\\")), "list.format"),
    case("list/format-double-slash", listed(PAIR.replace("/", "//")), "list.format"),
    case("list/format-picture-only", listed("train_images/3.jpg"), "list.format"),
    case("list/format-quotes", listed('"train_images/3.jpg" "train_gts/3.txt"'), "list.format"),
    case("list/format-tuple", listed("('train_images/3.jpg', 'train_gts/3.txt'),"), "list.format"),
    case("list/format-count-before", listed(f"3 {PAIR}"), "list.format", "list.prefix"),
    case("list/format-class-behind", listed(f"{PAIR} 0"), "list.format"),
    case("list/format-blanks-and-numbers-in-names", each(rename("train_images/3.jpg", "train_images/1 3.jpg"), rename("train_gts/3.txt", "train_gts/1 3.txt"),
         listed("train_images/1 3.jpg train_gts/1 3.txt")), "list.format"),
    case("list/format-arrow", listed(PAIR.replace(" ", " -> ")), "list.format", "list.prefix"),
    case("list/format-comma-at-the-end", listed(f"{PAIR},"), "list.format"),
    case("list/format-count-and-tabs", listed("3\t" + PAIR.replace(" ", "\t")), "list.format", "list.whitespace"),
    case("list/format-three-names", listed(f"{PAIR} train_gts/4.txt"), "list.format", *UNLISTED, left=("list.format", *UNLISTED)),
    case("list/format-words", listed("see other list"), "list.format", *UNLISTED, left=("list.format", *UNLISTED)),
    case("list/format-json-label", listed("train_images/3.jpg train_gts/3.json"), "list.format", *UNLISTED, left=("list.format", *UNLISTED)),
    case("list/format-spaces-in-names", with_spaces, "list.format"),
    case("list/modelscope-names-only", every_line(label_only), *["list.format"] * 10),
    case("list/absolute", listed("/data/set/train_images/3.jpg /data/set/train_gts/3.txt"), "list.absolute-path"),
    case("list/absolute-windows", listed(r"C:\set\train_images\3.jpg C:\set\train_gts\3.txt"), "list.absolute-path", "list.format"),
    case("list/absolute-elsewhere", listed("/data/9999.jpg /data/9999.txt"), "list.absolute-path", *["list.file-missing"] * 2, *UNLISTED,
         left=("list.absolute-path", *["list.file-missing"] * 2, *UNLISTED)),
    case("list/prefix-none", listed("3.jpg 3.txt"), "list.prefix"),
    case("list/prefix-dot", listed("./train_images/3.jpg ./train_gts/3.txt"), "list.prefix"),
    case("list/prefix-outer-folder", listed("custom_data/train_images/3.jpg custom_data/train_gts/3.txt"), "list.prefix"),
    case("list/prefix-wrong-folder", listed("images/3.jpg gt/3.txt"), "list.prefix"),
    case("list/prefix-of-the-other-split", listed("train_images/3.jpg train_gts/3.txt", 1, "test"), "list.other-part", "list.unlisted", left=("list.unlisted",)),
    case("list/the-other-split-s-of-a-name-that-both-have", listed("train_images/2.jpg train_gts/2.txt", 1, "test"), "list.other-part", "list.unlisted",
         left=("list.other-part", "list.unlisted")),
    case("list/a-line-of-the-other-list", listed("test_images/2.jpg test_gts/2.txt\ntrain_images/3.jpg train_gts/3.txt", 2, "test"), "list.other-part"),
    case("list/label-has-another-known-name", rename("train_gts/3.txt", "train_gts/gt_3.txt"), "list.file-missing", "pair.name-mismatch"),
    case("list/prefix-missing-on-label", listed("train_images/3.jpg 3.txt"), "list.prefix"),
    case("list/prefix-all", every_line(lambda line: line.replace("train_images/", "").replace("train_gts/", "") + "\n"), *["list.prefix"] * 10),
    case("list/escapes", listed("../other/train_images/3.jpg ../other/train_gts/3.txt"), "list.escapes"),
    case("list/escapes-by-link", link_out, "list.escapes", left=("list.escapes",)),
    case("list/escapes-into-a-folder-of-a-similar-name", link_beside, "list.escapes", left=("list.escapes",)),
    case("list/escapes-by-linked-folder", link_folder_out, *["list.escapes"] * 2, left=("list.escapes",) * 2),
    case("list/duplicate", listed(f"{PAIR}\n{PAIR}"), "list.duplicate"),
    case("list/duplicate-other-label", listed(f"{PAIR}\ntrain_images/3.jpg train_gts/4.txt"), "list.duplicate", "pair.name-mismatch",
         left=("list.duplicate", "pair.name-mismatch")),
    case("list/file-missing", listed("train_images/99.jpg train_gts/99.txt"), *["list.file-missing"] * 2, *UNLISTED,
         left=(*["list.file-missing"] * 2, *UNLISTED)),
    case("list/file-missing-capitals", listed("train_images/3.JPG train_gts/3.TXT"), *["list.file-missing"] * 2),
    case("list/file-missing-suffix", listed("train_images/3.png train_gts/3.txt"), "list.file-missing"),
    case("list/unlisted", content("train_list.txt", TRAIN_LIST.replace(f"{PAIR}\n", "").encode()), FEW, *UNLISTED, left=(FEW, *UNLISTED)),
    case("list/no-newline-at-end", content("train_list.txt", TRAIN_LIST.rstrip().encode())),
    case("list/test-may-be-empty", each(content("test_list.txt", b""), *(remove(f"test_images/{n}.jpg", f"test_gts/{n}.txt") for n in TEST))),
    case("list/test-empty-but-pictures", content("test_list.txt", b""), *UNLISTED * 2, left=UNLISTED * 2),
    case("list/train-empty", content("train_list.txt", b""), "list.empty"),
    case("list/train-only-blank-lines", content("train_list.txt", b"\n\n"), *["list.empty-line"] * 2, "list.empty"),
    case("list/missing", remove("train_list.txt"), "list.missing"),
    case("list/missing-test", remove("test_list.txt"), "list.missing"),
    case("list/backup-beside", content("train_list.txt~", b"old"), "list.backup-file"),
    case("list/backup-bak", content("train_list.txt.bak", b"old"), "list.backup-file"),
    case("list/backup-hidden", content(".train_list.txt.swp", b"old"), "list.backup-file"),
    case("list/backup-copy", content("test_list (1).txt", b"old"), "list.backup-file"),
    case("list/backup-instead", rename("train_list.txt", "train_list.txt~"), "list.missing", "list.backup-file"),
    case("list/two-backups-instead", each(rename("train_list.txt", "train_list.txt~"), content("train_list.txt.bak", b"")),
         "list.missing", *["list.backup-file"] * 2, left=("list.missing", *["list.backup-file"] * 2)),
]  # fmt: skip
PAIRS = [
    case("pair/gt-prefix-of-all", icdar_names, *["pair.name-mismatch"] * 10),
    case("pair/gt-prefix-of-one", each(rename("train_gts/3.txt", "train_gts/gt_3.txt"), listed("train_images/3.jpg train_gts/gt_3.txt")), "pair.name-mismatch"),
    case("pair/double-suffix", each(rename("train_gts/3.txt", "train_gts/3.jpg.txt"), listed("train_images/3.jpg train_gts/3.jpg.txt")), "pair.name-mismatch"),
    case("pair/doubled-suffix-of-the-label", rename("train_gts/3.txt", "train_gts/3.txt.txt"), "list.file-missing", "pair.name-mismatch"),
    case("pair/doubled-suffix-of-the-picture", rename("train_images/3.jpg", "train_images/3.jpg.jpg"), "list.file-missing", "pair.name-mismatch"),
    case("pair/other-capitals-each", each(rename("train_images/3.jpg", "train_images/Scan.jpg"), rename("train_gts/3.txt", "train_gts/sCAN.txt"),
         listed("train_images/scan.jpg train_gts/scan.txt")), *["list.file-missing"] * 2, "pair.name-mismatch"),
    case("pair/other-unicode-form-each", each(rename("train_images/3.jpg", "train_images/e\u0301.jpg"), rename("train_gts/3.txt", "train_gts/\u00e9.txt"),
         listed("train_images/\u00e9.jpg train_gts/\u00e9.txt")), "list.file-missing", "pair.name-mismatch"),
    case("pair/other-width-each", each(rename("train_images/3.jpg", "train_images/票（１）.jpg"), rename("train_gts/3.txt", "train_gts/票(1).txt"),
         listed("train_images/票(1).jpg train_gts/票(1).txt")), "list.file-missing", "pair.name-mismatch"),
    case("pair/blank-at-an-end", each(rename("train_gts/3.txt", "train_gts/3 .txt")), "list.file-missing", "pair.name-mismatch"),
    case("pair/one-label-for-two-pictures", each(content("train_images/3.png", picture(55, suffix=".png")), listed(f"{PAIR}\ntrain_images/3.png train_gts/3.txt")),
         "pair.shared-label", left=("pair.shared-label",)),
    case("pair/folder-within-itself", each(rename("train_images", "x"), lambda root: (root / "train_images").mkdir(), rename("x", "train_images/train_images")),
         *["list.file-missing"] * 10),
    case("pair/link-to-the-dataset-itself", lambda root: (root / "train_images/all").symlink_to("..")),
    case("pair/shifted-line", listed("train_images/3.jpg train_gts/4.txt"), "pair.name-mismatch", left=("pair.name-mismatch",)),
    case("pair/label-deleted", remove("train_gts/3.txt"), "list.file-missing", "pair.image-without-label",
         left=("list.file-missing", "pair.image-without-label")),
    case("pair/picture-deleted", remove("train_images/3.jpg"), "list.file-missing", "pair.label-without-image",
         left=("list.file-missing", "pair.label-without-image")),
    case("pair/extra-picture", content("train_images/99.jpg", picture(99)), "pair.image-without-label", left=("pair.image-without-label",)),
    case("pair/extra-label", content("train_gts/99.txt", b""), "pair.label-without-image", left=("pair.label-without-image",)),
    case("pair/extra-pair", each(content("train_images/99.jpg", picture(99)), content("train_gts/99.txt", b"")), *UNLISTED, left=UNLISTED),
    case("pair/system-files", each(content("train_images/Thumbs.db", b"x"), content("train_images/.DS_Store", b"x"), content("train_gts/readme.md", b"x"))),
]  # fmt: skip
LAYOUT = [
    case("layout/train-images-missing", remove("train_images"), "layout.missing", left=("layout.missing",)),
    case("layout/train-images-packed", each(remove("train_images"), content("train_images.zip", b"PK")), "layout.in-archive", left=("layout.in-archive",)),
    case("layout/test-gts-packed", each(remove("test_gts"), content("Test-GTs.tar.gz", b"x")), "layout.in-archive", left=("layout.in-archive",)),
    case("layout/train-gts-missing", remove("train_gts"), "layout.missing", left=("layout.missing",)),
    case("layout/test-images-missing", remove("test_images"), "layout.missing", left=("layout.missing",)),
    case("layout/no-test-part", remove("test_images", "test_gts", "test_list.txt"), *["layout.missing"] * 2, "list.missing"),
    case("layout/test-folders-not-packed", each(remove("test_images", "test_gts"), content("test_list.txt", b"")), *["layout.missing"] * 2),
    case("layout/train-img", rename("train_images", "train_img"), "layout.wrong-name"),
    case("layout/images", rename("train_images", "images"), "layout.wrong-name"),
    case("layout/gt", rename("train_gts", "gt"), "layout.wrong-name"),
    case("layout/annotations", rename("train_gts", "annotations"), "layout.wrong-name"),
    case("layout/capitals", rename("train_gts", "Train_GTs"), "layout.wrong-name"),
    case("layout/val-images", rename("test_images", "val_images"), "layout.wrong-name"),
    case("layout/train-txt", rename("train_list.txt", "train.txt"), "layout.wrong-name"),
    case("layout/two-candidates", each(rename("train_images", "images"), lambda root: (root / "train_img").mkdir()),
         "layout.wrong-name", "layout.wrong-name", left=("layout.wrong-name", "layout.wrong-name")),
    case("layout/wrong-name-in-lists-too", each(rename("train_gts", "train_gt"), replaced_in_list("train_gts/", "train_gt/")),
         "layout.wrong-name", *["list.prefix"] * 10),
    case("layout/wrong-name-hides-nothing", each(content("train_gts/3.txt", b"1,2,3\n"), rename("train_gts", "gts")),
         "layout.wrong-name", "label.too-few", left=("label.too-few",)),
    case("layout/empty-folder", remove("train_images", "train_gts", "train_list.txt", "test_images", "test_gts", "test_list.txt"),
         "layout.nothing", left=("layout.nothing",)),
]  # fmt: skip
CASES = [*LINES, *PAIRS, *LAYOUT]
