# SPDX-License-Identifier: GPL-2.0-only
"""Each BPF object uses nothing newer than the Linux version that it promises to load on: helpers, kfuncs, maps, programs and
instructions are compared with minimums.list. For kernels that no test can boot.

usage: minimums.py ROOT OBJECT..."""
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import lint

BPFTOOL = shutil.which("bpftool") or "/usr/sbin/bpftool"
CALL, CALL_BY_NUMBER, ATOMICS, FETCH = 0x85, 0, (0xC3, 0xDB), 0x01
LONG_JUMP, SIGNED_LOADS = 0x06, (0x81, 0x89, 0x91)


def read_table():
    """{kind: {number or name: (version, name)}}"""
    table = {}
    for line in (lint.root() / "tests" / "lint" / "minimums.list").read_text().split("\n"):
        if line and not line.startswith("#"):
            kind, key, version, *name = line.split(maxsplit=3)
            key = int(key, 0) if key[0].isdigit() else key
            table.setdefault(kind, {})[key] = (tuple(map(int, version.split("."))), name[0] if name else key)
    return table


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def instructions(path):
    """Opcode, registers, offset and immediate of each; of a long load its first half."""
    for line in output("llvm-objdump", "-d", path).split("\n"):
        found = re.match(r"\s*\d+:\s+((?:[0-9a-f]{2}\s){8})", line + " ")
        if found:
            yield struct.unpack("<BBhi", bytes.fromhex(found.group(1)))


def instruction_uses(path):
    for opcode, registers, _, immediate in instructions(path):
        if opcode == CALL and registers >> 4 == CALL_BY_NUMBER:
            yield "helper", immediate
        elif opcode in ATOMICS and immediate & FETCH:
            yield "instruction", "fetch"
        elif opcode == LONG_JUMP or opcode in SIGNED_LOADS:
            yield "instruction", "v4"


def symbol_uses(path):
    for line in output("llvm-readelf", "-s", path).split("\n"):
        words = line.split()
        if words[4:5] == ["GLOBAL"] and words[6:7] == ["UND"]:
            yield "kfunc", words[7]
    for line in output("llvm-readelf", "-S", "-W", path).split("\n"):
        found = re.match(r"\s*\[ *\d+\] (\S+) +PROGBITS .* AX ", line)
        if found and found.group(1) != ".text":
            yield "program", found.group(1).lstrip("?").split("/")[0]


def map_uses(path):
    """A map's type and flags are lengths of arrays that its members point to (__uint of bpf_helpers.h)."""
    types = {t["id"]: t for t in json.loads(output(BPFTOOL, "btf", "dump", "file", path, "-j"))["types"]}
    for section in types.values():
        if section["kind"] != "DATASEC" or section["name"] != ".maps":
            continue
        for variable in section["vars"]:
            members = types[types[variable["type_id"]]["type_id"]]["members"]
            number = {m["name"]: types[types[m["type_id"]]["type_id"]].get("nr_elems") for m in members}
            yield "map", number["type"]
            flags = number.get("map_flags") or 0
            for bit in range(32):
                if flags >> bit & 1:
                    yield "flag", 1 << bit


table, problems, checked = read_table(), [], 0
for path in sys.argv[2:]:
    name = pathlib.Path(path).name
    promised = next((row[0] for key, row in table["object"].items() if name.startswith(key)), None)
    if not promised:
        problems.append(f"{name}: minimums.list does not say what it promises to load on")
        continue
    for kind, key in sorted({*instruction_uses(path), *symbol_uses(path), *map_uses(path)}, key=str):
        checked += 1
        version, called = table[kind].get(key, (None, key))
        if not version:
            problems.append(f"{name}: {kind} {key} has no row in minimums.list")
        elif version > promised:
            problems.append(f"{name}: {kind} {called} needs Linux {'.'.join(map(str, version))}, "
                            f"the object promises {'.'.join(map(str, promised))}")
lint.end(problems, checked)
