"""TLS names the host of the URL, whatever address was checked; a certificate that does not hold ends the call."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.outbound import Allowance, Reply, look_up, post
from tests.webhooks.receiving import Handler, Receiver

NAME = "hooks.example.com"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, and its key, as two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver with TLS, whose certificate this machine trusts."""
    chain, secret = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    handler = cast("type[Handler]", type("Bound", (Handler,), {}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    handler.receiver = Receiver(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield handler.receiver
    server.shutdown()
    server.server_close()


def called(host: str, port: int) -> Reply:
    """What a call to this name says; its name server answers with loopback, which the operator allowed for it."""
    found = look_up(f"https://{host}:{port}/in", resolve=lambda *_: ["127.0.0.1"])
    return post(found, Allowance(hosts=frozenset({host})), b"{}", {})


def test_call__certificate_of_the_name__goes_to_the_checked_address(receiver: Receiver) -> None:
    assert called(NAME, receiver.port).status == 204
    assert receiver.got[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_call__certificate_of_another_name_or_of_nobody_known__sends_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = called("other.example.com", receiver.port)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(stranger)[0]))
    unknown = called(NAME, receiver.port)

    assert [reply.status for reply in (other, unknown)] == [None, None]
    assert all("TLS failed: CERTIFICATE_VERIFY_FAILED" in reply.trouble for reply in (other, unknown))
    assert receiver.got == []
