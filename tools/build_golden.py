"""Draw the golden test set of ``ocrweb/assets/golden`` with the project's own renderer.

    python tools/build_golden.py

Three pictures with their true boxes: a clean invoice, a menu at an angle on a busy table, a handwritten note. The same
version of the project and its libraries draws the same bytes.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ocrweb.render import capture, distractors, ink, textures, warp
from ocrweb.render.fonts import FACES, Type
from ocrweb.render.note import slanted
from ocrweb.render.sheet import Colour, Sheet, TextBox, width_of
from ocrweb.render.studio import Studio

TARGET = Path(__file__).parent.parent / "ocrweb" / "assets" / "golden"
BY_NAME = {face.file.rsplit(".", 1)[0]: face for face in FACES}
NAVY: Colour = (110, 62, 24)
GREY: Colour = (120, 120, 120)

ITEMS = [
    ("27 寸 4K 显示器", "U2720", "4", "1,499.00", "5,996.00"),
    ("机械键盘", "K87-B", "6", "329.00", "1,974.00"),
    ("无线鼠标", "M720", "6", "189.00", "1,134.00"),
    ("USB-C Cable 1m", "1.0 m", "20", "29.90", "598.00"),
    ("A4 打印纸", "80 gsm", "10", "118.00", "1,180.00"),
    ("技术服务费", "一年", "1", "2,600.00", "2,600.00"),
]
DISHES = {
    "凉菜 STARTERS": [
        ("凉拌黄瓜 Cucumber Salad", "¥18"),
        ("口水鸡 Chicken in Chili Oil", "¥36"),
        ("皮蛋豆腐 Tofu & Egg", "¥22"),
    ],
    "热菜 MAINS": [
        ("宫保鸡丁 Kung Pao Chicken", "¥48"),
        ("糖醋排骨 Sweet & Sour Ribs", "¥58"),
        ("清蒸鲈鱼 Steamed Sea Bass", "¥88"),
        ("麻婆豆腐 Mapo Tofu", "¥32"),
    ],
    "主食 NOODLES & RICE": [("担担面 Dandan Noodles", "¥26"), ("扬州炒饭 Fried Rice", "¥28")],
    "饮品 DRINKS": [("铁观音 Green Tea", "¥15"), ("酸梅汤 Plum Juice", "¥12")],
}
NOTE = [
    "10月12日  星期六",
    "今天天气很好，我们去爬山吧。",
    "记得带水、面包和苹果。",
    "上午九点在学校门口见。",
    "Call Anna: 138 2647 5509",
    "晚上七点看电影，票已经买好。",
    "周末快乐！",
]


def kind(latin: str, chinese: str, size: float, stroke: int = 0) -> Type:
    return Type(BY_NAME[latin], BY_NAME[chinese], size, stroke)


def invoice(rng: np.random.Generator) -> tuple[np.ndarray, list[TextBox]]:
    studio = Studio.open(rng, "train", 1.0)
    sheet = Sheet(1000, 1300)
    plain, small, bold = (
        kind("open-sans", "noto-sans-sc", 23),
        kind("open-sans", "noto-sans-sc", 17),
        kind("open-sans-bold", "noto-sans-sc", 24),
    )
    distractors.logo(studio, sheet, (112, 108), 44)
    sheet.write(176, 104, "星辰电子科技有限公司", kind("open-sans-bold", "noto-sans-sc", 34, 1), NAVY)
    sheet.write(176, 140, "Star Electronics Co., Ltd.", plain, GREY)
    sheet.write(936, 104, "发票", kind("open-sans-bold", "noto-sans-sc", 46, 1), NAVY, align="right")
    sheet.write(936, 140, "INVOICE", kind("open-sans-bold", "noto-sans-sc", 22), NAVY, align="right")
    sheet.draw.line((64, 180, 936, 180), fill=NAVY, width=3)
    left = ["客户名称：绿洲文化传媒有限公司", "地址：杭州市西湖区文化路 218 号", "电话：0571-8765 4321"]
    right = ["发票号码：SE-20241012-083", "开票日期：2024年10月12日", "页码：1 / 1"]
    for row, (first, second) in enumerate(zip(left, right, strict=True)):
        sheet.write(64, 232 + 42 * row, first, plain)
        sheet.write(600, 232 + 42 * row, second, plain)
    sheet.draw.rectangle((64, 372, 936, 424), fill=NAVY)
    places = ((84, "left"), (478, "centre"), (574, "centre"), (752, "right"), (916, "right"))
    for text, (x, align) in zip(("品名", "规格", "数量", "单价", "金额"), places, strict=True):
        sheet.write(x, 406, text, bold, (255, 255, 255), align=align)
    for row, cells in enumerate(ITEMS):
        base = 464 + 56 * row
        if row % 2:
            sheet.draw.rectangle((64, base - 38, 936, base + 17), fill=(246, 243, 240))
        for text, (x, align) in zip(cells, places, strict=True):
            sheet.write(x, base, text, plain, align=align)
        sheet.draw.line((64, base + 18, 936, base + 18), fill=(205, 205, 205))
    for row, (label, amount) in enumerate((("小计", "¥13,482.00"), ("税额 13%", "¥1,752.66"))):
        sheet.write(672, 838 + 46 * row, label, plain, align="left")
        sheet.write(916, 838 + 46 * row, amount, plain, align="right")
    sheet.draw.rectangle((670, 908, 936, 966), fill=(238, 228, 216))
    sheet.write(690, 946, "总计", bold)
    sheet.write(916, 946, "¥15,234.66", bold, align="right")
    sheet.write(64, 838, "付款方式：银行转账", plain)
    sheet.write(64, 884, "开户行及账号：6222 0210 0318 7745", plain)
    sheet.write(64, 930, "请在 30 天内付款。", plain)
    distractors.matrix_code(studio, sheet, 64, 1020, 130)
    sheet.write(216, 1058, "扫码查看电子发票", small, GREY)
    sheet.write(216, 1092, "客服热线 400-820-3366", small, GREY)
    sheet.write(690, 1058, "收款人：张敏", small)
    distractors.scribble(studio, sheet, 710, 1112, 26)
    sheet.draw.line((64, 1200, 936, 1200), fill=(190, 190, 190))
    sheet.write(500, 1240, "谢谢惠顾，欢迎下次光临", small, GREY, align="centre")
    page = ink.on_paper(
        sheet.pixels(), textures.with_grain(rng, np.full((1300, 1000, 3), (246, 250, 252), np.uint8), 1.5)
    )
    ground = textures.blend(textures.cloud(rng, 1400, 1080, 500), (150, 140, 132), (176, 168, 160))
    ground = textures.with_grain(rng, ground, 2)
    flat = warp.corners(1000, 1300)
    transform = warp.matrix(flat, warp.fitted(warp.tilted(rng, flat, -0.8, 0.015), 1080, 1400, 26))
    picture = warp.place(page, transform, ground, shadow=0.5)
    return capture.shade(rng, picture, 0.22), warp.moved(sheet.boxes, transform)


def menu(rng: np.random.Generator) -> tuple[np.ndarray, list[TextBox]]:
    studio = Studio.open(rng, "train", 1.0)
    cream: Colour = (214, 232, 244)
    sheet = Sheet(900, 1180, cream)
    red: Colour = (44, 36, 150)
    sheet.draw.rectangle((22, 22, 878, 1158), outline=red, width=4)
    sheet.draw.rectangle((32, 32, 868, 1148), outline=red, width=1)
    sheet.write(450, 122, "东方小馆", kind("lobster", "zcool-qingke-huangyou", 76), red, align="centre")
    sheet.write(450, 176, "MENU", kind("roboto-slab-bold", "noto-sans-sc", 36), red, align="centre")
    y = 206
    plain = kind("merriweather", "noto-sans-sc", 26)
    for course, dishes in DISHES.items():
        y += 52
        sheet.write(80, y, course, kind("roboto-slab-bold", "zcool-qingke-huangyou", 33), red)
        sheet.draw.line((80, y + 14, 820, y + 14), fill=red, width=2)
        y += 12
        for name, price in dishes:
            y += 47
            sheet.write(80, y, name, plain, (40, 40, 50))
            sheet.write(820, y, price, plain, (40, 40, 50), align="right")
            for x in range(int(80 + width_of(name, plain) + 16), int(820 - width_of(price, plain) - 14), 9):
                sheet.draw.ellipse((x, y - 2, x + 2, y), fill=(120, 120, 130))
    ground = tabletop(studio, 1080, 1280)
    page = cv2.multiply(sheet.pixels(), ink.paper(rng, 1180, 900, 250), scale=1 / 255)
    flat = warp.corners(900, 1180)
    corners = np.array([(330, 70), (1010, 150), (900, 1035), (120, 860)], float)
    transform = warp.matrix(flat, corners)
    picture = warp.place(page, transform, ground, shadow=0.7)
    picture = capture.shade(rng, picture, 0.45)
    return textures.with_grain(rng, cv2.GaussianBlur(picture, (0, 0), 0.6), 0.8), warp.moved(sheet.boxes, transform)


def tabletop(studio: Studio, height: int, width: int) -> np.ndarray:
    """A wooden table with a checked cloth, plates, chopsticks and leaves: busy, and without a single letter."""
    rng = studio.rng
    ground = textures.wood(rng, height, width)
    ground = cv2.resize(ground, (width, height))
    stripe = np.where(np.arange(520) // 26 % 2, 1.0, 0.0).astype(np.float32)
    cloth = textures.blend((stripe[None] + stripe[:, None]) / 2, (228, 232, 236), (70, 60, 178))
    flat = warp.corners(520, 520)
    ground = warp.place(
        cloth,
        warp.matrix(flat, np.array([(820, 560), (1400, 470), (1460, 1150), (900, 1200)], float)),
        ground,
        shadow=0.5,
    )
    leaves = textures.leaves(rng, 300, 360)
    ground = warp.place(
        leaves,
        warp.matrix(warp.corners(360, 300), np.array([(-60, -40), (260, -60), (230, 190), (-30, 230)], float)),
        ground,
        shadow=0.5,
    )
    for centre, radius in (((1150, 210), 150), ((90, 980), 120)):
        cv2.circle(ground, (centre[0] + 8, centre[1] + 10), radius, (30, 40, 50), -1, cv2.LINE_AA)
        for share, tone in (
            (1.0, (225, 228, 232)),
            (0.92, (190, 150, 110)),
            (0.86, (236, 238, 240)),
            (0.62, (222, 226, 228)),
        ):
            cv2.circle(ground, centre, int(radius * share), tone, -1, cv2.LINE_AA)
    palette = [(60, 90, 200), (60, 160, 90), (70, 140, 220), (40, 60, 120)]
    for _ in range(26):
        place = rng.normal((1150, 210), 42)
        textures.thing(rng, ground, (float(place[0]), float(place[1])), float(rng.uniform(8, 26)), palette)
    for shift in (0, 26):
        cv2.line(ground, (1010 + shift, 440), (1235 + shift, 40), (50, 66, 110), 11, cv2.LINE_AA)
    return ground


def handwritten(rng: np.random.Generator) -> tuple[np.ndarray, list[TextBox]]:
    studio = Studio.open(rng, "train", 1.0)
    sheet = Sheet(1000, 820)
    for row in range(1, 10):
        sheet.draw.line((0, 84 * row + 26, 1000, 84 * row + 26), fill=(225, 205, 190), width=2)
    sheet.draw.line((86, 0, 86, 820), fill=(170, 170, 235), width=2)
    pen: Colour = (120, 52, 26)
    for row, text in enumerate(NOTE):
        own = kind("caveat", "long-cang", 54 * rng.uniform(0.97, 1.03))
        slanted(
            sheet,
            112 + rng.normal(0, 6),
            84 * (row + 1) + 10 + rng.normal(0, 3),
            text,
            own,
            pen,
            rng.normal(-0.004, 0.006),
        )
    distractors.scribble(studio, sheet, 690, 740, 46)
    page = ink.fade(rng, sheet.pixels(), 0.75)
    page = ink.on_paper(page, ink.paper(rng, 820, 1000, 244))
    page, boxes = warp.ripple(rng, page, sheet.boxes, 5, 420)
    ground = textures.wood(np.random.default_rng(5), 900, 1100)
    flat = warp.corners(1000, 820)
    transform = warp.matrix(flat, warp.fitted(warp.tilted(rng, flat, 3.0, 0.08), 1100, 900, 22))
    picture = warp.place(page, transform, cv2.resize(ground, (1100, 900)), shadow=0.6)
    picture = capture.shade(rng, picture, 0.35)
    return textures.with_grain(rng, cv2.GaussianBlur(picture, (0, 0), 0.7), 3), warp.moved(boxes, transform)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    truth = {}
    for name, draw, seed in (("invoice.jpg", invoice, 3), ("menu.png", menu, 7), ("handwritten.jpg", handwritten, 11)):
        pixels, boxes = draw(np.random.default_rng(seed))
        if name.endswith(".png"):
            (TARGET / name).write_bytes(quantised(pixels))
        else:
            cv2.imwrite(str(TARGET / name), pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
        truth[name] = {
            "boxes": [[round(float(value), 1) for value in box.points.reshape(-1)] for box in boxes],
            "texts": [box.text for box in boxes],
        }
    lines = json.dumps(truth, ensure_ascii=False, indent=1)
    (TARGET / "truth.json").write_text(lines + "\n", encoding="utf-8")


def quantised(pixels: np.ndarray) -> bytes:
    """A PNG of 64 colours: a fifth of the size of full colour."""
    image = Image.fromarray(np.ascontiguousarray(pixels[..., ::-1])).quantize(64, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
