"""Sends random messages with Python's smtplib to a port, over STARTTLS. Prints what it meant to send, base64, one per line."""

import base64
import random
import smtplib
import ssl
import sys

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
chance = random.Random(2821)
pieces = [".", "..", "\r\n", "\r\n.", "x", "\r\n..", " ", "\r\n.\r\n", "\r\n" + "y" * 500 + "\r\n"]
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "client.test") as client:
    client.starttls(context=context)
    for number in range(30):
        text = "Subject: x\r\n\r\n" + "".join(chance.choice(pieces) for _ in range(chance.randrange(60))) + "z\r\n"
        refused = client.sendmail("a@client.test", ["one@local.test", "two@elsewhere.test"], text.encode())
        assert list(refused) == ["two@elsewhere.test"], refused
        print(base64.b64encode(text.encode()).decode(), flush=True)
