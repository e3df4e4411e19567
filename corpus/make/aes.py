"""AES (FIPS 197) in CBC mode, encryption only."""


def _double(value: int) -> int:
    return (value << 1 ^ 0x11B) & 0xFF if value & 0x80 else value << 1


def _boxes() -> list[int]:
    box, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ _double(p)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        turned = q
        for step in (1, 2, 3, 4):
            turned ^= (q << step | q >> 8 - step) & 0xFF
        box[p] = turned ^ 0x63
        if p == 1:
            break
    box[0] = 0x63
    return box


BOX = _boxes()


def _round_keys(key: bytes) -> list[list[int]]:
    size = len(key) // 4
    words = [list(key[i : i + 4]) for i in range(0, len(key), 4)]
    constant = 1
    while len(words) < 4 * (size + 7):
        word = list(words[-1])
        if len(words) % size == 0:
            word = [BOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _double(constant)
        elif size > 6 and len(words) % size == 4:
            word = [BOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[-size], word)])
    return [sum(words[i : i + 4], []) for i in range(0, len(words), 4)]


def _block(keys: list[list[int]], block: bytes) -> bytes:
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < len(keys) - 1:
            mixed = []
            for c in range(0, 16, 4):
                column = state[c : c + 4]
                everything = column[0] ^ column[1] ^ column[2] ^ column[3]
                mixed += [column[i] ^ everything ^ _double(column[i] ^ column[(i + 1) % 4]) for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    """`data`, a whole number of blocks, encrypted."""
    keys, out = _round_keys(key), b""
    for at in range(0, len(data), 16):
        vector = _block(keys, bytes(a ^ b for a, b in zip(data[at : at + 16], vector)))
        out += vector
    return out
