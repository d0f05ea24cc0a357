// The LearnFlow page: ask, read the answer, run code, submit exercises.
import { el, renderMarkdown } from "./markdown.js";

const $ = id => document.getElementById(id);
const MAX_QUESTION = 5000;
const MAX_CODE = 20000;
const LOOK_AGAIN_MS = 2000;

const EXAMPLES = [
  {
    query: "NameError: name 'x' is not defined",
    code: "def double():\n    x = 4\n    return x * 2\n\nprint(x)",
    error: "Traceback (most recent call last):\n  File \"main.py\", line 5, in <module>\n    print(x)\nNameError: name 'x' is not defined",
  },
  { query: "what is a list comprehension?" },
  { query: "give me an exercise on loops" },
  { query: "how am I doing?" },
  {
    query: "can you review my code",
    code: "def average(numbers):\n    total = 0\n    for i in range(len(numbers)):\n        total = total + numbers[i]\n    return total / len(numbers)",
  },
  { query: "help" },
];
const STATUS = {
  answered: "Answered",
  queued: "Kept; the answer comes as soon as it can",
  undeliverable: "Nobody could answer this one; somebody looks at it",
  clarify: "One small question first",
  declined: "Not something I can help with here",
};
const OUTCOME = {
  timeout: "Stopped: the program ran for too long. Is there a loop that never ends?",
  memory: "Stopped: the program used too much memory.",
  "output-limit": "Stopped: the program printed too much.",
};
const TONE = { beginner: "red", learning: "yellow", proficient: "green", mastered: "blue" };

// ---- Talking to the server ----

/** What went wrong, in the words of the server's problem+json where there are any. */
class Problem extends Error {
  constructor({ title, detail, status, errors, requestId }) {
    super(title);
    Object.assign(this, { title, detail, status, errors, requestId });
  }
}

async function send(path, body, token) { // without a body it reads
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    return await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Problem({ title: "We could not reach LearnFlow just now", detail: "Nothing you typed is lost. Check your connection and try again." });
  }
}

async function read(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  const wait = response.headers.get("Retry-After");
  throw new Problem({
    title: body?.title ?? "LearnFlow could not answer",
    detail: [body?.detail ?? (body ? "" : "Please try again in a moment."), /^\d+$/.test(wait ?? "") && `Try again in ${wait} seconds.`].filter(Boolean).join(" "),
    status: response.status,
    errors: body?.errors,
    requestId: body?.requestId,
  });
}

/** Calls with the token of the user; a token that ran out is renewed once. */
async function call(path, body) {
  const response = await send(path, body, await accessToken());
  if (response.status !== 401) return read(response);
  keepSession({});
  return read(await send(path, body, await accessToken()));
}

// ---- Signing in ----

let session = storedSession(); // { user, accessToken, expiresAt }; a pasted token has no user
let signingIn = null;

function storedSession() {
  try {
    const stored = JSON.parse(sessionStorage.getItem("session")) ?? {};
    return stored.expiresAt && Date.parse(stored.expiresAt) < Date.now() ? {} : stored;
  } catch {
    return {}; // storage blocked or not ours
  }
}

function keepSession(next) {
  session = next;
  try {
    sessionStorage.setItem("session", JSON.stringify(next));
  } catch {
    // Storage can be blocked; the token in memory is enough until a reload.
  }
}

async function accessToken() {
  // The user may be switched while a sign-in is under way, hence a loop.
  while (!session.accessToken) {
    if (!$("account-token").hidden) throw new Problem({ title: "An access token is needed", detail: "Paste a valid bearer token at the top of the page, then try again." });
    await (signingIn ??= signIn($("user").value).finally(() => { signingIn = null; }));
  }
  return session.accessToken;
}

async function signIn(user) {
  const response = await send("/api/v1/session", { user });
  if (response.status === 404) return usePastedToken(""); // demo users exist only in Development
  const { accessToken, expiresAt } = await read(response);
  if ($("user").value === user) keepSession({ user, accessToken, expiresAt });
}

function usePastedToken(token) {
  $("account-demo").hidden = true;
  $("account-token").hidden = false;
  $("token").value = token;
}

function switchUser() {
  keepSession({});
  clearAnswer(); // it may hold the progress of someone else
  accessToken().catch(showAskProblem);
}

// ---- Problems ----

let problemFields = [];

function clearProblems() {
  document.querySelector(".problem")?.remove();
  for (const field of problemFields) markField(field, "");
  problemFields = [];
}

function markField(field, text) {
  const note = $(`${field.id}-problem`);
  note.textContent = text;
  note.hidden = !text;
  if (!text) return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  field.closest("details")?.setAttribute("open", "");
  problemFields.push(field);
}

/** Shows the problem in the slot, and each field error next to its field; errors of no known field stay in the box. */
function showProblem(slot, problem, fields = {}) {
  clearProblems();
  const rest = [];
  for (const [name, messages] of Object.entries(problem.errors ?? {})) {
    const field = fields[name.toLowerCase().replace(/^\$\./, "")];
    const text = [].concat(messages).join(" ");
    if (field) markField(field, text);
    else rest.push(el("li", { text: `${name}: ${text}` }));
  }
  problemFields[0]?.focus();
  slot.append(el("div", { class: "problem", role: "alert", "data-testid": "problem" },
    el("strong", { text: problem.title ?? "Something on this page went wrong" }),
    problem.detail && el("p", { text: problem.detail }),
    rest.length && el("ul", {}, ...rest),
    problem.requestId && el("p", { class: "note", text: `Reference: ${problem.requestId}` })));
}

function showAskProblem(problem, fields) {
  setStatus("problem", "No answer yet");
  showProblem($("ask-problem"), problem, fields);
}

// ---- Asking ----

let turn = 0; // an answer that comes after a newer question is dropped

function setStatus(status, text) {
  $("status").dataset.status = status;
  $("status").textContent = text;
}

/** The button keeps the focus while an answer is on its way, so it is not `disabled`. */
function setAsking(asking) {
  $("ask").setAttribute("aria-disabled", asking);
  $("answer").setAttribute("aria-busy", asking);
}

function clearAnswer() {
  turn++;
  setAsking(false);
  $("answer").replaceChildren();
  $("why").replaceChildren();
  setStatus("idle", "");
}

function askFromForm() {
  if ($("ask").getAttribute("aria-disabled") === "true") return;
  clearProblems();
  if (!$("question").value.trim()) {
    markField($("question"), "Write a few words about what you need.");
    return $("question").focus();
  }
  const request = { query: $("question").value };
  if ($("code").value.trim()) request.code = $("code").value;
  if ($("error").value.trim()) request.error = $("error").value;
  return ask(request, { query: $("question"), code: $("code"), error: $("error") });
}

async function ask(request, fields) {
  const mine = ++turn;
  clearProblems();
  setStatus("thinking", "Thinking…");
  setAsking(true);
  try {
    let result = await call("/api/v1/triage", request);
    if (mine === turn) showResult(request, result);
    // A question that is kept is answered as soon as its specialist is back.
    for (const { requestId } = result; mine === turn && result.status === "queued"; ) {
      setAsking(false);
      await new Promise(wake => setTimeout(wake, LOOK_AGAIN_MS));
      if (mine !== turn) return;
      result = await call(`/api/v1/triage/${requestId}`).catch(() => result); // away for a moment; it comes back
      if (mine === turn && result.status !== "queued") showResult(request, result);
    }
  } catch (problem) {
    if (mine === turn) showAskProblem(problem, fields);
  } finally {
    if (mine === turn) setAsking(false);
  }
}

function askExample({ query, code = "", error = "" }) {
  for (const [id, value] of Object.entries({ question: query, code, error })) {
    $(id).value = value;
    $(id).dispatchEvent(new Event("input"));
    $(id).closest("details")?.toggleAttribute("open", value !== "");
  }
  clearAnswer(); // a newer question wins over one still on its way
  askFromForm();
}

// ---- The answer ----

function showResult(request, result) {
  const { status, agent, answer, choices = [] } = result;
  const body = el("div", { class: "prose" });
  renderMarkdown(answer?.markdown, body, { onRun: runInto });
  $("answer").replaceChildren(el("p", { class: "asked", text: `You asked: ${request.query}` }), body);
  if (status === "queued") body.append(el("p", { class: "note", text: "Your question is kept. You can go on working meanwhile." }));
  if (choices.length) $("answer").append(choiceButtons(request, choices));
  if (answer?.progress) $("answer").append(progressView(answer.progress));
  if (answer?.exercise) showExercise(answer.exercise);
  $("why").replaceChildren(whyView(result));
  setStatus(status, [STATUS[status] ?? status, status === "answered" && agent && `by ${agent}`].filter(Boolean).join(" "));
  revealAnswer();
}

/** On a small screen the answer starts below the fold. */
function revealAnswer() {
  if ($("status").getBoundingClientRect().top > window.innerHeight * 0.6) $("status").scrollIntoView();
}

function choiceButtons(request, choices) {
  return el("div", { class: "choices", role: "group", "aria-label": "What did you mean?" }, ...choices.map(choice =>
    el("button", { type: "button", "data-testid": "choice", text: choice.title, onclick: () => ask({ ...request, intent: choice.intent }) })));
}

const percent = value => `${Math.round(value)} %`;
const meter = (value, max, label, tone) => el("meter", { min: 0, max, value, "aria-label": label, "data-tone": tone });

function progressView({ topics = [], overall, streakDays }) {
  const days = `${streakDays} ${streakDays === 1 ? "day" : "days"} in a row`;
  return el("section", { "aria-label": "Your progress", "data-testid": "progress" },
    el("p", {}, el("strong", { text: `${percent(overall)} overall` }), ` · ${days}`),
    el("ul", { class: "topics" }, ...topics.map(topic => el("li", {}, ...masteryParts(topic)))));
}

function masteryParts({ title, topic, percent: value, level, color }) {
  const name = title ?? topic;
  return [el("span", { text: name }), el("small", { text: `${percent(value)} · ${level}` }), meter(value, 100, name, color ?? TONE[level])];
}

function whyView({ intent, confidence, decision = {}, timings = {}, usage, requestId }) {
  const row = (name, ...content) => [el("dt", { text: name }), el("dd", {}, ...content)];
  const evidence = el("ul", { "data-testid": "evidence" }, ...(decision.evidence ?? []).map(evidenceItem));
  const others = (decision.alternatives ?? [])
    .filter(other => other.confidence >= LEAST_WORTH_TELLING)
    .map(other => el("li", {}, `${readable(other.intent)}, ${percent(other.confidence * 100)}`));
  return el("details", { class: "why", "data-testid": "why" }, el("summary", { text: "Why this answer" }), el("dl", {},
    ...row("Understood as", el("strong", { "data-testid": "intent", text: readable(intent) })),
    ...row("Confidence", meter(confidence, 1, "Confidence"), percent(confidence * 100)),
    ...row("Decided by", decision.by ?? "not told"),
    ...row("Evidence", evidence.children.length ? evidence : "none"),
    ...row("Also considered", others.length ? el("ul", {}, ...others) : "nothing else"),
    ...row("Time", el("span", { "data-testid": "timings", text: timingText(timings, usage) })),
    ...row("Reference", el("code", { text: requestId }))));
}

/** Readings less likely than this are noise to a student. */
const LEAST_WORTH_TELLING = 0.01;

/** concept_explanation is the contract's name; people read "concept explanation". */
function readable(intent) {
  return intent.replaceAll("_", " ");
}

function evidenceItem({ signal, text, intent, weight }) {
  const sign = weight < 0 ? "−" : "+";
  return el("li", {}, el("code", { text: signal }), text && ` “${text}” `,
    Number.isFinite(weight) && el("span", { class: weight < 0 ? "weight minus" : "weight", text: ` ${sign}${Math.abs(weight).toFixed(2)}` }),
    intent && ` ${readable(intent)}`);
}

function timingText({ triageMs, agentMs, totalMs }, usage) {
  const parts = [["triage", triageMs], ["agent", agentMs], ["in all", totalMs]].filter(([, ms]) => ms !== undefined && ms !== null);
  const text = parts.map(([name, ms]) => `${name} ${Math.round(ms * 10) / 10} ms`).join(", ");
  return usage?.tokens ? `${text}, ${usage.tokens} tokens` : text;
}

// ---- Your code: run, exercise, submit ----

let exercise = null;
let untouched = $("editor").defaultValue; // what we put into the editor ourselves; anything else is the student's own

async function runInto(code, slot, stdin = "", fields = {}, problemSlot = slot) {
  clearProblems();
  slot.replaceChildren(el("p", { class: "note", text: "Running…" }));
  try {
    const result = await call("/api/v1/run", stdin ? { code, stdin } : { code });
    slot.replaceChildren(runView(code, result));
    slot.scrollIntoView({ block: "nearest" });
  } catch (problem) {
    slot.replaceChildren();
    showProblem(problemSlot, problem, fields);
  }
}

function runView(code, { output, error, outcome, durationMs }) {
  const view = el("div", { class: "result" });
  if (output) view.append(el("span", { class: "note", text: "Output" }), el("pre", { tabindex: "0", text: output }));
  if (error) {
    view.append(el("span", { class: "note", text: "Error" }), el("pre", { class: "trace", tabindex: "0", text: error }));
    view.append(el("button", { type: "button", class: "small", text: "Explain this error", onclick: () => ask({ query: "Can you explain this error?", code, error }) }));
  }
  const note = OUTCOME[outcome] ?? (!output && !error ? "The program ran and printed nothing." : "");
  view.append(el("p", { class: "note", text: `${note} ${Math.round(durationMs)} ms`.trim() }));
  return view;
}

function showExercise(next) {
  exercise = next;
  const starter = next.starter ?? "";
  const own = $("editor").value;
  if (own.trim() && own !== untouched && own !== starter) offerRestore(own);
  $("editor").value = untouched = starter;
  $("submit").hidden = false;
  for (const id of ["run-output", "submission-result"]) $(id).replaceChildren();
  $("exercise").replaceChildren(el("h3", { text: next.title }),
    el("p", { class: "note", text: [next.topic, next.level].filter(Boolean).join(" · ") }), hintsView(next.hints ?? []));
}

function offerRestore(code) {
  $("restore").hidden = false;
  $("restore").onclick = () => {
    $("editor").value = code;
    $("restore").hidden = true;
    $("editor").focus();
  };
}

function hintsView(hints) {
  if (!hints.length) return "";
  const shown = el("ol", { "aria-live": "polite", hidden: "" });
  const label = () => `Show a hint (${hints.length - shown.children.length} left)`;
  const more = el("button", { type: "button", class: "small", text: label() });
  more.addEventListener("click", () => {
    shown.hidden = false;
    shown.append(el("li", { text: hints[shown.children.length] }));
    more.textContent = label();
    more.hidden = shown.children.length === hints.length;
  });
  return el("div", { "data-testid": "hints" }, shown, more);
}

async function submit() {
  clearProblems();
  $("run-output").replaceChildren();
  $("submission-result").replaceChildren(el("p", { class: "note", text: "Checking…" }));
  try {
    const result = await call(`/api/v1/exercises/${encodeURIComponent(exercise.id)}/submissions`, { code: $("editor").value });
    $("submission-result").replaceChildren(submissionView(result));
    $("submission-result").scrollIntoView({ block: "nearest" });
  } catch (problem) {
    $("submission-result").replaceChildren();
    showProblem($("work-problem"), problem, { code: $("editor") });
  }
}

function submissionView({ passed, score, tests = [], feedback, mastery }) {
  const words = el("div", { class: "prose" });
  renderMarkdown(feedback, words, { onRun: runInto });
  return el("div", { class: "submission" },
    el("p", { class: passed ? "verdict passed" : "verdict", text: `${passed ? "✓ Passed" : "Not yet, keep going"} · ${score} of 100` }),
    tests.length && testTable(tests), words,
    mastery && el("div", { class: "mastery" }, ...masteryParts(mastery)));
}

function testTable(tests) {
  const head = ["Result", "Test", "Expected", "Got"].map(text => el("th", { scope: "col", text }));
  const value = text => el("td", {}, el("code", { text }));
  const rows = tests.map(test => el("tr", {},
    el("td", { class: test.passed ? "pass" : "fail", text: test.passed ? "✓ pass" : "✗ fail" }),
    value(test.call), value(test.expected), value(test.error ?? test.actual)));
  return el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Tests" },
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}

/** Tab must leave the editor, so Enter keeps the indentation and a colon adds one step. */
function indentNewLine(event) {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const { value, selectionStart } = event.target;
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const indent = /^ */.exec(line)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
  // The one way to insert text that keeps the browser's undo.
  if (indent && document.execCommand("insertText", false, `\n${indent}`)) event.preventDefault();
}

// ---- Wiring ----

const limitOf = field => field.id === "question" ? MAX_QUESTION : MAX_CODE;

/** No maxlength: it would silently cut what the student pastes. */
function showCount(field) {
  const left = limitOf(field) - field.value.length;
  const count = $(`${field.id}-count`);
  count.hidden = left > limitOf(field) / 10;
  count.classList.toggle("over", left < 0);
  count.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
}

/** Runs the work unless it is still running from the last press. */
async function whileBusy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  await work();
  button.setAttribute("aria-disabled", "false");
}

function runEditor() {
  $("submission-result").replaceChildren();
  return runInto($("editor").value, $("run-output"), $("stdin").value, { code: $("editor"), stdin: $("stdin") }, $("work-problem"));
}

function onCtrlEnter(element, action) {
  element.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      action();
    }
  });
}

function start() {
  $("examples").append(...EXAMPLES.map(example => el("li", {},
    el("button", { type: "button", text: example.query, onclick: () => askExample(example) }))));

  for (const id of ["question", "code", "error"]) $(id).addEventListener("input", () => showCount($(id)));
  for (const id of ["code", "editor"]) $(id).addEventListener("keydown", indentNewLine);
  const runOnce = () => whileBusy($("run"), runEditor);
  $("ask-form").addEventListener("submit", event => { event.preventDefault(); askFromForm(); });
  onCtrlEnter($("ask-form"), askFromForm);
  $("run").addEventListener("click", runOnce);
  onCtrlEnter($("editor"), runOnce);
  $("submit").addEventListener("click", () => whileBusy($("submit"), submit));
  $("user").addEventListener("change", switchUser);
  $("token").addEventListener("input", () => keepSession({ accessToken: $("token").value.trim() }));

  if (session.user) $("user").value = session.user;
  if (session.accessToken && !session.user) usePastedToken(session.accessToken);
  else accessToken().catch(problem => { if ($("account-token").hidden) showAskProblem(problem); });
}

start();
