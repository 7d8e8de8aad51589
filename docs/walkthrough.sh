#!/usr/bin/env bash
# From an empty organization to a delivered mail and its webhook, with curl. docs/walkthrough.md explains the steps.
# It stops at the first answer that is not the expected one, and ends with "The walk is complete."
set -euo pipefail

API=${API:-http://localhost:8080}                    # where Mail.Api answers
MAIL=${MAIL:-dotnet run --project Mail.Api --}       # runs a command of Mail.Api, with the settings that the API has
ORGANIZATION=${ORGANIZATION:-Walk $(date +%s)-$$}    # the name of the new organization
DOMAIN=${DOMAIN:-}                                   # a domain of yours: you can change its DNS
TO=${TO:-}                                           # a mailbox of yours
PUBLISH=${PUBLISH:-}                                 # a command that publishes the records: it reads lines of a zone file. Without it you do
HOOK_ADDRESS=${HOOK_ADDRESS:-127.0.0.1}              # where this script receives webhooks
HOOK_PORT=${HOOK_PORT:-0}                            # 0: any free port
HOOK_URL=${HOOK_URL:-}                               # how Mail.Worker reaches that; by default directly
PATIENCE=${PATIENCE:-60}                             # seconds to wait for DNS, delivery and webhook, each

files=$(mktemp -d)
receiver=
trap '[ -z "$receiver" ] || kill "$receiver"; rm -rf "$files"' EXIT

step() { printf '\n== %s\n' "$1"; }
say() { printf '   %s\n' "$@"; }
stop() { printf 'STOPPED: %s\n' "$@" >&2; exit 1; }
same() { [ "$2" = "$3" ] || stop "$1 is '$3' instead of '$2'"; }

# call <expected status> <method> <path> [body] [curl options…]: one request. The answer is in $answer.
call() {
  local expected=$1 method=$2 path=$3 body=${4:-} status
  printf '   > %s %s %s\n' "$method" "$path" "$body"
  status=$(curl -sS -m 30 -o "$files/answer" -w '%{http_code}' -X "$method" "$API$path" -H "Authorization: Bearer $key" \
    ${body:+-H 'Content-Type: application/json' -d "$body"} "${@:5}")
  answer=$(cat "$files/answer")
  [ "$status" = "$expected" ] || stop "$method $path answered $status instead of $expected:" "$answer"
}

# of <expression>: what JavaScript finds in the answer, which is called a.
of() { node -p 'const a = JSON.parse(process.argv[1]); '"$1" "$answer"; }

# until_is <what> <command…>: repeats the command until it succeeds.
until_is() {
  local what=$1 end=$((SECONDS + PATIENCE))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || stop "not within $PATIENCE s: $what" "last answer: $answer"
    sleep 0.5
  done
}

[ -n "$DOMAIN" ] && [ -n "$TO" ] || stop "DOMAIN and TO are needed: DOMAIN=news.example.com TO=you@example.com $0"
for program in curl node openssl; do command -v "$program" >/dev/null || stop "$program is needed"; done

step "1. An organization and its first key"
say "\$ Mail.Api org create '$ORGANIZATION'"
created=$($MAIL org create "$ORGANIZATION" 2>"$files/errors") || stop "it was not created: $(cat "$files/errors")"
key=$(sed -n 's/^api key  *//p' <<<"$created")
[[ $key == ms_live_* ]] || stop "no key was printed: $created"
say "$(sed -n '/^organization/p' <<<"$created")" "api key       ${key:0:16}…  (printed this once)"
call 200 GET /v1/mail/domains
same "the number of its domains" 0 "$(of a.data.length)"

step "2. A sending domain"
call 201 POST /v1/mail/domains "{\"domain\": \"$DOMAIN\"}"
domain=$(of a.data.id)
same "the status of the domain" pending "$(of a.data.status)"
# A TXT value is cut into strings of 255 characters; an MX has its priority in front.
of 'a.data.records.map(r => `${r.name}. ${r.ttl} IN ${r.type} ` + (r.type === "TXT"
  ? r.value.match(/.{1,255}/g).map(s => JSON.stringify(s)).join(" ") : r.value + ".")).join("\n")' >"$files/records"
say "the records to publish:"
cut -c 1-150 "$files/records" | sed 's/^/     /'

step "3. Mail from a domain that is not verified is refused"
message='{"from": "Walk <hello@'$DOMAIN'>", "to": "'$TO'", "subject": "It works", "text": "Hello.", "html": "<p>Hello.</p>"}'
call 422 POST /v1/mail/send "$message"
same "the error" domain_not_verified "$(of a.code)"
say "$(of a.detail)"

step "4. Publish the records, and verify"
if [ -n "$PUBLISH" ]; then
  $PUBLISH <"$files/records" || stop "the records were not published"
else
  cat "$files/records"
  read -rp "Publish these records, then press Enter. " _
fi
verified() {
  call 200 POST "/v1/mail/domains/$domain/verify"
  [ "$(of a.data.status)" = verified ]
}
until_is "the domain is verified" verified
of 'a.data.records.map(r => `${r.purpose.padEnd(9)} ${r.name}: ${r.status}`).join("\n")' | sed 's/^/   /'
same "records that are not verified" 0 "$(of 'a.data.records.filter(r => r.required && r.status !== "verified").length')"

step "5. A webhook"
# Keeps each delivery in two files; the second one appears when both are complete.
node -e '
  const { writeFileSync, renameSync } = require("node:fs"), [folder, address, port] = process.argv.slice(1);
  let count = 0;
  const server = require("node:http").createServer(async (request, response) => {
    const parts = [], name = `${folder}/hook-${++count}`;
    for await (const part of request) parts.push(part);
    writeFileSync(`${name}.body`, Buffer.concat(parts));
    writeFileSync(`${name}.new`, Object.entries(request.headers).map(([k, v]) => `${k}: ${v}\n`).join(""));
    renameSync(`${name}.new`, `${name}.headers`);
    response.end();
  }).listen(port, address, () => {
    writeFileSync(`${folder}/port.new`, `${server.address().port}`);
    renameSync(`${folder}/port.new`, `${folder}/port`);
  });' "$files" "$HOOK_ADDRESS" "$HOOK_PORT" &
receiver=$!
until_is "the receiver listens" test -e "$files/port"
hook_url=${HOOK_URL:-http://$HOOK_ADDRESS:$(cat "$files/port")/hooks}
call 201 POST /v1/mail/webhooks "{\"url\": \"$hook_url\", \"eventTypes\": [\"mail.message.sent\"]}"
webhook=$(of a.data.id) secret=$(of a.data.secret)
[[ $secret == whsec_* ]] || stop "no signing secret was told"
call 200 GET "/v1/mail/webhooks/$webhook"
same "the secret, asked for again" undefined "$(of a.data.secret)"

step "6. Send"
call 202 POST /v1/mail/send "$message" -H "Idempotency-Key: walk-1"
id=$(of a.data.id)
same "the status of the message" queued "$(of a.data.status)"
say "the same request again, as after a lost answer:"
call 202 POST /v1/mail/send "$message" -H "Idempotency-Key: walk-1"
same "the id of the second answer" "$id" "$(of a.data.id)"
same "idempotencyStatus" replayed "$(of a.data.idempotencyStatus)"

step "7. Delivered"
settled() {
  call 200 GET "/v1/mail/messages/$id"
  case $(of a.data.status) in queued | sending) false ;; esac
}
until_is "the message is delivered" settled
same "the status of the message" sent "$(of a.data.status)"
call 200 GET "/v1/mail/messages/$id/attempts"
same "the number of attempts" 1 "$(of a.data.length)"
same "the recipient" "$TO" "$(of 'a.data[0].recipient')"
same "the outcome" delivered "$(of 'a.data[0].outcome')"
say "$(of '`${a.data[0].mxHost} [${a.data[0].mxIp}] answered: ${a.data[0].smtpCode} ${a.data[0].reply}`')"
call 200 GET "/v1/mail/messages/$id/timeline"
of 'a.data.map(e => `${e.createdAt}  ${e.type}`).join("\n")' | sed 's/^/   /'
same "the timeline" "mail.message.queued mail.message.sending mail.message.sent mail.delivery.delivered" \
  "$(of 'a.data.map(e => e.type).filter(t => t !== "mail.message.mta_accepted").join(" ")')"

step "8. The webhook, and its signature"
until_is "the webhook arrives" test -e "$files/hook-1.headers"
answer=$(cat "$files/hook-1.body")
say "$answer"
same "the event" mail.message.sent "$(of a.type)"
same "its message" "$id" "$(of a.data.messageId)"
header() { sed -n "s/^$1: //p" "$files/hook-1.headers"; }
# The key is the base64 behind whsec_; signed are the id, the timestamp and the body as received.
signature() {
  local hex
  hex=$(printf %s "${secret#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \n')
  (printf '%s.%s.' "$(header webhook-id)" "$(header webhook-timestamp)"; cat "$1") | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64
}
same "the signature" "v1,$(signature "$files/hook-1.body")" "$(header webhook-signature)"
say "$(header webhook-signature) is genuine"
(cat "$files/hook-1.body"; echo) >"$files/forged"
[ "v1,$(signature "$files/forged")" != "$(header webhook-signature)" ] || stop "a changed body has the same signature"
delivered() {
  call 200 GET "/v1/mail/webhooks/$webhook/deliveries"
  [ "$(of 'a.data.length && a.data[0].status')" = succeeded ]
}
until_is "the delivery of the webhook is recorded" delivered
same "the number of deliveries" 1 "$(of a.data.length)"
same "the event that was delivered" "$(header webhook-id)" "$(of 'a.data[0].eventId')"

printf '\nmessage %s\nThe walk is complete.\n' "$id"
