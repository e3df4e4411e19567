"""Plain text: every detector once in its plainest surroundings, and every usual encoding."""

import base64
import textwrap

from .case import case
from .values import *

LETTER = f"""Dear Mr. Adler,

thank you for your order. We charged your credit card.
Card number: {groups(VISA)}, expires 09/28, CVV on file.
Refunds go to IBAN {groups(IBAN_DE)}.
Questions? Write to {EMAIL}.

Kind regards, Straßmann & Søn, Łódź – café “Zum Löwen”
"""
LETTER_FACTS = [
    "status ok",
    "kind text/plain",
    "match credit-card-number high 1",
    "match iban high 1",
    "match email >=low 1",
]

LOOK_ALIKES = """Delivery status of last week

Order 4539138198381882 was shipped on 2024-03-05, invoice INV-2024-000123 of 1,299.00 EUR.
Order id 20240305-4716-9329-17681960, purchase order 5299392973948130.
Part number 3749-980310-26085, tracking 1Z999AA10123456784, serial SN-30147720053325.
Phone IMEI 490154203237518 and 356938035643809 were exchanged, SIM ICCID 8944110068956270089.
ISBN 978-3-16-148410-0, ISBN-10 3-16-148410-X, ISSN 2049-3630, EAN 4006381333931.
Tickets 123-45-678, 12-345-6789, 000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 123-45-0000.
Version 10.0.19045.3930, build 4.111.111.111, commit 4f2a9c1d7e8b6a5c4d3e2f1a0b9c8d7e6f5a4b3c.
GUID 45391381-9838-1881-4716-932917681968, time stamp 1709629920123, 20240305091244000.
GB00WEST12345698765432 and DE00370400440532013000 are no account numbers. The PASSWORD and DOCUMENT words are no banks.
Temperature 36.6, ratio 0.4539138198381881, factors 48.137154 and 11.576124. Call 555-0100.
"""


def build() -> None:
    encodings()
    encoded()
    strewn()
    detectors()
    shapes()
    look_alikes()


def encodings() -> None:
    case("txt/honest/utf-8.txt", LETTER, *LETTER_FACTS, 'reads body "Straßmann & Søn, Łódź – café “Zum Löwen”"')
    case("txt/honest/utf-8-bom.txt", LETTER.encode("utf-8-sig"), *LETTER_FACTS, 'text "Straßmann"', 'not-text "\ufeff"')
    case("txt/honest/crlf.txt", LETTER.replace("\n", "\r\n"), *LETTER_FACTS)
    wide = 'text "Straßmann & Søn, Łódź"'
    case("txt/honest/utf-16le-bom.txt", b"\xff\xfe" + LETTER.encode("utf-16-le"), *LETTER_FACTS, wide)
    case("txt/honest/utf-16be-bom.txt", b"\xfe\xff" + LETTER.encode("utf-16-be"), *LETTER_FACTS, wide)
    case("txt/odd/utf-16le-no-bom.txt", LETTER.encode("utf-16-le"), *LETTER_FACTS, wide)
    case("txt/odd/utf-16be-no-bom.txt", LETTER.encode("utf-16-be"), *LETTER_FACTS, wide)
    western = LETTER.replace("Łódź", "Málaga")
    case("txt/honest/windows-1252.txt", western.encode("cp1252"), *LETTER_FACTS, 'text "Straßmann & Søn, Málaga – café “Zum Löwen”"')
    local = {
        "shift-jis": ("shift_jis", "お客様各位\n平素より大変お世話になっております。ご登録のカード番号を確認いたしました。\n", "お世話になっております"),
        "gb18030": ("gb18030", "尊敬的客户：\n感谢您的订单。我们已经收到您的付款，信用卡信息如下，请妥善保管。\n", "感谢您的订单"),
        "euc-kr": ("euc_kr", "고객님께\n주문해 주셔서 감사합니다. 결제하신 신용카드 정보는 다음과 같습니다.\n", "주문해 주셔서 감사합니다"),
        "koi8-r": ("koi8_r", "Уважаемый клиент!\nСпасибо за ваш заказ. Мы списали оплату с вашей банковской карты.\n", "Спасибо за ваш заказ"),
    }
    for name, (codec, greeting, phrase) in local.items():
        body = f"{greeting}Credit card number: {groups(VISA)} (Visa, CVV 123)\nIBAN: {groups(IBAN_DE)}\n" + greeting
        facts = ["status ok", "match credit-card-number high 1", "match iban high 1", f'text "{phrase}"']
        case(f"txt/honest/{name}.txt", body.encode(codec), *facts)


def encoded() -> None:
    """Values behind one step of decoding, with their labels outside of it or inside."""
    b64 = lambda text: base64.b64encode(text.encode()).decode()
    case("txt/odd/base64.txt", f"Card number: {b64(VISA)}\nand a key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY\n", "status ok", "match credit-card-number high 1")
    case("txt/odd/base64-lines.txt", "see below\n" + "\n".join(textwrap.wrap(b64(f"Dear Anna, your SSN {SSN} was sent to the bank, as agreed. " * 3), 64)) + "\n", "status ok", "match us-ssn high 3")
    case("txt/odd/hexadecimal.txt", f"card={VISA.encode().hex()};sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709\n", "status ok", "match credit-card-number high 1")
    escaped = "".join(f"%{ord(c):02X}" for c in VISA)
    case("txt/odd/percent.txt", f"GET /pay?card_number={escaped}&x=1 HTTP/1.1\n", "status ok", "match credit-card-number high 1")
    shifted = lambda text: "+" + base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=") + "-"
    case("txt/odd/utf-7.txt", f"Card number: {shifted(VISA[:8])}{VISA[8:]}, the colour is blue+ADD-on\n", "status ok", "match credit-card-number high 1")
    octal = "".join(f"\\{ord(c):03o}" for c in VISA)
    case("txt/odd/octal.txt", f'const char *card_number = "{octal}";\n', "status ok", "match credit-card-number high 1")
    braced = "".join(f"\\u{{{ord(c):x}}}" for c in SSN)
    case("txt/odd/braced-escapes.txt", f'let ssn = "{braced}";\n', "status ok", "match us-ssn high 1")
    case("txt/odd/percent-between-groups.txt", f"GET /pay?creditcard={groups(VISA).replace(' ', '%20')}&x=1 HTTP/1.1\n", "status ok", "match credit-card-number high 1")
    case("txt/odd/references.txt", "SSN: " + "".join(f"&#{ord(c)};" for c in SSN) + "\n", "status ok", "match us-ssn high 1")


def strewn() -> None:
    """Values whose groups stand apart by what nobody writes: only a label tells what they are."""
    parts = groups(VISA).split()
    case("txt/odd/groups-apart.txt", "".join(f"Card number: {gap.join(parts)}\n" for gap in ("__", "   ", " * ", ", ", " | ")), "status ok", "match credit-card-number high 5")
    case("txt/odd/groups-on-lines.txt", "Card number:\n" + "\n".join(parts) + "\n\nSSN\n" + "\n".join(SSN.split("-")) + "\n", "status ok", "match credit-card-number low 1", "match us-ssn low 1")
    coloured = "".join(f"\x1b[{30 + i}m{part}\x1b[0m " for i, part in enumerate(parts))
    case("txt/odd/terminal-colours.txt", f"Card number: {coloured}\n", "status ok", "match credit-card-number high 1")
    struck = "".join(c + "\u0336" for c in VISA)
    case("txt/odd/struck-out.txt", f"Card number: {struck}\nSSN: {SSN.translate({ord(d): 0x1C50 + int(d) for d in '0123456789'})}\n", "status ok", "match credit-card-number high 1", "match us-ssn high 1")
    numbers = "\n".join(f"{1000 + 37 * i}  {2000 + 91 * i}  {3000 + 53 * i}  {4000 + 77 * i}" for i in range(60))
    case("txt/honest/columns-of-numbers.txt", f"Lot   Bin   Row   Unit\n{numbers}\n", "status ok", "no-match *")


def detectors() -> None:
    brands = f"""Cards on file (card number, brand):
Visa card number {groups(VISA)}
Mastercard card number {groups(MASTERCARD, by="-")}
Mastercard 2-series card number {MASTERCARD_2}
American Express card number {groups(AMEX, 4, 6, 5)}
Diners Club card number {groups(DINERS, 4, 6, 4)}
UnionPay card number {groups(UNIONPAY, 6, 13)}
"""
    case("txt/honest/card-brands.txt", brands, "match credit-card-number high 6")
    twice = f"Credit card {VISA}\nthe same credit card {groups(VISA)} and {groups(VISA, by='-')}\n"
    case("txt/honest/one-card-in-three-spellings.txt", twice, "match credit-card-number high 3", "unique credit-card-number 1")
    case("txt/odd/card-digit-by-digit.txt", f"Credit card number: {' '.join(VISA)}\n", "match credit-card-number high 1")
    case("txt/odd/card-with-slashes.txt", f"Credit card number: {groups(VISA, by='/')}\n", "match credit-card-number high 1")
    case("txt/odd/iban-in-lower-case.txt", f"Please pay to iban {groups(IBAN_DE).lower()} today.\n", "match iban high 1")
    case("txt/odd/card-without-label.txt", f"Note to self\n{groups(VISA)}\n", "match credit-card-number >=low 1")
    case("txt/honest/test-card.txt", "Use the test card 4111 1111 1111 1111 (Visa, CVV 123).\n", "match credit-card-number low 1", "no-match credit-card-number")
    people = f"Employee file\nSocial Security number: {SSN}\nSpouse SSN {SSN_2.replace('-', ' ')}\nITIN: {ITIN}\n"
    case("txt/honest/ssn-and-itin.txt", people, "match us-ssn high 2", "match us-itin >=medium 1")
    bank = f"""Wire instructions
Bank: First Example Bank, ABA routing number: {ABA}
Checking account number: {ACCOUNT}
Beneficiary bank SWIFT code: {BIC} (branch {BIC_LONG} also takes SWIFT transfers)
"""
    case("txt/honest/us-wire-and-swift.txt", bank, "match us-aba-routing >=medium 1", "match us-bank-account >=medium 1", "match swift-bic >=medium 2")
    ibans = f"IBAN list\nGB: {IBAN_GB}\nDE: {groups(IBAN_DE)}\nFR: {groups(IBAN_FR)}\nNO: {IBAN_NO}\n"
    case("txt/honest/ibans.txt", ibans, "match iban >=medium 4")
    case("txt/honest/iban-without-label.txt", f"Bitte zahlen an {IBAN_DE}, danke.\n", "match iban high 1")
    mail = f"To: {EMAIL}, Bo Berg <{EMAIL_2}>\nNot mail: anna@ example.com, @example.com, a@b\n"
    case("txt/honest/e-mail-addresses.txt", mail, "match email >=low 2")
    words = "Minutes\nPROJECT  LARKSPUR starts in May; the vermilion\nledger stays closed. Codename müritz, 大和計画を開始.\nlarkspur project, Projects Larkspurs, xVermilion Ledgerx\n"
    case("txt/honest/custom-keywords.txt", words, "match custom-keyword >=medium 4")
    case("txt/honest/private-key.pem", f"Deploy key\n{PEM}\n", "match private-key-pem high 1")
    case("txt/honest/public-key-only.pem", f"-----BEGIN PUBLIC KEY-----\n{base64_lines('public', 290)}\n-----END PUBLIC KEY-----\n", "no-match *")
    code = f'''"""Uploads reports."""
import boto3

AWS_ACCESS_KEY_ID = "{AWS_KEY}"
RETRIES = 3  # was 4539


def client(region: str = "eu-central-1"):
    """Connects; mail {EMAIL} when it fails."""
    return boto3.client("s3", aws_access_key_id=AWS_ACCESS_KEY_ID, region_name=region)
'''
    case("txt/honest/source-code.py", code, "kind text/plain", "match aws-access-key-id >=medium 1", "match email >=low 1", "no-match credit-card-number")


def shapes() -> None:
    case("txt/odd/line-endings-cr.txt", LETTER.replace("\n", "\r"), *LETTER_FACTS)
    case("txt/odd/no-break-spaces.txt", f"Card number:\u00a0{groups(VISA, by=chr(0xA0))}, Visa.\nIBAN {groups(IBAN_DE, by=chr(0xA0))}\n", "match credit-card-number high 1", "match iban high 1")
    case("txt/odd/card-with-dots.txt", f"Credit card number: {groups(VISA, by='.')}\n", "match credit-card-number high 1")
    case("txt/odd/value-over-a-line-break.txt", f"The credit card number is {VISA[:4]} {VISA[4:8]}\n{VISA[8:12]} {VISA[12:]}, Visa.\n", "match credit-card-number >=low 1")
    filler = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 400
    case("txt/odd/one-long-line.txt", filler + f"Card number: {VISA} Visa. " + filler, "match credit-card-number high 1")
    case("txt/odd/only-white-space.txt", " \t\r\n" * 50, "no-match *")
    case("txt/odd/last-line-without-end.txt", f"SSN: {SSN}", "match us-ssn high 1")
    case("txt/odd/nul-bytes-between-lines.txt", f"Social Security number: {SSN}\0\0\0\nCard number: {VISA}\0\n", "match us-ssn >=medium 1", "match credit-card-number >=medium 1")
    invalid = b"Name: M\xfcller \xff\xfe\xfd\nSocial Security number: " + SSN.encode() + b"\n"
    case("txt/odd/invalid-bytes.txt", invalid, "match us-ssn high 1")


def look_alikes() -> None:
    case("txt/honest/look-alikes.txt", LOOK_ALIKES, "status ok", "no-match *")
    digits_only = "\n".join(digits(f"row {i}", 16) for i in range(60))
    failing = "\n".join(n for n in digits_only.split("\n") if luhn(n[:-1]) != n)
    case("txt/honest/numbers-failing-luhn.txt", f"Card number list (all mistyped)\n{failing}\n", "no-match credit-card-number")
