"""Makes the expected values of the imaging tests with Pillow and NumPy, independently of the library.

    python3 pillow_expected.py [folder of the real data]

Writes resize.json, gray.json and files/* beside itself. Every picture is synthetic. With the data folder it also writes
real_slices.json: sums and a few sampled values of resized real slices, no pictures. Made with Pillow 9.4.0.
"""

import io
import json
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")


def pattern(width, height):
    """Whole-number texture with steps, slopes and noise-like detail; the test makes the same one."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    return ((x * x * 7 + y * y * 3 + x * y * 5 + (x // 9) * 40 + (y // 7) * 60) % 256).astype(np.uint8)


def letterbox(image, width, height, mode):
    scale = min(width / image.width, height / image.height)
    w = min(width, max(1, int(np.floor(image.width * scale + 0.5))))
    h = min(height, max(1, int(np.floor(image.height * scale + 0.5))))
    canvas = Image.new(mode, (width, height), 0)
    canvas.paste(image.convert(mode).resize((w, h), Image.BILINEAR), ((width - w) // 2, (height - h) // 2))
    return canvas


def resize_cases():
    sizes = [(97, 61, 32, 24), (9, 7, 24, 20), (40, 10, 20, 20), (16, 16, 16, 16), (700, 401, 21, 12), (1, 1, 5, 4), (3, 200, 7, 9)]
    cases = []
    for sw, sh, w, h in sizes:
        image = Image.fromarray(pattern(sw, sh))
        for fit in ("stretch", "letterbox"):
            out = {"sourceWidth": sw, "sourceHeight": sh, "width": w, "height": h, "fit": fit}
            for key, mode in (("bytes", "L"), ("floats", "F")):
                made = image.convert(mode).resize((w, h), Image.BILINEAR) if fit == "stretch" else letterbox(image, w, h, mode)
                out[key] = [float(v) if mode == "F" else int(v) for v in np.asarray(made).ravel()]
            cases.append(out)
    return cases


def real_cases(root):
    names = ["COVID/Covid (1).png", "COVID/Covid (470).png", "COVID/Covid (1019).png",
             "non-COVID/Non-Covid (1).png", "non-COVID/Non-Covid (467).png", "non-COVID/Non-Covid (1181).png"]
    cases = []
    for name in names:
        image = Image.open(os.path.join(root, "sarscov2-ct", name)).convert("L")
        for fit in ("stretch", "letterbox"):
            made = image.convert("F").resize((224, 224), Image.BILINEAR) if fit == "stretch" else letterbox(image, 224, 224, "F")
            a = np.asarray(made, dtype=np.float64)
            points = [[x, y, float(a[y, x])] for x, y in ((112, 112), (60, 100), (170, 120), (111, 37), (97, 181), (30, 112), (200, 90))]
            cases.append({"path": "sarscov2-ct/" + name, "width": image.width, "height": image.height, "fit": fit,
                          "mean": float(a.mean()), "points": points})
    return cases


# --- PNG written by hand: every colour type and depth, every filter, with and without Adam7 ---

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else (b if pb <= pc else c)


def filtered(rows, stride, start):
    out = bytearray()
    previous = bytes(len(rows[0])) if rows else b""
    for i, row in enumerate(rows):
        kind = (start + i) % 5
        out.append(kind)
        for k, v in enumerate(row):
            a = row[k - stride] if k >= stride else 0
            b = previous[k]
            c = previous[k - stride] if k >= stride else 0
            out.append((v - (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) & 255)
        previous = row
    return bytes(out)


def packed(samples, depth):
    """samples: [rows, columns, channels] -> list of packed rows"""
    rows = []
    for row in samples:
        flat = row.ravel()
        if depth == 16:
            rows.append(b"".join(struct.pack(">H", int(v)) for v in flat))
        elif depth == 8:
            rows.append(bytes(int(v) for v in flat))
        else:
            bits = "".join(format(int(v), "0%db" % depth) for v in flat)
            bits += "0" * (-len(bits) % 8)
            rows.append(bytes(int(bits[k:k + 8], 2) for k in range(0, len(bits), 8)))
    return rows


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)


def png(samples, color, depth, interlaced=False, palette=None, transparency=None, parts=3):
    h, w, _ = samples.shape
    stride = max(1, CHANNELS[color] * depth // 8)
    if interlaced:
        raw = b""
        for i, (x, y, sx, sy) in enumerate([(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]):
            part = samples[y::sy, x::sx]
            if part.size:
                raw += filtered(packed(part, depth), stride, i)
    else:
        raw = filtered(packed(samples, depth), stride, 0)
    body = zlib.compress(raw, 9)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, color, 0, 0, int(interlaced)))
    out += chunk(b"gAMA", struct.pack(">I", 30000))  # must not change any value
    if palette is not None:
        out += chunk(b"PLTE", bytes(palette))
    if transparency is not None:
        out += chunk(b"tRNS", bytes(transparency))
    step = max(1, len(body) // parts)
    for k in range(0, len(body), step):
        out += chunk(b"IDAT", body[k:k + step])
    return out + chunk(b"tEXt", b"Comment\0synthetic") + chunk(b"IEND", b"")


def luma(r, g, b):
    return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16


def png_cases():
    rng = np.random.RandomState(7)
    w, h = 13, 11
    palette = [int(v) for v in rng.randint(0, 256, 48)]
    cases = {}
    for color, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            top = min(1 << depth, 16) if color == 3 else 1 << depth
            samples = rng.randint(0, top, (h, w, CHANNELS[color])).astype(np.int64)
            full = (1 << depth) - 1
            if color == 3:
                rgb = np.reshape(palette, (-1, 3))[samples[..., 0]]
                gray = luma(rgb[..., 0], rgb[..., 1], rgb[..., 2]).astype(float)
            else:
                s = samples * 255 // full if depth < 8 else samples
                gray = (luma(s[..., 0], s[..., 1], s[..., 2]) if color in (2, 6) else s[..., 0]).astype(float)
                if color in (4, 6):
                    gray = gray * samples[..., -1] / full
            for interlaced in (False, True):
                name = "c%d_d%02d%s.png" % (color, depth, "_adam7" if interlaced else "")
                data = png(samples, color, depth, interlaced, palette=palette if color == 3 else None)
                image = Image.open(io.BytesIO(data))
                image.load()
                if color in (0, 2, 3) and depth <= 8:  # Pillow ignores alpha and cuts colour to 8 bits: it can confirm these
                    l = image.convert("RGB").convert("L") if color == 3 else image.convert("L")  # its own palette-to-L cuts instead of rounding
                    assert (np.asarray(l) == gray).all(), name
                if color == 0 and depth == 16:
                    assert (np.asarray(image) == gray).all(), name
                cases[name] = (data, w, h, "Gray16" if depth == 16 else "Gray8", gray)
    # Transparency by tRNS: the palette's first entries partly, one gray and one RGB colour fully.
    samples = rng.randint(0, 16, (h, w, 1)).astype(np.int64)
    alpha = [0, 128, 200]
    rgb = np.reshape(palette, (-1, 3))[samples[..., 0]]
    a = np.array(alpha + [255] * 13)[samples[..., 0]]
    cases["trns_palette.png"] = (png(samples, 3, 8, palette=palette, transparency=alpha), w, h, "Gray8",
                                 luma(rgb[..., 0], rgb[..., 1], rgb[..., 2]) * a / 255.0)
    cases["trns_gray.png"] = (png(samples, 0, 4, transparency=[0, 5]), w, h, "Gray8",
                              np.where(samples[..., 0] == 5, 0, samples[..., 0] * 17).astype(float))
    two = np.array([[10, 20, 30], [200, 100, 50]])[rng.randint(0, 2, (h, w))]
    cases["trns_rgb.png"] = (png(two, 2, 8, transparency=[0, 10, 0, 20, 0, 30]), w, h, "Gray8",
                             np.where(two[..., 0] == 10, 0, luma(two[..., 0], two[..., 1], two[..., 2])).astype(float))
    # One row and one column: Adam7 passes that are empty.
    thin = rng.randint(0, 256, (1, 3, 1)).astype(np.int64)
    cases["thin_adam7.png"] = (png(thin, 0, 8, True), 3, 1, "Gray8", thin[..., 0].astype(float))
    return cases


def rle8(samples):
    """A BMP of 8 bits with run-length rows, which Pillow reads since 9.3 and cannot write."""
    h, w = samples.shape
    body = b""
    for row in samples[::-1]:
        body += b"".join(bytes([1, int(v)]) for v in row) + b"\0\0"
    body += b"\0\1"
    palette = b"".join(bytes([i, i, i, 0]) for i in range(256))
    offset = 14 + 40 + len(palette)
    return (b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", 40, w, h, 1, 8, 1, len(body), 2835, 2835, 256, 256) + palette + body)


def other_cases():
    gray = Image.fromarray(pattern(37, 29))
    a = pattern(37, 29)
    color = Image.merge("RGB", [gray, Image.fromarray(a[::-1].copy()), Image.fromarray(a[:, ::-1].copy())])
    smooth = Image.fromarray((np.add.outer(np.arange(29) * 4, np.arange(37) * 3) % 256).astype(np.uint8))
    cases = {}

    def add(name, image, **options):
        buffer = io.BytesIO()
        image.save(buffer, **options)
        data = buffer.getvalue()
        again = Image.open(io.BytesIO(data))
        cases[name] = (data, again.width, again.height, "Gray8", np.asarray(again.convert("L")).astype(float))

    add("gray8.bmp", gray, format="BMP")
    add("color24.bmp", color, format="BMP")
    add("bilevel.bmp", gray.convert("1"), format="BMP")
    add("color32.bmp", color.convert("RGBA"), format="BMP")
    add("gray.jpg", smooth, format="JPEG", quality=90)
    add("color.jpg", color, format="JPEG", quality=95, subsampling=0)
    add("progressive.jpg", smooth, format="JPEG", quality=90, progressive=True)
    add("restart.jpg", smooth, format="JPEG", quality=90, restart_marker_blocks=1)
    data = rle8(a)
    again = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    assert (again == a).all()
    cases["rle8.bmp"] = (data, 37, 29, "Gray8", a.astype(float))
    return cases


def write(name, value):
    with open(os.path.join(HERE, name), "w") as f:
        json.dump(value, f, separators=(",", ":"))
        f.write("\n")


def main():
    os.makedirs(FILES, exist_ok=True)
    write("resize.json", resize_cases())
    gray = []
    for name, (data, w, h, kind, values) in {**png_cases(), **other_cases()}.items():
        with open(os.path.join(FILES, name), "wb") as f:
            f.write(data)
        gray.append({"file": name, "width": w, "height": h, "kind": kind, "values": [round(float(v), 6) for v in values.ravel()]})
    write("gray.json", gray)
    if len(sys.argv) > 1:
        write("real_slices.json", real_cases(sys.argv[1]))


if __name__ == "__main__":
    main()
