"""Nothing inside is ever connected to, however an address is spelled and whenever it is asked (T30, G28)."""

import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from console.outbound import Allowance, Destination, UrlNotAllowed, destinations, look_up, post
from console.outbound.networks import address_in, is_public
from tests.webhooks.receiving import canaries, receiving, status

NOBODY = Allowance()

# PORT is replaced by the port of a canary that listens on loopback.
HOSTILE = [
    # Loopback and this host, as it is and in odd spellings
    "https://127.0.0.1/", "https://127.0.0.1:PORT/", "https://127.0.0.1:8443/", "https://127.1:PORT/",
    "https://127.0.1:PORT/", "https://127.255.255.254/", "https://2130706433:PORT/", "https://0x7f000001:PORT/",
    "https://0x7f.0.0.1:PORT/", "https://0x7f.1/", "https://0177.0.0.1:PORT/", "https://017700000001:PORT/",
    "https://127.0.0.01/", "https://127.0.0.1.:PORT/", "https://0.0.0.0:PORT/", "https://0:PORT/", "https://0/",
    "https://00000000/", "https://127.0.0.1%00.example.com/", "https://127%2e0%2e0%2e1/", "https://%31%32%37.0.0.1/",
    "https://\uff11\uff12\uff17.0.0.1/", "https://\u2460\u2461\u2466.0.0.1/", "https://127\u30020\u30020\u30021/",
    "https://4294967297/", "https://127.0.0.1.0x0/", "https://0x/",
    # Names of this host and of insides
    "https://localhost:PORT/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/",
    "https://localhost.localdomain/", "https://intranet/", "https://router.lan/", "https://printer.local/",
    "https://vault.internal/", "https://metadata.google.internal/computeMetadata/v1/", "https://kubernetes/api",
    "https://db.corp/", "https://nas.home.arpa/",
    # IPv6, and IPv4 in its clothes
    "https://[::1]:PORT/", "https://[::]:PORT/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/latest/", "https://[ff02::1]/",
    "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[100::1]/", "https://[::ffff:169.254.169.254]/",
    "https://[127.0.0.1]:PORT/", "https://[::1/", "https://::1/", "https://[]/",
    # Private, link-local, carriers, metadata, multicast, reserved
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/", "https://169.254.170.2/v2/credentials", "https://100.64.0.1/",
    "https://100.100.100.200/latest/meta-data/", "https://168.63.129.16/", "https://192.0.0.192/", "https://192.0.2.1/",
    "https://192.88.99.1/", "https://198.18.0.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://224.0.0.1/",
    "https://239.255.255.250/", "https://240.0.0.1/", "https://255.255.255.255/", "https://2852039166/",
    "https://0xa9fea9fe/", "https://0251.0376.0251.0376/",
    # Names, passwords, and readers that disagree
    "https://user@127.0.0.1:PORT/", "https://user:pw@example.com/", "https://example.com@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT@example.com/", "https://example.com:443@127.0.0.1:PORT/", "https://@127.0.0.1/",
    "https://127.0.0.1:PORT\\@example.com/", "https://example.com\\@127.0.0.1:PORT/", "https:\\\\127.0.0.1/",
    "https:/127.0.0.1:PORT/", "https:127.0.0.1:PORT/", "https:///127.0.0.1/", "//127.0.0.1:PORT/", "127.0.0.1:PORT",
    "https://127.0.0.1:PORT#@example.com/", "https://127.0.0.1:PORT?@example.com/", "https://example.com#@127.0.0.1/",
    " https://127.0.0.1/", "https://127.0.0.1/\t", "https://exa\nmple.com/", "https://127.0.0.1\r\nHost: example.com/",
    "https://example.com/\r\nX-Injected: 1", "https://ex\u00adample.com/", "https://\u202eexample.com/", "https://exämple.com/",
    # Schemes and ports
    "http://127.0.0.1:PORT/", "http://example.com/", "HTTPS://127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_x", "dict://127.0.0.1:PORT/", "javascript:alert(1)", "data:text/plain,x", "jar:https://x!/",
    "https://example.com:22/", "https://example.com:25/", "https://example.com:6379/", "https://example.com:0/",
    "https://example.com:65536/", "https://example.com:99999999999/", "https://example.com:-1/",
    "https://example.com:4 43/",
    "https://example.com:\u0664\u0664\u0663/", "https://example.com:/",
    "", "https://", "https://.", "https://..", "https://-a.example.com/", "https://a..example.com/",
    "https://" + "a" * 64 + ".com/", "https://" + "a." * 130 + "com/", "https://example.com/" + "a" * 3000,
]  # fmt: skip
# Names as a hostile name server answers them.
ANSWERS = [
    ["127.0.0.1"], ["::1"], ["10.1.2.3"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"],
    ["93.184.215.14", "127.0.0.1"], ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fe80::1"], ["fe80::1%lo"],
    ["0.0.0.1"], ["100.64.1.1"], ["2002:7f00:1::1"], ["127.1"], ["nonsense"], ["224.0.0.251"],
]  # fmt: skip


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Canaries on loopback; at the end nobody came."""
    with canaries() as (ports, came):
        yield ports
        assert came == []


def test_hostile_urls__at_save_and_at_use__are_refused_without_a_connection(ports: list[int]) -> None:
    urls = [url.replace("PORT", str(port)) for url in HOSTILE for port in (ports if "PORT" in url else ports[:1])]
    assert len(HOSTILE) >= 80

    for url in urls:
        found = look_up(url)
        with pytest.raises(UrlNotAllowed) as save:
            found.require_allowed(NOBODY)
        with pytest.raises(UrlNotAllowed):
            post(found, NOBODY, b"{}", {})
        assert save.value.code == "url_not_allowed"
        assert save.value.errors[0].pointer == "/url"


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_name__whose_server_answers_with_an_inside__is_refused(answer: list[str], ports: list[int]) -> None:
    found = look_up("https://hooks.example.com/", resolve=lambda host, port: answer)

    with pytest.raises(UrlNotAllowed):
        post(found, NOBODY, b"{}", {})


def test_name__that_leads_inside_only_when_it_is_used__is_refused_then(ports: list[int]) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    look_up("https://hooks.example.com:8443/", resolve=rebinding).require_allowed(NOBODY)
    with pytest.raises(UrlNotAllowed):
        post(look_up("https://hooks.example.com:8443/", resolve=rebinding), NOBODY, b"{}", {})


def test_call__to_a_judged_destination__connects_to_the_checked_address_and_asks_nobody_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiving() as receiver:
        monkeypatch.setattr(socket, "gethostbyname", None)
        url = f"http://hooks.example.com:{receiver.port}/in?a=1"
        asked: list[str] = []

        def once(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        opened = Allowance(hosts=frozenset({f"hooks.example.com:{receiver.port}"}))
        reply = post(look_up(url, resolve=once), opened, b"{}", {"X-A": "b"})

    assert (reply.status, asked, receiver.got[0].path) == (204, ["hooks.example.com"], "/in?a=1")
    assert receiver.got[0].headers["host"] == f"hooks.example.com:{receiver.port}"


def test_redirect__to_an_inside__is_not_followed(ports: list[int]) -> None:
    with receiving() as receiver:
        opened = Allowance(hosts=frozenset({receiver.address}))
        for place in ("http://127.0.0.1", "https://127.0.0.1", "//127.0.0.1"):
            receiver.answers = [status(302, Location=f"{place}:{ports[0]}/")]
            reply = post(look_up(receiver.url()), opened, b"{}", {})
            assert (reply.status, reply.is_success) == (302, False)


def test_header__with_a_line_break__is_refused_before_anything_is_sent() -> None:
    with receiving() as receiver:
        opened = Allowance(hosts=frozenset({receiver.address}))
        with pytest.raises(UrlNotAllowed):
            post(look_up(receiver.url()), opened, b"{}", {"X": "a\r\nInjected: b"})
        assert receiver.got == []


def test_allowance__of_the_operator__opens_exactly_what_it_names() -> None:
    host, network = Allowance(hosts=frozenset({"localhost:8099"})), Allowance(networks=(ip_network("10.20.0.0/16"),))

    look_up("http://localhost:8099/").require_allowed(host)
    look_up("https://10.20.3.4/").require_allowed(network)
    look_up("https://hooks.corp/", resolve=lambda *_: ["10.20.3.4"]).require_allowed(network)
    for url, allowance in [
        ("http://localhost:8098/", host),
        ("http://localhost/", host),
        ("https://10.21.0.1/", network),
        ("http://10.20.3.4/", network),
        ("https://10.20.3.4:22/", network),
        ("https://hooks.corp/", network),
    ]:
        with pytest.raises(UrlNotAllowed):
            look_up(url, resolve=lambda *_: ["10.21.0.1"]).require_allowed(allowance)


def test_public_addresses__as_they_are__may_be_called() -> None:
    for url in ("https://example.com/x?y=z", "https://93.184.215.14/", "https://[2606:2800:21f::1]:8443/"):
        look_up(url, resolve=lambda *_: ["93.184.215.14"]).require_allowed(NOBODY)
    unknown = look_up("https://hooks.example.com/", resolve=lambda *_: [])
    unknown.require_allowed(NOBODY)
    assert "no address" in post(unknown, NOBODY, b"{}", {}).trouble


def test_is_public__every_network_of_the_registries__is_decided() -> None:
    inside = [
        "10.0.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "168.63.129.16",
        "::",
        "::1",
        "64:ff9b::1",
        "2001::1",
        "fec0::1",
    ]
    outside: list[Any] = ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1", "2a00::1"]

    for text in inside:
        address = address_in(text)
        assert address is not None
        assert not is_public(address), text
    for text in outside:
        assert is_public(address_in(text)), text  # type: ignore[arg-type]


def test_destination__that_was_never_read__is_refused() -> None:
    with pytest.raises(UrlNotAllowed):
        Destination("x", wrong="It was never read.").require_allowed(NOBODY)


def test_look_up__name_server_that_says_nothing__is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "LOOK_UP_SECONDS", 0.05)
    release = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        release.wait(5)
        return ["93.184.215.14"]

    found = look_up("https://hooks.example.com/", resolve=hanging)
    release.set()

    assert (found.addresses, found.wrong) == ((), "")
