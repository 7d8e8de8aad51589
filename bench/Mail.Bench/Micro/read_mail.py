"""Reads one mail again and again with Python's email package; prints messages per second of processor time."""
import email, email.policy, sys, time


def read_all(octets):
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    _ = mail["from"].addresses, mail["to"].addresses, str(mail["subject"]), mail["date"].datetime
    for part in mail.walk():
        if not part.is_multipart():
            part.get_content()


octets = sys.stdin.buffer.read()
read_all(octets)
count, start = 0, time.process_time()
while time.process_time() - start < 2:
    read_all(octets)
    count += 1
print(count / (time.process_time() - start))
