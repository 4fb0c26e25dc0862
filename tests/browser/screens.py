"""Every screen of the console on the demo organization: who looks at it, where it is, how it is reached.

One literal table for three readers: `make screenshots`, the axe test of every screen, and the guard that no page is
left out. A page that shows nothing of its own stands in `NO_SCREEN` with the reason.
"""

from dataclasses import dataclass

O = "/o/harbor-and-pine"  # noqa: E741 - read in every line of the table
A = f"{O}/agents"


@dataclass(frozen=True)
class Screen:
    """One screen. `who` signs in (nobody when empty) and opens `path`; then `follow`, a selector of a link, is
    followed or `press`, a key, is pressed. `phone`: it is looked at on 360 px too. `shown`: its words in the docs,
    where its picture stands in the themes of `docs`.
    """

    name: str
    who: str
    path: str
    follow: str = ""
    press: str = ""
    status: int = 200
    phone: bool = False
    shown: str = ""
    docs: tuple[str, ...] = ("light",)


SCREENS = [
    # Getting in
    Screen("sign-in", "", "/accounts/login/", phone=True),
    Screen("password-reset", "", "/accounts/password/reset/"),
    Screen("password-reset-sent", "", "/accounts/password/reset/done/"),
    Screen("help-signed-out", "", "/help", phone=True),
    # The organization
    Screen("dashboard", "mara", f"{O}/", phone=True, shown="Dashboard: what is live where", docs=("light", "dark")),
    Screen("dashboard-of-qa", "quinn", f"{O}/"),
    Screen("queue", "quinn", f"{O}/queue", phone=True, shown="My queue: what waits for me"),
    Screen("queue-of-the-developer", "dana", f"{O}/queue"),
    Screen("agents", "mara", f"{A}/", phone=True, shown="Agents: what is live where, and whom each one waits for"),
    Screen("agents-of-qa", "quinn", f"{A}/"),
    Screen("releases", "mara", f"{O}/releases", phone=True, shown="Releases of the whole organization"),
    Screen("history", "avery", f"{O}/history", shown="History: environment by environment, who and why"),
    Screen("notifications", "mara", f"{O}/notifications", phone=True),
    Screen("search", "mara", f"{O}/search?q=order"),
    Screen("audit", "avery", f"{O}/audit", phone=True, shown="The audit log"),
    Screen("audit-event", "avery", f"{O}/audit", follow="main table tbody a[href*='/audit/']"),
    Screen("members", "mara", f"{O}/members", phone=True),
    Screen("member", "mara", f"{O}/members", follow="#members tbody a"),
    Screen("settings", "mara", f"{O}/settings"),
    Screen("settings-read-only", "avery", f"{O}/settings"),
    Screen("api-keys", "mara", f"{O}/settings/api-keys", phone=True),
    Screen("webhooks", "mara", f"{O}/settings/webhooks", phone=True),
    Screen("webhooks-read-only", "avery", f"{O}/settings/webhooks"),
    Screen("pipeline", "mara", f"{O}/settings/environments"),
    Screen("pipeline-place", "mara", f"{O}/settings/environments/production", phone=True),
    Screen("bulk", "mara", f"{O}/bulk", phone=True),
    Screen(
        "bulk-review",
        "mara",
        f"{O}/bulk/review?agents=clinic-appointments&agents=lantern-concierge",
        phone=True,
        shown="Bulk promotion: every difference first, then one confirmation",
    ),
    Screen("jobs", "mara", f"{O}/jobs/"),
    # One agent
    Screen("agent", "mara", f"{A}/clinic-appointments/", phone=True, shown="One agent: the pipeline and the next step"),
    Screen("agent-rolled-back", "mara", f"{A}/claims-intake/", phone=True),
    Screen("agent-new", "dana", f"{A}/new"),
    Screen("agent-import", "dana", f"{A}/import"),
    Screen("agent-settings", "dana", f"{A}/order-desk/settings"),
    Screen("agent-grants", "mara", f"{A}/order-desk/grants"),
    Screen("draft", "dana", f"{A}/clinic-appointments/draft/", phone=True),
    Screen(
        "editor-prompt",
        "dana",
        f"{A}/clinic-appointments/draft/edit/prompt",
        shown="The editor",
        docs=("light", "dark"),
    ),
    Screen(
        "editor-flow",
        "dana",
        f"{A}/clinic-appointments/draft/flow/",
        phone=True,
        shown="The flow: an outline and a picture",
    ),
    Screen("editor-node", "dana", f"{A}/clinic-appointments/draft/flow/nodes/reason", phone=True),
    Screen("editor-settings", "dana", f"{A}/order-desk/draft/edit/settings", phone=True),
    Screen("editor-variables", "dana", f"{A}/order-desk/draft/edit/variables", phone=True),
    Screen("editor-policies", "dana", f"{A}/order-desk/draft/edit/policies"),
    Screen("editor-test", "dana", f"{A}/order-desk/draft/edit/tests/late-parcel"),
    Screen("knowledge", "dana", f"{A}/ferry-desk/draft/items/knowledge?q=tide", phone=True),
    Screen("tools", "dana", f"{A}/order-desk/draft/items/tools", phone=True),
    Screen("editor-tool", "dana", f"{A}/clinic-appointments/draft/edit/tools/find-slots"),
    Screen("editor-knowledge", "dana", f"{A}/ferry-desk/draft/edit/knowledge/ships"),
    Screen("draft-add", "dana", f"{A}/clinic-appointments/draft/add/tools"),
    Screen("draft-history", "dana", f"{A}/clinic-appointments/draft/history"),
    Screen("draft-delete", "dana", f"{A}/clinic-appointments/draft/delete"),
    Screen("draft-fork", "dana", f"{A}/clinic-appointments/draft/fork?number=7"),
    Screen("draft-merge", "dana", f"{A}/clinic-appointments/draft/merge"),
    Screen("draft-take", "dana", f"{A}/clinic-appointments/draft/take?source=7&part=prompt"),
    Screen("draft-import", "dana", f"{A}/clinic-appointments/draft/import"),
    Screen("versions", "dana", f"{A}/order-desk/versions/", phone=True),
    Screen("version", "dana", f"{A}/order-desk/versions/11/"),
    Screen("activate", "dana", f"{A}/order-desk/versions/11/activate?environment=staging"),
    Screen("compare", "quinn", f"{A}/clinic-appointments/compare"),
    Screen(
        "compare-pair",
        "mara",
        f"{A}/clinic-appointments/compare?from=environment:production&to=environment:staging",
        phone=True,
        shown="Compare: what would change in Production",
        docs=("light", "dark"),
    ),
    # Releasing
    Screen(
        "promote",
        "dana",
        f"{A}/clinic-appointments/promote",
        phone=True,
        shown="Promote to Staging: the difference first",
    ),
    Screen("decide", "quinn", f"{A}/ferry-desk/staging", phone=True, shown="QA decides: what changed, ready or back"),
    Screen(
        "push",
        "mara",
        f"{A}/clinic-appointments/push",
        phone=True,
        shown="Push to Production: facts, gates, difference",
        docs=("light", "dark"),
    ),
    Screen("break-glass", "mara", f"{A}/ferry-desk/push/emergency", phone=True),
    Screen("rollback", "mara", f"{A}/order-desk/rollback", phone=True, shown="Rollback in three clicks"),
    Screen("lift-hold", "mara", f"{A}/claims-intake/hold/5/lift", phone=True),
    Screen("environment", "mara", f"{A}/order-desk/env/production"),
    Screen("agent-releases", "mara", f"{A}/order-desk/releases/", phone=True),
    Screen(
        "release-record", "mara", f"{A}/order-desk/releases/", follow="main .story a[href*='/releases/']", phone=True
    ),
    # One's own pages
    Screen("organizations", "dana", "/o/"),
    Screen("help", "dana", "/help"),
    Screen("profile", "dana", "/me/", phone=True),
    Screen("preferences", "dana", "/me/preferences", phone=True),
    Screen("notification-switches", "dana", "/me/notifications"),
    Screen("signed-in", "dana", "/me/signed-in"),
    Screen("password", "dana", "/accounts/password/change/"),
    Screen("second-factors", "dana", "/accounts/2fa/"),
    Screen("totp", "dana", "/accounts/2fa/totp/activate/"),
    Screen("passkeys", "dana", "/accounts/2fa/webauthn/"),
    Screen("passkey-add", "dana", "/accounts/2fa/webauthn/add/"),
    Screen("sessions", "dana", "/accounts/sessions/"),
    # Over every page
    Screen(
        "palette", "mara", f"{A}/clinic-appointments/", press="Control+k", phone=True, shown="The palette: Control K"
    ),
    Screen("keys", "mara", f"{A}/", press="?"),
    # Refusals
    Screen("refused", "dana", f"{O}/settings", status=403, phone=True),
    Screen("not-found", "dana", f"{A}/nothing-here/", status=404),
]

NO_SCREEN = {
    "webhook": "the demo has none; tests/browser/test_webhooks.py",
    "webhook_delivery": "the demo has none; tests/browser/test_webhooks.py",
    "environments:job": "the demo has run no job; tests/environments/test_pages_pipeline.py",
    "health": "JSON for machines",
    "session": "JSON for scripts",
    "home": "leads on to another page",
    "palette": "the options inside the palette",
    "setup": "closed once the console is set up; tests/organizations/test_set_up.py",
    "invitation": "needs a link that was mailed; tests/organizations/test_accept_invitation.py",
    "environments:candidate": "a bar of an open page",
    "environments:agent-peek": "a part of the dashboard",
    "environments:event-difference": "the comparison again, for one event; tests/audit/test_event_difference.py",
    "environments:notice": "leads on to what it speaks of",
    "environments:version-export": "a file",
    "environments:compare-lines": "a part of the comparison",
    "environments:compare-patch": "a file",
    "agents:draft-around": "who else is here, for the script of the editor",
    "agents:draft-export": "a file",
    "agents:schema": "a file",
    "account_logout": "asks by a button of the menu; tests/look/test_account_pages.py",
    "account_inactive": "a sentence; tests/look/test_account_pages.py",
    "account_signup": "closed; tests/organizations/test_closed_doors.py",
    "account_reauthenticate": "the sign-in form again; tests/look/test_account_pages.py",
    "account_email_verification_sent": "closed; tests/organizations/test_closed_doors.py",
    "account_email": "closed; tests/organizations/test_closed_doors.py",
    "account_set_password": "closed; tests/organizations/test_closed_doors.py",
    "account_confirm_login_code": "closed; tests/organizations/test_closed_doors.py",
    "account_confirm_email": "closed; tests/organizations/test_closed_doors.py",
    "account_reset_password_from_key": "needs a link that was mailed; tests/look/test_account_pages.py",
    "account_reset_password_from_key_done": "a sentence; tests/look/test_account_pages.py",
    "mfa_authenticate": "only between password and session; tests/organizations/test_sign_in.py",
    "mfa_reauthenticate": "needs a second factor; tests/look/test_account_pages.py",
    "mfa_reauthenticate_webauthn": "needs a passkey",
    "mfa_login_webauthn": "JSON for scripts",
    "mfa_deactivate_totp": "needs a second factor; tests/look/test_account_pages.py",
    "mfa_view_recovery_codes": "needs a second factor; tests/look/test_account_pages.py",
    "mfa_generate_recovery_codes": "needs a second factor; tests/look/test_account_pages.py",
    "mfa_download_recovery_codes": "a file",
    "mfa_edit_webauthn": "needs a passkey",
    "mfa_remove_webauthn": "needs a passkey; tests/look/test_account_pages.py",
}
