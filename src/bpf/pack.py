# SPDX-License-Identifier: GPL-2.0-only
"""Prints a C header with an object, deflated: `static const struct packed packed_NAME`. usage: pack.py OBJECT NAME

The objects lie in the program for kernels that need them and for the verifier's words; most runs never look at them.
"""
import sys
import zlib

data = open(sys.argv[1], "rb").read()
packed = zlib.compress(data, 9)
name = sys.argv[2]
print(f"/* Generated from {name}.bpf.o; of src/bpf/pack.py. */")
print(f"static const struct packed packed_{name} = {{.bytes = {len(data)}, .packed_bytes = {len(packed)},")
print('.packed = (const unsigned char[]){')
for at in range(0, len(packed), 32):
    print("".join(f"{byte}," for byte in packed[at:at + 32]))
print("}};")
