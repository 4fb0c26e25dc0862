#!/bin/sh
# A release from the first draft to a bulk promotion, with nothing but curl, against a running `make run`:
#
#     sh docs/examples/release.sh                                      # SLIPWAY_HOME=.slipway
#     SLIPWAY_HOME=/data/slipway sh docs/examples/release.sh
#
# Four people's keys come from demo-credentials.json. Each call says what it expects, refusals with their code; the first
# answer that differs ends the story. Each run makes an agent of its own.
set -eu

HOME_OF_SLIPWAY=${SLIPWAY_HOME:-.slipway}
CREDENTIALS=$(tr -d '\n' < "$HOME_OF_SLIPWAY/demo-credentials.json")
URL=$(printf %s "$CREDENTIALS" | sed 's/.*"url": *"\([^"]*\)".*/\1/')/api/v1
RUN=$(date +%s)
AGENT=harbour-lights-$RUN
CANARY=canary
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
CALLS=0

key_of() { printf %s "$CREDENTIALS" | sed 's/.*"role": *"'"$1"'",[^}]*"api_key": *"\([^"]*\)".*/\1/'; }
DEVELOPER=$(key_of developer) QA=$(key_of qa) ORG_ADMIN=$(key_of org_admin) AUDITOR=$(key_of auditor)

# as ROLE EXPECTED METHOD PATH [BODY] [HEADER]: EXPECTED is a status, or status:code of a refusal.
as() {
    role=$1 expected=$2 method=$3 path=$4 body=${5:-} header=${6:-X-Story: release}
    case $role in
        developer) key=$DEVELOPER ;; qa) key=$QA ;; org_admin) key=$ORG_ADMIN ;; auditor) key=$AUDITOR ;; *) key=nobody ;;
    esac
    set -- -sS -o "$WORK/body" -D "$WORK/head" -w '%{http_code}' -X "$method" -H "x-api-key: $key" -H "$header"
    if [ -n "$body" ]; then set -- "$@" -H 'Content-Type: application/json' -d "$body"; fi
    status=$(curl "$@" "$URL$path")
    code=$(field code)
    got=$status${code:+:$code}
    CALLS=$((CALLS + 1))
    printf '%-10s %-6s %-74s %s\n' "$role" "$method" "$path" "$got"
    if [ "$got" != "$expected" ]; then
        printf 'expected %s:\n' "$expected" >&2
        cat "$WORK/body" >&2
        exit 1
    fi
}

# field NAME: the first text or number of that name in the last answer.
field() { tr -d '\n' < "$WORK/body" | sed -n 's/^[^[]*"'"$1"'": *"\{0,1\}\([^",}]*\).*/\1/p'; }
first() { tr ',{' '\n\n' < "$WORK/body" | sed -n 's/^ *"'"$1"'": *"\{0,1\}\([^",}]*\).*/\1/p' | head -n 1; }
etag() { tr -d '\r' < "$WORK/head" | sed -n 's/^[Ee][Tt][Aa][Gg]: *//p'; }
say() { printf '\n%s\n' "$1"; }

# finished JOB: wait for its end, a second at a time.
finished() {
    for _ in $(seq 120); do
        as org_admin 200 GET "/jobs/$1" > /dev/null
        case $(first state) in finished) return ;; esac
        sleep 1
    done
    echo "job $1 did not end" >&2
    exit 1
}

say "Who calls"
as nobody 401:unauthenticated GET /me
for role in developer qa org_admin auditor; do as $role 200 GET /me; done

say "An environment before Production"
as developer 403:permission_denied POST /environments "{\"name\": \"$CANARY\"}"
as auditor 200 GET /environments
if ! grep -q "\"slug\": \"$CANARY\"" "$WORK/body"; then
    as org_admin 201 POST /environments "{\"name\": \"$CANARY\", \"description\": \"A few callers first\"}"
fi
as org_admin 409:slug_taken POST /environments "{\"name\": \"$CANARY\"}"

say "The first version"
as qa 403:permission_denied POST /agents "{\"slug\": \"$AGENT\", \"name\": \"Harbour lights\"}"
as developer 422:invalid POST /agents "{\"slug\": \"$AGENT\", \"name\": \"Harbour lights\", \"colour\": \"red\"}"
as developer 201 POST /agents "{\"slug\": \"$AGENT\", \"name\": \"Harbour lights\", \"config\": {\"prompt\": \"You tell callers which lights are lit.\"}}"
as developer 409:slug_taken POST /agents "{\"slug\": \"$AGENT\", \"name\": \"Harbour lights\"}"
as developer 404:environment_unpinned GET "/agents/$AGENT/config?environment=staging"
as developer 404:not_found POST "/agents/no-such-agent/deployments/publish"
as developer 201 POST "/agents/$AGENT/deployments/publish" '{"description": "First"}' "Idempotency-Key: first-$RUN"
IN_STAGING=$(first id) DIGEST=$(first digest)
as developer 201 POST "/agents/$AGENT/deployments/publish" '{"description": "First"}' "Idempotency-Key: first-$RUN"
as developer 422:idempotency_key_reused POST "/agents/$AGENT/deployments/publish" '{"description": "Other"}' "Idempotency-Key: first-$RUN"
as developer 409:unchanged POST "/agents/$AGENT/deployments/publish"
as org_admin 409:illegal_transition POST "/agents/$AGENT/deployments/$IN_STAGING/promote" '{"environment": "production"}'
as developer 201 POST "/agents/$AGENT/deployments/$IN_STAGING/promote" "{\"environment\": \"$CANARY\"}"
IN_CANARY=$(first id)

say "Tested, and live"
as developer 403:permission_denied POST "/agents/$AGENT/versions/1/ready"
as qa 412:stale POST "/agents/$AGENT/versions/1/ready" '{"expected_digest": "0000000000000000000000000000000000000000000000000000000000000000"}'
as org_admin 409:illegal_transition POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as qa 200 POST "/agents/$AGENT/versions/1/ready" "{\"note\": \"Ten calls tried\", \"expected_digest\": \"$DIGEST\"}"
as qa 409:illegal_transition POST "/agents/$AGENT/versions/1/ready"
as developer 403:permission_denied POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as org_admin 200 GET "/agents/$AGENT/gates?environment=production"
as org_admin 201 POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production", "note": "To the callers"}'
FIRST_LIVE=$(first id)
as org_admin 409:unchanged POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as org_admin 200 GET "/agents/$AGENT/config?environment=production"

say "The second version"
as developer 428:precondition_required PATCH "/agents/$AGENT/draft" '{"config": {"prompt": "You tell callers which lights are lit and why."}}'
as developer 412:stale PATCH "/agents/$AGENT/draft" '{"prompt": "You tell callers which lights are lit and why."}' 'If-Match: "0000"'
as developer 200 GET "/agents/$AGENT/draft"
as developer 200 PATCH "/agents/$AGENT/draft" '{"prompt": "You tell callers which lights are lit and why."}' "If-Match: $(etag)"
as developer 201 POST "/agents/$AGENT/deployments/publish" '{"description": "Says why"}'
IN_STAGING=$(first id)
as developer 201 POST "/agents/$AGENT/deployments/$IN_STAGING/promote" "{\"environment\": \"$CANARY\"}"
IN_CANARY=$(first id)
as org_admin 409:illegal_transition POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as qa 200 POST "/agents/$AGENT/versions/2/ready" '{"note": "Five calls tried"}'
as org_admin 201 POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as org_admin 200 GET "/agents/$AGENT/compare?from=1&to=2"

say "Back, and forward again"
as developer 403:permission_denied POST "/agents/$AGENT/deployments/$FIRST_LIVE/rollback" '{"reason": "It guesses"}'
as org_admin 422:invalid POST "/agents/$AGENT/deployments/$FIRST_LIVE/rollback" '{"reason": ""}'
as org_admin 201 POST "/agents/$AGENT/deployments/$FIRST_LIVE/rollback" '{"reason": "It guesses"}'
as org_admin 409:on_hold POST "/agents/$AGENT/deployments/$IN_CANARY/promote" '{"environment": "production"}'
as qa 403:permission_denied POST "/agents/$AGENT/hold/lift" '{"version": 2, "reason": "Mended"}'
as org_admin 200 POST "/agents/$AGENT/hold/lift" '{"version": 2, "reason": "Mended"}'
as qa 409:illegal_transition POST "/agents/$AGENT/versions/2/ready" '{"note": "Tried again"}'
as developer 201 POST "/agents/$AGENT/deployments/$IN_STAGING/promote" "{\"environment\": \"$CANARY\"}"
as qa 200 POST "/agents/$AGENT/versions/2/ready" '{"note": "Tried again"}'

say "All agents at once"
as org_admin 409:still_served DELETE "/environments/$CANARY"
as auditor 200 GET "/environments/diff?source=staging&target=$CANARY"
as qa 403:permission_denied POST /environments/promote "{\"source\": \"$CANARY\", \"target\": \"production\"}"
as org_admin 422:invalid POST /environments/promote "{\"source\": \"staging\", \"target\": \"$CANARY\", \"agents\": []}"
as org_admin 404:not_found POST /environments/promote "{\"source\": \"staging\", \"target\": \"$CANARY\", \"agents\": [\"no-such-agent\"]}"
as org_admin 409:conflict POST /environments/promote '{"source": "staging", "target": "production"}'
as org_admin 202 POST /environments/promote "{\"source\": \"staging\", \"target\": \"$CANARY\", \"note\": \"All to the few\"}"
JOB=$(first id)
finished "$JOB"
as org_admin 200 GET "/jobs/$JOB"
cat "$WORK/body"; echo
as org_admin 202 POST /environments/promote "{\"source\": \"$CANARY\", \"target\": \"production\", \"note\": \"All to the callers\"}"
JOB=$(first id)
finished "$JOB"
as org_admin 200 GET "/jobs/$JOB"
cat "$WORK/body"; echo
as org_admin 200 GET "/jobs/$JOB/items"
tr '{' '\n' < "$WORK/body" | sed -n 's/.*"agent": *"\([^"]*\)".*"state": *"\([^"]*\)".*"code": *"\{0,1\}\([^",]*\).*/    \1: \2 \3/p'
as org_admin 409:conflict POST "/jobs/$JOB/cancel"
as org_admin 200 GET "/agents/$AGENT/config?environment=production"

say "What the log says"
as auditor 200 GET "/audit?agent=$AGENT"
as auditor 200 GET /audit/verify
cat "$WORK/body"; echo
printf '\n%s calls, each answered as expected.\n' "$CALLS"
