"""Addresses of the pages about people."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from console.organizations.views import joining, keys, me, members, notifications, saved_views

closed = login_not_required(me.closed)

urlpatterns = [
    path("o/", me.organizations, name="organizations"),
    path("o/<slug:organization>/members", members.members, name="members"),
    path("o/<slug:organization>/members/invite", members.invite, name="invite_member"),
    path("o/<slug:organization>/members/<uuid:membership>", members.member, name="member"),
    path("o/<slug:organization>/invitations/<uuid:invitation>/revoke", members.revoke, name="revoke_invitation"),
    path("o/<slug:organization>/views/save", saved_views.save, name="save_view"),
    path("o/<slug:organization>/views/<uuid:view>/rename", saved_views.rename, name="rename_view"),
    path("o/<slug:organization>/views/<uuid:view>/delete", saved_views.delete, name="delete_view"),
    path("o/<slug:organization>/settings/api-keys", keys.api_keys, name="api_keys"),
    path("o/<slug:organization>/settings/api-keys/<uuid:key>/rotate", keys.rotate, name="rotate_key"),
    path("o/<slug:organization>/settings/api-keys/<uuid:key>/revoke", keys.revoke, name="revoke_key"),
    path("o/<slug:organization>/settings/api-keys/<uuid:key>/push", keys.set_push, name="key_push"),
    path("invite/<str:token>", joining.invitation, name="invitation"),
    path("me/", me.profile, name="profile"),
    path("me/notifications", notifications.switches, name="notification_switches"),
    path("me/preferences", me.preferences, name="preferences"),
    path("me/theme", me.theme, name="theme"),
    path("me/times", me.times, name="times"),
    path("me/signed-in", me.signed_in, name="signed_in"),
    path("me/session", me.session, name="session"),
    # One's address is changed by no form, and nobody signs in by a mailed code: these pages are not offered.
    path("accounts/email/", closed),
    path("accounts/confirm-email/", closed),
    path("accounts/confirm-email/<path:rest>", closed),
    path("accounts/password/set/", closed),
    path("accounts/login/code/confirm/", closed),
]
