"""The sample values of the component gallery, and a small server that shows it under the real CSP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.account.forms import LoginForm
from csp.constants import NONCE
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

DIGEST = "9f3c2a1" + "0" * 57
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class ReasonForm(forms.Form):
    """One field of each sort, two of them wrong."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), help_text="The developers read this first.")
    ticket = forms.CharField(help_text="For example OPS-881.")
    kind = forms.ChoiceField(choices=[("wrong", "Wrong answer"), ("cost", "Cost")])
    weight = forms.ChoiceField(choices=[("low", "Can wait"), ("high", "Today")], widget=forms.RadioSelect)
    tell = forms.BooleanField(label="Tell the author by mail", required=False)


def _pins(dev: int | None, stg: int | None, rdy: int | None, prd: int | None) -> list[dict[str, Any]]:
    names = [("dev", "Development", dev), ("stg", "Staging", stg), ("rdy", "Ready for Production", rdy)]
    return [
        {"kind": kind, "code": kind.upper(), "name": name, "version": version, "url": f"#{kind}"}
        for kind, name, version in [*names, ("prd", "Production", prd)]
    ]


def _stations() -> list[dict[str, Any]]:
    now = timezone.now()
    ask = {"label": "Rollback", "href": "#rollback", "rank": "danger"}
    stations: list[dict[str, Any]] = [
        {"kind": "development", "name": "Development", "version": 19, "lines": ["Dana Reyes: shorter greeting"]},
        {"kind": "staging", "name": "Staging", "version": 18, "state": "staging", "lines": ["Promoted by Dana Reyes"]},
        {"kind": "ready", "name": "Ready", "empty": "Not yet.", "needs": "Needs QA: Quinn Abara, Jo Lindqvist."},
        {"kind": "production", "name": "Production", "version": 15, "lines": ["Pushed by Mara Okafor, OPS-881"]},
    ]
    stations[1]["actions"] = [{"label": "Mark Ready for Production", "href": "#ready", "rank": "ink"}]
    stations[3]["actions"] = [{"label": "Compare", "href": "#compare"}, ask]
    for age, station in enumerate(stations):
        if "version" in station:
            station |= {"at": now - timedelta(hours=2 + age * 60), "digest": DIGEST, "version_url": "#version"}
    return stations


def _rows() -> list[dict[str, Any]]:
    now = timezone.now()
    rows = [
        ("support-bot", _pins(19, 18, None, 15), "staging", "Dana Reyes", "1 204", "Mark Ready"),
        ("billing-voice", _pins(31, 31, 31, 30), "ready", "Quinn Abara", "312", "Review push"),
        ("hr-faq", _pins(6, 6, 6, 6), "production", "Mara Okafor", "96", "Open"),
        ("new-intake", _pins(1, None, None, None), "changes_requested", "Bo Tran", "", "Promote"),
    ]
    return [
        {"name": name, "url": "#agent", "pins": pins, "state": state, "who": who, "calls": calls, "next": act}
        | {"at": now - timedelta(hours=3**place)}
        for place, (name, pins, state, who, calls, act) in enumerate(rows)
    ]


def frame(theme: str, keys: str = "on") -> dict[str, Any]:
    """What the context processor gives to every signed-in page."""
    items = [
        ("Dashboard", "list-checks", True, 0, "d"),
        ("My queue", "inbox", False, 3, "q"),
        ("Agents", "bot", False, 0, "a"),
        ("Audit", "scroll-text", False, 0, "l"),
        ("Members", "users", False, 0, "m"),
        ("Settings", "settings", False, 0, "s"),
    ]
    return {
        "theme": theme,
        "keys": keys,
        "version": "0.1.0",
        "request_id": "7f0c9d5e2b",
        "nav": {
            "home_url": "#home",
            "items": [
                {"label": label, "url": f"#go-{go}", "icon": icon, "current": here, "count": count, "go": go}
                for label, icon, here, count, go in items
            ],
            "organization": {"name": "Harbor Line", "url": "#organization"},
            "organizations": [
                {"name": "Harbor Line", "url": "#one", "current": True},
                {"name": "Northern Dock", "url": "#two"},
            ],
            "queue_count": 3,
            "queue_url": "#queue",
            "search_url": "#search",
            "theme_url": "#theme",
            "sign_out_url": "#out",
            "user": {
                "name": "Mara Okafor",
                "email": "mara@harborline.example",
                "roles": ["Org Admin"],
                "links": [{"label": "Security", "url": "#security", "icon": "shield-check"}],
            },
        },
    }


def sample_context(theme: str, keys: str = "on") -> dict[str, Any]:
    """Everything the gallery shows, in the given theme."""
    now = timezone.now()
    tabs = ["Overview", "Draft", "Versions", "Compare", "Records", "Access"]
    entries = [
        ("undo-2", "Rolled back to v15", "wrong answers about refunds", "production", 0.05),
        ("radio-tower", "Pushed v16 to Production", "", "production", 5),
        ("badge-check", "Quinn Abara marked v16 ready", "50 test conversations", "staging", 30),
        ("pencil", "Dana Reyes published v16", "Shorter greeting", "development", 24 * 40),
    ]
    gates = [
        ("pass", "Ready by Quinn Abara 40 min ago, digest 9f3c2a1 as in Staging.", "", ""),
        ("fail", "The change ticket is missing.", "Whoever pushes names it.", "#ticket"),
        ("pending", "Nobody has confirmed the sign-in yet.", "Needs Org Admin: Mara Okafor.", ""),
    ]
    return frame(theme, keys) | {
        "crumbs": [{"label": "Agents", "url": "#agents"}, {"label": "support-bot", "url": "#a"}, {"label": "Push"}],
        "env_kind": "production",
        "agent": {"name": "support-bot", "url": "#agent"},
        "agent_state": "staging",
        "pins": _pins(19, 18, None, 15),
        "tabs": [{"label": label, "url": "#tab", "current": label == "Overview"} for label in tabs],
        "stations": _stations(),
        "rows": _rows(),
        "gates": [{"state": s, "message": m, "who": w, "fix_url": f} for s, m, w, f in gates],
        "entries": [
            {"icon": i, "text": t, "said": s, "env_kind": e, "url": "#record", "at": now - timedelta(hours=h)}
            for i, t, s, e, h in entries
        ],
        "banner_actions": [{"label": "Open record", "url": "#record"}],
        "people": ["Quinn Abara", "Jo Lindqvist"],
        "empty_action": {"label": "New agent", "url": "#new", "rank": "ink", "key": "n"},
        "digest": DIGEST,
        "moment": now - timedelta(days=9, hours=3),
        "form": ReasonForm({"reason": "The refund rule in turn 4 is wrong.", "weight": "low"}),
        "kinds": ["development", "staging", "ready", "production"],
        "states": STATES,
        "banners": ["info", "ok", "warn", "fail"],
    }


STATES = [
    *("development", "staging", "ready", "production", "changes_requested", "superseded", "rolled_back", "draft"),
    *("waiting", "blocked", "held", "ok", "warn", "failed", "running", "unknown", "behind", "mismatch"),
]


def refusal_context(theme: str) -> dict[str, Any]:
    """A refusal with everything it can carry."""
    return frame(theme) | {
        "status": 422,
        "code": "invalid",
        "title": "The content is not valid",
        "detail": "Two places in the prompt section are wrong. Nothing was saved. Correct them and save again.",
        "errors": [{"pointer": "/settings/model", "message": "Name a model.", "line": 4, "column": 12}],
        "typed": [("prompt", "You answer questions about orders.\n\n  - be short\n")],
        "back": "#back",
    }


def page(path: str) -> str:
    """One page as HTML: `/gallery`, `/refusal`, `/sign-in`, `/500`; `?theme=light|dark|system&keys=off`."""
    parts = urlsplit(path)
    asked = parse_qs(parts.query)
    theme, keys = asked.get("theme", ["system"])[0], asked.get("keys", ["on"])[0]
    request = RequestFactory().get(path)
    if parts.path == "/gallery":
        return render_to_string("gallery.html", sample_context(theme, keys), request)
    if parts.path == "/refusal":
        return render_to_string("refusal.html", refusal_context(theme), request)
    if parts.path == "/sign-in":
        context = {"theme": theme, "form": LoginForm(), "PASSKEY_LOGIN_ENABLED": True}
        return render_to_string("account/login.html", context, request)
    return render_to_string("500.html", {"theme": theme})


def _policy() -> str:
    directives: Any = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    kept = {name: " ".join(str(one) for one in sources if one is not NONCE) for name, sources in directives.items()}
    return "; ".join(f"{name} {sources}" for name, sources in kept.items())


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            body = Path(str(found)).read_bytes() if found else b""
            self._answer(200 if found else 404, CONTENT_TYPES.get(Path(path).suffix, "text/plain"), body)
        else:
            self._answer(200, "text/html; charset=utf-8", page(self.path).encode())

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy", _policy())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: a failing page shows in the test."""


@contextmanager
def gallery_server() -> Iterator[str]:
    """The address of a server on a free loopback port that shows the gallery."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
