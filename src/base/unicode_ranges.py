#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes unicode_ranges.h from Python's copy of the Unicode Character Database: ./unicode_ranges.py > unicode_ranges.h"""
import unicodedata

LAST = 0xDFFFF  # what lies above is hidden as a whole: tags, variation selectors, private use, nothing else

# Ignorable or without an agreed glyph, though not of the categories Cc, Cf, Zl, Zp, Co (DerivedCoreProperties.txt).
HIDDEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0}
HIDDEN |= set(range(0x180B, 0x1810)) | set(range(0xFE00, 0xFE10)) | set(range(0xFFF0, 0xFFF9))
HIDDEN |= set(range(0xFDD0, 0xFDF0))
# Vowels and finals that join the Hangul syllable before them.
JOINING = set(range(0x1161, 0x1200)) | set(range(0xD7B0, 0xD800))

# Blocks whose unassigned places are wide by default (EastAsianWidth.txt); Python calls all unassigned ones wide.
WIDE_BLOCKS = (
    (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x1F300, 0x1F64F), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
    (0x20000, 0x3FFFD),
)


def wide(code):
    if unicodedata.category(chr(code)) == "Cn":
        return any(first <= code <= last for first, last in WIDE_BLOCKS)
    return unicodedata.east_asian_width(chr(code)) in "WF"


def look(code):
    char = chr(code)
    category = unicodedata.category(char)
    if code in HIDDEN or code & 0xFFFE == 0xFFFE or category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return "HIDDEN"
    if code in JOINING or category in ("Mn", "Me"):
        return "COMBINING"
    return "WIDE" if wide(code) else "NARROW"


def ranges():
    first, current = 0x80, look(0x80)
    for code in range(0x81, LAST + 2):
        now = look(code) if code <= LAST else None
        if now != current:
            if current != "NARROW":
                yield first, code - 1, current
            first, current = code, now


print("/* SPDX-License-Identifier: GPL-2.0-only */")
print(f"/* Written by unicode_ranges.py from Unicode {unicodedata.unidata_version}; no include guard: rows for utf8_look. */")
for first, last, name in ranges():
    print(f"RANGE(0x{first:x}, 0x{last:x}, {name})")
