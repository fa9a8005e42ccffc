# SPDX-License-Identifier: GPL-2.0-only
"""Puts the relocations of a light skeleton's programs in the order in which the kernel has the least to look for.

For each relocation the kernel looks up its type by name. What it found it keeps, but in 31 places, by a hash of the name
(VMLINUX_CAND_CACHE_SIZE, kernel/bpf/btf.c): of two names of one place each puts out the other, and is looked for again
among all the kernel's types, 126,000, which takes a quarter of a millisecond. In the order of the instructions that was
half of a start. Relocations do not depend on one another; sorted by name each type is looked for at most once per
program, and as the next program has them the other way round, the last of a place is the first again.
"""
import struct
import sys

RELOCATION = struct.Struct("<4I")   # struct bpf_core_relo: offset of the instruction, type, access string, kind
TYPE = struct.Struct("<3I")         # struct btf_type
# Bytes that follow a struct btf_type, by kind, and for each of its members (include/uapi/linux/btf.h).
TYPE_EXTRA = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0), 15: (0, 12), 17: (4, 0),
              19: (0, 12)}


def read_section(elf, name):
    """The bytes of a section of a 64-bit ELF file."""
    start, = struct.unpack_from("<Q", elf, 40)
    size, count, names = struct.unpack_from("<3H", elf, 58)
    headers = [struct.unpack_from("<2I4Q", elf, start + i * size) for i in range(count)]
    for header in headers:
        if elf[headers[names][4] + header[0]:].startswith(name + b"\0"):
            return elf[header[4]:header[4] + header[5]]
    sys.exit(f"no section {name.decode()}")


def read_names(btf):
    """The names of all types, by id, without what stands behind ___ (flavours: to the kernel it is the same type)."""
    head, _, length, strings = struct.unpack_from("<4I", btf, 4)
    names, at = [b""], head
    while at < head + length:
        name, info, _ = TYPE.unpack_from(btf, at)
        start = head + strings + name
        names.append(btf[start:btf.index(b"\0", start)].split(b"___")[0])
        once, each = TYPE_EXTRA.get(info >> 24 & 31, (0, 0))
        at += TYPE.size + once + each * (info & 0xffff)
    return names


def read_relocations(ext):
    """What is relocated: (type, access string, kind) of each relocation of the object."""
    head, = struct.unpack_from("<I", ext, 4)
    start, length = struct.unpack_from("<2I", ext, 24)
    at, end, known = head + start + 4, head + start + length, set()
    while at < end:
        count, = struct.unpack_from("<I", ext, at + 4)
        at += 8
        for _ in range(count):
            known.add(RELOCATION.unpack_from(ext, at)[1:])
            at += RELOCATION.size
    return known


def find_runs(data, known):
    """The tables of relocations in the skeleton's data, one of each program: where, and their entries."""
    at = 0
    while at + RELOCATION.size <= len(data):
        run = []
        while at + RELOCATION.size <= len(data) and (entry := RELOCATION.unpack_from(data, at))[1:] in known \
                and not entry[0] % 8 and (not run or entry[0] > run[-1][0]):
            run.append(entry)
            at += RELOCATION.size
        if run:
            yield at - len(run) * RELOCATION.size, run
        else:
            at += 8


def sort_relocations(data, path):
    """The data of the light skeleton of the object `path`, with sorted relocations."""
    with open(path, "rb") as file:
        elf = file.read()
    names, known, found = read_names(read_section(elf, b".BTF")), read_relocations(read_section(elf, b".BTF.ext")), set()
    data = bytearray(data)
    for number, (at, run) in enumerate(find_runs(bytes(data), known)):
        found.update(entry[1:] for entry in run)
        run.sort(key=lambda entry: names[entry[1]], reverse=bool(number & 1))
        data[at:at + len(run) * RELOCATION.size] = b"".join(RELOCATION.pack(*entry) for entry in run)
    if found != known:
        sys.exit(f"{path}: {len(known - found)} relocations are not where they were looked for in its light skeleton")
    return bytes(data)
