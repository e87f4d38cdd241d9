"""Reference values for packages/core/src/random, computed without any of its code.

    pip install mmh3==5.3.1
    python reference.py > reference.json

- murmur3: mmh3's MurmurHash3_x86_128.
- rootKeys: RC4 as seedrandom uses it (256 bytes dropped, big-endian words), over UTF-8 bytes and a zero byte.
- substreamKeys: mmh3 over root key, path and episode, as the docstring of substreamKey says.
- normals: the docstring of ziggurat.ts, step by step; libm's exp and log may differ from V8's in the last bit.
"""
import json
import math
import struct

import mmh3

MASK = 0xFFFFFFFF


def signed(word):
    return word - (1 << 32) if word >> 31 else word


def murmur(data, seed=0):
    return list(struct.unpack('<4i', mmh3.hash_bytes(data, seed, x64arch=False)))


def root_key(seed):
    key = seed.encode() + b'\0'
    assert len(key) <= 256
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + key[i % len(key)] + box[i]) & 255
        box[i], box[j] = box[j], box[i]
    out = []
    i = j = 0
    while len(out) < 256 + 16:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(box[(box[i] + box[j]) & 255])
    return list(struct.unpack('>4i', bytes(out[256:])))


def substream_key(root, episode, path):
    return murmur(struct.pack('<4i', *root) + path.encode() + struct.pack('<Q', episode))


class Stream:
    def __init__(self, key):
        self.s = [word & MASK for word in key]

    def draw(self):
        s = self.s
        rotl = lambda x, k: ((x << k) | (x >> (32 - k))) & MASK
        result = (rotl((s[0] + s[3]) & MASK, 7) + s[0]) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
        return result

    def double(self):
        high = self.draw() >> 5
        return (high * 2**26 + (self.draw() >> 6)) / 2**53

    def normal(self):
        while True:
            a, b = self.draw(), self.draw()
            layer = a & 255
            v = (signed(a) >> 9) + (signed(b) * 2.0**-32 + 0.5)
            x = v * (EDGE[layer] / 2**22)
            if abs(v) < EDGE[layer + 1] / EDGE[layer] * 2**22:
                return x
            if layer == 0:
                while True:
                    e = -math.log(1 - self.double()) / R
                    d = -math.log(1 - self.double())
                    if 2 * d > e * e:
                        return math.copysign(R + e, v)
            low, high = f(EDGE[layer]), f(EDGE[layer + 1])
            if low + self.double() * (high - low) < f(x):
                return x


def f(x):
    return math.exp(-0.5 * x * x)


R = 3.654152885361009
V = 0.004928673233974655
EDGE = [V / f(R), R]
while len(EDGE) < 256:
    EDGE.append(math.sqrt(-2 * math.log(V / EDGE[-1] + f(EDGE[-1]))))
EDGE.append(0.0)

SEEDS = ['1', '11', '42', 'Zürich', '東京', '🎲', 'x' * 128]
EPISODES = [0, 1, 4711, 2**31, 2**32 - 1, 2**32, 2**53 - 1]
PATHS = ['', 'market/BTC', 'market/BTC/USDT', 'market/EUR/USD!', 'randomize/markets.Zürich.volatility']


def normals(key, count, every):
    """Every so-manyth value and all beyond R, and the state after `count` of them."""
    stream = Stream(key)
    values = [stream.normal() for _ in range(count)]
    kept = [[i, x] for i, x in enumerate(values) if i % every == 0 or abs(x) > R]
    return {'key': key, 'count': count, 'values': kept, 'after': [signed(word) for word in stream.s]}


print(json.dumps({
    'murmur3': [
        {'hex': data.hex(), 'seed': seed, 'hash': murmur(data, seed)}
        for n in range(36)
        for seed in (0, 1, 0x9747B28C)
        for data in [bytes((37 * i + 200 + n) & 255 for i in range(n))]
    ],
    'rootKeys': [{'seed': seed, 'key': root_key(seed)} for seed in SEEDS],
    'substreamKeys': [
        {'root': root_key(seed), 'episode': episode, 'path': path,
         'key': substream_key(root_key(seed), episode, path)}
        for seed in SEEDS[:2] for episode in EPISODES for path in PATHS
    ],
    'normals': normals(substream_key(root_key('1'), 0, 'market/BTC'), 20000, 200),
}, ensure_ascii=True))
