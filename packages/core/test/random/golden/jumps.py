"""Where xoshiro128++ is after 2^64 and 2^96 draws, by powers of its transition matrix over GF(2): no jump polynomial is used.

    python jumps.py > jumps.json
"""
import json

MASK = 0xFFFFFFFF


def step(s):
    s = list(s)
    t = (s[1] << 9) & MASK
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = ((s[3] << 11) | (s[3] >> 21)) & MASK
    return s


def pack(s):
    return s[0] | s[1] << 32 | s[2] << 64 | s[3] << 96


def unpack(x):
    return [(x >> (32 * i)) & MASK for i in range(4)]


def apply(columns, x):
    y = 0
    for i, column in enumerate(columns):
        if x >> i & 1:
            y ^= column
    return y


def signed(word):
    return word - (1 << 32) if word >> 31 else word


matrix = [pack(step(unpack(1 << i))) for i in range(128)]
powers = {}
for exponent in range(1, 97):
    matrix = [apply(matrix, column) for column in matrix]
    powers[exponent] = matrix

cases = []
for key in ([1, 0, 0, 0], [1, 2, 3, 4], [0x9E3779B9, 0x243F6A88, 0xB7E15162, 0xDEADBEEF]):
    far = {name: unpack(apply(powers[e], pack(key))) for name, e in (('jump', 64), ('longJump', 96))}
    cases.append({'key': [signed(w) for w in key], **{n: [signed(w) for w in s] for n, s in far.items()}})
print(json.dumps(cases, indent=1))
