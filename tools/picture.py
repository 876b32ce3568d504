#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes docs/counterexample.png, the picture of the README: finds the counterexample, and takes a picture of its page.
# Needs Debian's chromium; looks best with fonts-dejavu.
#
#   tools/picture.py [GUPCHECK]     (default: build/release/bin/gupcheck)
import collections
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

root = pathlib.Path(__file__).resolve().parent.parent
gupcheck = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else root / "build/release/bin/gupcheck").resolve()
width, height, step = 1100, 1541, 14


# The pixels of a PNG of 8 bits a channel without interlacing, which is what Chromium writes: rows of 3 bytes each.
def read(data):
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            columns, lines, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    if depth != 8 or colour not in (2, 6) or interlaced:
        sys.exit("picture.py: Chromium writes another kind of PNG than expected")
    channels = 3 if colour == 2 else 4
    stride, raw, rows, above = columns * channels, zlib.decompress(packed), [], bytes(columns * channels)
    for line in range(lines):
        kind, *row = raw[line * (stride + 1):(line + 1) * (stride + 1)]
        for i in range(stride):
            a, b, c = (row[i - channels], above[i], above[i - channels]) if i >= channels else (0, above[i], 0)
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[i] = row[i] + (0, a, b, (a + b) // 2, nearest)[kind] & 255
        above = row
        rows.append([bytes(row[i:i + 3]) for i in range(0, stride, channels)])
    return rows


# With at most 256 colours, those that occur most, and others that are not too alike: a third of the size, and nobody sees a difference.
def write(rows):
    count = collections.Counter(pixel for row in rows for pixel in row)
    distance = lambda one, other: sum((a - b) ** 2 for a, b in zip(one, other))
    palette = []
    for colour, _ in sorted(count.items(), key=lambda entry: (-entry[1], entry[0])):
        if len(palette) < 64 or len(palette) < 256 and all(distance(colour, other) > 200 for other in palette):
            palette.append(colour)
    number = {colour: min(range(len(palette)), key=lambda i: distance(colour, palette[i])) for colour in sorted(count)}
    packed = zlib.compress(b"".join(b"\0" + bytes(number[pixel] for pixel in row) for row in rows), 9)
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", b"".join(palette)) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


with tempfile.TemporaryDirectory() as folder:
    done = subprocess.run([gupcheck, "check", "concurrent-pins", "--kernel", "1aaf8c", "--traces", folder], cwd=root,
                          stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 1:
        sys.exit("picture.py: gupcheck finds no counterexample")
    page = next(pathlib.Path(folder).glob("*.html"))
    shot = pathlib.Path(folder) / "shot.png"
    subprocess.run(["chromium", "--headless", *(["--no-sandbox"] if os.geteuid() == 0 else []), "--hide-scrollbars",
                    "--force-device-scale-factor=1", f"--window-size={width},{height}", f"--screenshot={shot}",
                    f"{page.as_uri()}#step-{step}"], check=True, stderr=subprocess.DEVNULL)
    picture = write(read(shot.read_bytes()))
(root / "docs/counterexample.png").write_bytes(picture)
