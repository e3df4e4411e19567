"""AES (FIPS 197) by hand, and what archivers build from it: WinZip's AE-1 and AE-2, the AES coder of 7z."""

import hashlib
import hmac
import struct


def _tables() -> tuple[list[int], list[list[int]]]:
    double = lambda v: (v << 1) ^ (0x11B if v & 0x80 else 0)
    exp, log, value = [0] * 255, [0] * 256, 1
    for i in range(255):
        exp[i], log[value] = value, i
        value ^= double(value)
    box = []
    for v in range(256):
        inverse = exp[(255 - log[v]) % 255] if v else 0
        rotated = inverse
        for shift in range(1, 5):
            rotated ^= (inverse << shift | inverse >> 8 - shift) & 255
        box.append(rotated ^ 0x63)
    times = [[0] * 256 for _ in range(4)]
    for v in range(256):
        times[1][v], times[2][v], times[3][v] = v, double(v) & 255, (double(v) & 255) ^ v
    return box, times


_BOX, _TIMES = _tables()


class Aes:
    """The cipher, encrypting only."""

    def __init__(self, key: bytes) -> None:
        words, count = [key[i : i + 4] for i in range(0, len(key), 4)], len(key) // 4
        constant = 1
        for i in range(count, 4 * (count + 7)):
            word = words[-1]
            if i % count == 0:
                word = bytes(_BOX[b] for b in word[1:] + word[:1])
                word = bytes([word[0] ^ constant]) + word[1:]
                constant = _TIMES[2][constant]
            elif count > 6 and i % count == 4:
                word = bytes(_BOX[b] for b in word)
            words.append(bytes(a ^ b for a, b in zip(words[i - count], word)))
        self.rounds = [b"".join(words[i : i + 4]) for i in range(0, len(words), 4)]

    def block(self, block: bytes) -> bytes:
        state = bytes(a ^ b for a, b in zip(block, self.rounds[0]))
        for number, key in enumerate(self.rounds[1:], 1):
            state = bytes(_BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16))
            if number < len(self.rounds) - 1:
                rows = [(2, 3, 1, 1), (1, 2, 3, 1), (1, 1, 2, 3), (3, 1, 1, 2)]
                mixed = bytearray()
                for c in range(0, 16, 4):
                    for row in rows:
                        value = 0
                        for factor, byte in zip(row, state[c : c + 4]):
                            value ^= _TIMES[factor][byte]
                        mixed.append(value)
                state = bytes(mixed)
            state = bytes(a ^ b for a, b in zip(state, key))
        return state

    def chained(self, data: bytes, vector: bytes) -> bytes:
        """Cipher block chaining; the last block is filled up with zeros."""
        out = b""
        for i in range(0, len(data), 16):
            block = data[i : i + 16].ljust(16, b"\0")
            vector = self.block(bytes(a ^ b for a, b in zip(block, vector)))
            out += vector
        return out


assert Aes(bytes(range(16))).block(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
assert Aes(bytes(range(32))).block(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "8ea2b7ca516745bfeafc49904b496089"


def winzip_aes(data: bytes, password: str, strength: int) -> bytes:
    """Packed `data` encrypted the WinZip way; `strength` 1, 2, 3 = 128, 192, 256 bits."""
    size = 8 + 8 * strength
    salt = hashlib.sha256(b"salt").digest()[: size // 2]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 2 * size + 2)
    cipher, sealed = Aes(keys[:size]), b""
    for i in range(0, len(data), 16):
        stream = cipher.block((i // 16 + 1).to_bytes(16, "little"))
        sealed += bytes(a ^ b for a, b in zip(data[i : i + 16], stream))
    code = hmac.new(keys[size : 2 * size], sealed, "sha1").digest()[:10]
    return salt + keys[2 * size :] + sealed + code


def aes_extra(version: int, strength: int, method: int) -> bytes:
    """The extra field 0x9901 of a member encrypted so."""
    return struct.pack("<HHH2sBH", 0x9901, 7, version, b"AE", strength, method)


def seven_zip_key(password: str, salt: bytes, power: int) -> bytes:
    """The key of a 7z archive."""
    sha, text = hashlib.sha256(), password.encode("utf-16le")
    for i in range(1 << power):
        sha.update(salt + text + i.to_bytes(8, "little"))
    return sha.digest()


def rar_seal(password: str, power: int, file: bool) -> tuple[Aes, bytes, bytes]:
    """Cipher, vector and the fields that tell how RAR 5 encrypts (an archive with checked passwords)."""
    salt, vector = b"salt of 16 bytes", b"vector of 16 B.."
    block = hmac.new(password.encode(), salt + b"\0\0\0\1", "sha256").digest()
    total, count = int.from_bytes(block, "big"), 1 << power
    for i in range(1, count + 32):
        if i == count:
            key = total.to_bytes(32, "big")
        block = hmac.new(password.encode(), block, "sha256").digest()
        total ^= int.from_bytes(block, "big")
    check, value = bytearray(8), total.to_bytes(32, "big")
    for i, byte in enumerate(value):
        check[i % 8] ^= byte
    fields = b"\0\1" + bytes([power]) + salt + (vector if file else b"") + bytes(check) + hashlib.sha256(check).digest()[:4]
    return Aes(key), vector, fields


def rar4_cipher(password: str, salt: bytes) -> tuple[Aes, bytes]:
    """Cipher and vector of RAR 3 and 4: SHA-1 over 2^18 rounds of password, salt and a counter."""
    sha, raw, vector = hashlib.sha1(), password.encode("utf-16le") + salt, b""
    for i in range(1 << 18):
        sha.update(raw + i.to_bytes(3, "little"))
        if i % (1 << 14) == 0:
            vector += sha.copy().digest()[19:20]
    digest = sha.digest()
    return Aes(b"".join(digest[i : i + 4][::-1] for i in range(0, 16, 4))), vector
