"""AES (FIPS 197), by hand: system libraries are not at hand everywhere."""


def _tables() -> tuple[list[int], list[int]]:
    box, at = [0] * 256, 1
    powers = [0] * 255
    for i in range(255):
        powers[i] = at
        at ^= (at << 1) ^ (0x11B if at & 0x80 else 0)
    logs = {power: i for i, power in enumerate(powers)}
    for byte in range(256):
        inverse = powers[-logs[byte] % 255] if byte else 0
        out = 0x63
        for turn in range(5):
            out ^= ((inverse << turn) | (inverse >> (8 - turn))) & 255
        box[byte] = out
    return box, [(2 * b) ^ (0x11B if b & 0x80 else 0) for b in range(256)]


BOX, DOUBLE = _tables()


class Aes:
    """One key; encrypts blocks."""

    def __init__(self, key: bytes) -> None:
        words = [key[i : i + 4] for i in range(0, len(key), 4)]
        step, constant = len(words), 1
        for i in range(step, 4 * (step + 7)):
            word = words[-1]
            if i % step == 0:
                word = bytes(BOX[b] for b in word[1:] + word[:1])
                word = bytes([word[0] ^ constant]) + word[1:]
                constant = DOUBLE[constant]
            elif step == 8 and i % step == 4:
                word = bytes(BOX[b] for b in word)
            words.append(bytes(a ^ b for a, b in zip(word, words[i - step])))
        self.rounds = [b"".join(words[i : i + 4]) for i in range(0, len(words), 4)]

    def block(self, block: bytes) -> bytes:
        state = [a ^ b for a, b in zip(block, self.rounds[0])]
        for number, key in enumerate(self.rounds[1:], 1):
            state = [BOX[state[(4 * (i // 4) + 5 * (i % 4)) % 16]] for i in range(16)]
            if number < len(self.rounds) - 1:
                mixed = []
                for c in range(0, 16, 4):
                    a, b, d, e = state[c : c + 4]
                    every = a ^ b ^ d ^ e
                    mixed += [a ^ every ^ DOUBLE[a ^ b], b ^ every ^ DOUBLE[b ^ d], d ^ every ^ DOUBLE[d ^ e], e ^ every ^ DOUBLE[e ^ a]]
                state = mixed
            state = [a ^ b for a, b in zip(state, key)]
        return bytes(state)

    def ecb(self, data: bytes) -> bytes:
        return b"".join(self.block(data[i : i + 16]) for i in range(0, len(data), 16))

    def cbc(self, vector: bytes, data: bytes) -> bytes:
        out = []
        for i in range(0, len(data), 16):
            vector = self.block(bytes(a ^ b for a, b in zip(data[i : i + 16], vector)))
            out.append(vector)
        return b"".join(out)


assert Aes(bytes(range(32))).block(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "8ea2b7ca516745bfeafc49904b496089"
assert Aes(bytes(range(16))).block(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
assert Aes(bytes(range(24))).block(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "dda97ca4864cdfe06eaf70a0ec0d7191"
