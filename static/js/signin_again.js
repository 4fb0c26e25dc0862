// A session that ended while somebody works. Scripts that are answered with 401 dispatch "slipway:signed-out" on the
// document ({asked: true} when the person just did something); "slipway:signed-in" tells them to try again.

const dialog = document.getElementById("signin-again");
const channel = new BroadcastChannel("slipway-session");
let isOut = false;
let wasPutOff = false;

const tell = (name) => document.dispatchEvent(new CustomEvent(name));
const say = (text, alert) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert } }));

document.addEventListener("slipway:signed-out", (event) => {
  isOut = true;
  if (!dialog || dialog.open) return;
  if (wasPutOff && !event.detail?.asked) return; // the page's own polling does not ask twice
  dialog.showModal();
});

dialog?.addEventListener("close", () => {
  if (!isOut) return;
  wasPutOff = true;
  say(dialog.dataset.still, true);
});

// A window of our own can close itself when it is done; where pop-ups are blocked the link opens a tab.
dialog?.querySelector("a").addEventListener("click", (event) => {
  const place = `popup,width=480,height=720,left=${screenX + 80},top=${screenY + 80}`;
  if (window.open(event.currentTarget.href, "slipway-sign-in", place)) event.preventDefault();
});

// The new session has another token: every form of the page gets it, or the next one would be refused.
function renew(token) {
  for (const field of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

async function look() {
  if (!isOut || !dialog) return;
  const answer = await fetch(dialog.dataset.session).catch(() => null);
  if (!answer?.ok) return;
  const { person, token } = await answer.json();
  const isOther = person !== dialog.dataset.person;
  dialog.querySelector("[data-other]").hidden = !isOther;
  if (isOther) return;
  renew(token);
  isOut = wasPutOff = false;
  dialog.close();
  document.getElementById("alert").className = "";
  document.getElementById("alert").replaceChildren();
  say(dialog.dataset.back, false);
  tell("slipway:signed-in");
}

channel.addEventListener("message", look);
window.addEventListener("focus", look);

// Every page of a signed-in person tells the others, so it does not matter where somebody signed in again.
if (document.querySelector("[data-signed-in], #signin-again")) channel.postMessage("signed in");
if (document.querySelector("[data-signed-in]") && window.name === "slipway-sign-in") window.close();
