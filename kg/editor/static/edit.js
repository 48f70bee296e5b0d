// The editor's page: a text in which words are selected, and a form that says what they say. The server reads and writes
// the files; this page shows what it answers. Offsets that are sent count code points; a browser counts UTF-16 units.

const $ = (id) => document.getElementById(id);
const token = document.querySelector('meta[name="kg-token"]').content;
const ABOUT = new Set(["quote", "id", "type", "basis", "note", "drafted"]);
const state = { source: null, offer: null, lines: [], open: null, aside: [], stamp: "", caret: 0, busy: false };

async function ask(path, said) {
  const options = said === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Kg-Edit": token },
    body: JSON.stringify(said),
  };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    return { status: 0, body: { message: "kg edit does not answer; is it still running?" } };
  }
  return { status: answer.status, body: await answer.json() };
}

function tell(message, wrong = false) {
  $("status").textContent = message;
  $("status").classList.toggle("wrong", wrong);
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function button(text, act, label) {
  const made = element("button", text, { type: "button" });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

// Offsets

let astral = []; // where, in UTF-16 units, the text has characters of two units

function points(unit) {
  let low = 0;
  let high = astral.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (astral[middle] < unit) low = middle + 1;
    else high = middle;
  }
  return unit - low;
}

function units(point) {
  let count = 0;
  for (const at of astral) {
    if (at - count >= point) break;
    count += 1;
  }
  return point + count;
}

function lineAt(unit) {
  let low = 0;
  let high = state.lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (state.lines[middle].start <= unit) low = middle;
    else high = middle - 1;
  }
  return state.lines[low];
}

function place(unit) {
  const line = lineAt(unit);
  return [line.node, Math.min(Math.max(unit - line.start, 0), line.node.length)];
}

function rangeOf([start, end]) {
  const range = new Range();
  range.setStart(...place(units(start)));
  range.setEnd(...place(units(end)));
  return range;
}

function unitOf(node, offset) {
  const paragraph = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("p");
  if (!paragraph) { // the whole text, whose children are counted
    const child = $("text").children[offset];
    return child ? Number(child.dataset.start) : state.text.length;
  }
  return Number(paragraph.dataset.start) + (node.nodeType === Node.TEXT_NODE ? offset : 0);
}

// The selection in the text, as code points; null where nothing of it is selected.
function selected() {
  const found = getSelection();
  if (!found.rangeCount || !$("text").contains(found.anchorNode)) return null;
  const range = found.getRangeAt(0);
  let start = unitOf(range.startContainer, range.startOffset);
  let end = unitOf(range.endContainer, range.endOffset);
  while (start < end && /\s/.test(state.text[start])) start += 1;
  while (end > start && /\s/.test(state.text[end - 1])) end -= 1;
  return [points(start), points(end)];
}

function wordsAt([start, end]) {
  return state.text.slice(units(start), units(end));
}

function select(span) {
  const range = rangeOf(span);
  const found = getSelection();
  $("text").focus({ preventScroll: true });
  found.removeAllRanges();
  found.addRange(range);
  const box = range.getBoundingClientRect();
  if (box.top < 80 || box.bottom > innerHeight - 40) range.startContainer.parentElement.scrollIntoView({ block: "center" });
}

// What is shown

async function loadOverview() {
  const { status, body } = await ask("/api/overview");
  if (status !== 200) return tell(body.message, true);
  document.title = `${body.title} – kg edit`;
  const wanted = decodeURIComponent(location.hash.slice(1).split("@")[0]);
  $("source").replaceChildren(...body.sources.map((one) => {
    const drafts = one.drafts ? `, ${one.drafts} drafts` : "";
    return element("option", `${one.title} (${one.read} %${drafts})`, { value: one.id });
  }));
  $("source").value = body.sources.some((one) => one.id === wanted) ? wanted : body.sources[0]?.id ?? "";
  if (!$("source").value) tell("There are no sources yet; add one with kg source add.", true);
}

async function loadForm() {
  const { status, body } = await ask("/api/form");
  if (status !== 200) return tell(body.message, true);
  state.offer = body;
  state.words = new Map(body.words.map((one) => [one.name, one]));
  state.ids = new Map(body.ids.map((one) => [one.id, one]));
  $("known").replaceChildren(...body.ids.map((one) => element("option", `${one.name} ${one.type}`.trim(), { value: one.id })));
  $("concepts").replaceChildren(...body.concepts.map((one) => element("option", "", { value: one })));
  $("words").replaceChildren(...body.words.map((one) => element("option", one.label, { value: one.name })));
  const chosen = $("type").value;
  $("type").replaceChildren(element("option", "none: more of a known thing", { value: "" }),
    ...body.classes.map((one) => element("option", one.name, { value: one.name })));
  $("type").value = chosen;
  if ($("bases").childElementCount) return; // which does not change while one works
  $("bases").replaceChildren(...body.bases.map((one) => {
    const label = element("label", ` ${one}`);
    label.prepend(element("input", "", { type: "radio", name: "basis", value: one }));
    return label;
  }));
}

async function loadSource(ident) {
  const have = state.source?.id === ident ? `?have=${state.source.sha256}` : "";
  const { status, body } = await ask(`/api/source/${encodeURIComponent(ident)}${have}`);
  if (status !== 200) return tell(body.message, true);
  const same = body.text === null;
  if (same) body.text = state.source.text;
  state.source = body;
  if (!same) showText(body);
  state.spans = body.facts.flatMap((fact) => fact.spans.map((span) => [...span, fact]));
  $("meter").value = body.read;
  const left = body.unread.length;
  $("read").textContent = `${body.read} % read${left ? `, ${left} ${left === 1 ? "place" : "places"} left` : ""}`;
  $("next").disabled = !left;
  $("undo").disabled = !body.undo;
  $("drawn").hidden = !body.drawn;
  paint();
  showHere();
  showDrafts();
  showWaiting();
  showLacking();
  state.stamp = (await ask("/api/stamp")).body.stamp;
}

function showText(source) {
  state.text = source.text;
  astral = [...source.text.matchAll(/[\ud800-\udbff]/g)].map((found) => found.index);
  state.lines = [];
  let start = 0;
  const pages = new Map(source.pages.map(([at, label]) => [units(at), label]));
  const paragraphs = source.text.split("\n").map((line) => {
    const node = document.createTextNode(line);
    const made = element("p", "", { "data-start": start });
    if (pages.has(start)) made.dataset.page = pages.get(start);
    made.append(node);
    state.lines.push({ start, node });
    start += line.length + 1;
    return made;
  });
  $("text").replaceChildren(...paragraphs);
  $("text").lang = source.language;
}

function paint() {
  if (!CSS.highlights) return tell("This browser cannot mark text; use one of 2025 or later.", true);
  const ranges = (spans) => new Highlight(...spans.map(rangeOf));
  CSS.highlights.set("quoted", ranges(state.source.facts.flatMap((fact) => fact.spans)));
  CSS.highlights.set("skipped", ranges(state.source.skips.flatMap((skip) => skip.spans)));
  CSS.highlights.set("draft", ranges(state.source.drafts.flatMap((draft) => draft.spans)));
  CSS.highlights.set("open", ranges(state.open?.spans ?? []));
  ["draft", "open"].forEach((name, number) => { CSS.highlights.get(name).priority = number + 1; });
}

function asText(record) {
  return Object.entries(record).filter(([key]) => key !== "quote" && key !== "drafted")
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join("\n");
}

function card(shown, ...buttons) {
  const made = element("li");
  made.append(element("p", `${shown.file}:${shown.line}`, { class: "quiet" }), element("pre", asText(shown.record)), ...buttons);
  if (shown.problem) made.append(element("p", shown.problem, { class: "wrong" }));
  return made;
}

function showHere() {
  const span = selected() ?? [state.caret, state.caret];
  state.caret = span[0];
  const within = ([start, end]) => start <= Math.max(span[0], span[1] - 1) && end > span[0];
  const facts = state.source.facts.filter((fact) => fact.spans.some(within) || (fact.problem && span[0] === 0));
  const skips = state.source.skips.filter((skip) => skip.spans.some(within));
  $("here").replaceChildren(
    ...facts.map((fact) => card(fact, button("Open", () => openRecord(fact), `Open ${fact.record.id ?? "the fact"}`))),
    ...skips.map((skip) => card(skip, button("Do not skip", () => change({ do: "delete", kind: "skip", file: skip.file, key: skip.key })))),
  );
  $("here-title").textContent = facts.length ? `Here: ${facts.length} ${facts.length === 1 ? "fact" : "facts"}` : "Here";
  if (!facts.length && !skips.length) $("here").append(element("li", "No fact quotes this place.", { class: "quiet" }));
  const words = span[1] > span[0] ? wordsAt(span) : "";
  $("selected").textContent = words
    ? `“${words.length > 160 ? `${words.slice(0, 80)} … ${words.slice(-60)}` : words}”: Enter says what it says, S skips it${state.open ? ", P adds it to the quote" : ""}.`
    : "Select words, and press Enter.";
  return facts;
}

function showDrafts() {
  const drafts = state.source.drafts;
  $("drafts-section").hidden = !drafts.length;
  $("drafts-title").textContent = `Drafts: ${drafts.length}`;
  $("drafts").replaceChildren(...drafts.map((draft) => {
    const from = { file: draft.file, key: draft.key };
    const made = card(draft,
      button("Accept", () => change({ do: "add", source: state.source.id, record: draft.record, draft: from }), `Accept ${draft.name}`),
      button("Change", () => openRecord(draft, from), `Change ${draft.name}`),
      button("Drop", () => change({ do: "drop", ...from }), `Drop ${draft.name}`));
    const words = draft.spans.map(wordsAt).join(" … ");
    made.querySelector("pre").before(element("blockquote", `“${words}”`));
    for (const remark of draft.remarks) made.append(element("p", remark, { class: "quiet" }));
    made.querySelector("blockquote").addEventListener("click", () => draft.spans[0] && select(draft.spans[0]));
    return made;
  }));
}

// What still rests on the version before: its words then, and the places that are like them now.
function showWaiting() {
  const waiting = state.source.waiting;
  $("waiting-section").hidden = !waiting.length;
  $("waiting-title").textContent = `Earlier version: ${waiting.length} to look at`;
  $("waiting").replaceChildren(...waiting.map((one) => {
    const from = { file: one.file, key: one.key, kind: one.kind };
    const made = element("li");
    made.append(element("p", `${one.file}: ${one.became}`, { class: "quiet" }), element("pre", asText(one.record)));
    for (const [before, words, after] of one.then) {
      const quote = element("blockquote", `then: …${before}`);
      quote.append(element("mark", words), `${after}…`);
      made.append(quote);
    }
    for (const choice of one.choices) {
      const quote = element("blockquote", "now: ");
      choice.differences.forEach((parts, number) => {
        if (number) quote.append(" … ");
        quote.append(...parts.map(([mark, text]) => element({ "+": "ins", "-": "del", " ": "span" }[mark], text)));
      });
      const fact = one.kind === "facts";
      made.append(quote,
        button("Take these words", () => change({ do: "move", source: state.source.id, ...from, record: one.record, spans: choice.spans }), `Take these words for ${one.record.id ?? "the skip"}`),
        ...(fact ? [button("Change", () => openRecord({ ...one, spans: choice.spans, line: 0 }, null, from), `Change ${one.record.id ?? "it"}`)] : []),
        button("Show", () => { select(choice.spans[0]); showHere(); }, "Show these words in the text"));
    }
    made.append(button("Drop", () => change({ do: "delete", ...from }), `Drop ${one.record.id ?? "the skip"}`));
    return made;
  }));
}

// What things still lack, by the shapes of their classes; a release has to wait for it.
function showLacking() {
  const lacking = state.source.lacking;
  $("lacking-section").hidden = !lacking.length;
  $("lacking-title").textContent = `Still needed: ${lacking.length}`;
  $("lacking").replaceChildren(...lacking.map((one) => {
    const made = element("li", `${one.id}: each ${one.type} needs ${one.words.join(", ")} `);
    const fact = state.source.facts.find((shown) => shown.file === one.file && shown.line === one.line);
    if (fact) made.append(button("Open", () => openRecord(fact), `Open ${one.id}`));
    return made;
  }));
}

// The page of the PDF as it is printed, with frames around the words.
async function drawPage() {
  if (!state.source.drawn) return tell("This source has no pages that can be shown.", true);
  $("drawn").open = true;
  const found = selected();
  const spans = found && found[1] > found[0] ? [found] : state.open?.spans.length ? state.open.spans : [[state.caret, state.caret + 1]];
  const { status, body } = await ask("/api/page", { source: state.source.id, spans });
  if (status !== 200) return tell(body.message, true);
  const picture = element("img", "", { src: `data:image/png;base64,${body.png}`, alt: `Page ${body.label} as it is printed` });
  $("drawing").replaceChildren(picture, ...body.frames.map(([left, top, width, height]) => {
    const frame = element("span");
    Object.assign(frame.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
    return frame;
  }));
}

// The form

function openForm(open, title) {
  state.open = open;
  state.dirty = false;
  $("drawn").open = false;
  $("drawing").replaceChildren();
  $("form").hidden = false;
  $("doing").textContent = title;
  $("facts").hidden = open.mode === "skip";
  $("note-label").textContent = open.mode === "skip" ? "Reason" : "Note";
  $("delete").hidden = open.mode !== "change";
  $("faults").replaceChildren();
  $("preview").replaceChildren();
  $("named").hidden = true;
  $("everywhere").hidden = true;
  showQuotes();
  paint();
}

function showQuotes() {
  $("quotes").replaceChildren(...state.open.spans.map((span, number) => {
    const item = element("li", `“${wordsAt(span)}”`);
    if (state.open.spans.length > 1) {
      item.append(button("×", () => {
        state.open.spans.splice(number, 1);
        state.open.quote = null;
        showQuotes();
        changed();
      }, "Do not quote these words"));
    }
    return item;
  }));
}

function fill(record) {
  $("ident").value = record.id ?? "";
  $("type").value = typeof record.type === "string" ? record.type : "";
  $("note").value = record.note ?? "";
  for (const radio of document.getElementsByName("basis")) radio.checked = radio.value === (record.basis ?? "stated");
  $("rows").replaceChildren();
  for (const [key, value] of Object.entries(record)) {
    if (ABOUT.has(key)) continue;
    const values = Array.isArray(value) && value.every((one) => typeof one === "string") ? value : [value];
    for (const one of values) addRow(key, one);
  }
  typeChosen();
  told();
}

async function newFact() {
  const span = selected();
  if (!span || span[0] === span[1]) {
    const facts = showHere();
    if (facts.length) openRecord(facts[0]);
    else tell("Select some words first.", true);
    return;
  }
  const { status, body } = await propose([span]);
  if (status !== 200) return tell(body.message, true);
  if (state.open && state.dirty) putAside();
  openForm({ mode: "add", spans: body.spans, quote: body.quote, kept: {} }, "New fact");
  const known = state.ids.has(body.id);
  const record = { id: body.id, type: known ? "" : body.types[0] ?? "" };
  if (!known && body.name) record[body.name[0]] = body.name[1];
  Object.assign(state.open, { name: body.name, whole: body.whole, date: body.date, derived: known ? "" : body.id });
  fill(record);
  suggest(body);
  $("ident").focus();
  $("ident").select();
  changed(false);
}

// The form is put aside, for a fact that it needs first; it comes back when that one is saved or closed.
function putAside() {
  state.aside.push({ open: state.open, title: $("doing").textContent, record: said(), note: $("note").value });
  tell("The open fact is put aside, and comes back when this one is saved or closed.");
}

function takeBack() {
  const aside = state.aside.pop();
  if (!aside) return false;
  openForm(aside.open, aside.title);
  if (aside.open.mode !== "skip") fill(aside.record);
  $("note").value = aside.note;
  (aside.open.mode === "skip" ? $("note") : $("ident")).focus();
  changed();
  return true;
}

// The id and, of an event, the name follow from the words until somebody says otherwise.
function follow() {
  const open = state.open;
  if (!open?.derived || !open.name || $("ident").value !== open.derived) return;
  const row = [...$("rows").children].find((one) => one.querySelector(".word").value === open.name[0]);
  const name = row?.querySelector(".value").value ?? "";
  const stem = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).slice(0, 6).join("-");
  if (!stem) return;
  let ident = stem;
  for (let number = 2; state.ids.has(ident); number += 1) ident = `${stem}-${number}`;
  $("ident").value = open.derived = ident;
  told();
}

function suggest(body) {
  const names = body.names.filter(([, id]) => id !== $("ident").value);
  const dates = body.date ? [[body.date[1], body.date[1]]] : [];
  $("named").hidden = !names.length && !dates.length;
  $("named").replaceChildren(element("span", "In these words: ", { class: "quiet" }),
    ...names.map(([name, id]) => button(name, () => { put(id); }, `Put ${id} into the field`)),
    ...dates.map(([name, date]) => button(name, () => { put(date, body.date[0]); }, `Put ${date} into a date`)));
  const places = body.occurrences.length;
  $("everywhere").hidden = places < 2;
  $("everywhere").querySelector("span").textContent = `quote all ${places} places`;
  $("all").checked = false;
  state.open.everywhere = body.occurrences;
}

function propose(spans) {
  return ask("/api/propose", { source: state.source.id, spans, words: spans.map(wordsAt) });
}

function openRecord(shown, draft, earlier) {
  const record = shown.record;
  const kept = Object.fromEntries(Object.entries(record).filter(([key]) => key === "drafted"));
  const mode = earlier ? "move" : draft ? "add" : "change";
  const title = earlier ? "From the earlier version" : draft ? `Draft ${shown.name}` : `${shown.file}:${shown.line}`;
  openForm({ mode, file: shown.file, key: shown.key, draft, spans: shown.spans.map((span) => [...span]),
    quote: earlier ? null : record.quote, kept }, title);
  fill(record);
  if (shown.spans.length) propose(shown.spans.slice(0, 1)).then(({ status, body }) => status === 200 && suggest({ ...body, occurrences: [] }));
  $("ident").focus();
  changed(false);
}

async function addPassage() {
  const span = selected();
  if (!state.open || !span || span[0] === span[1]) return tell("Open a fact and select words first.", true);
  state.open.spans.push(span);
  state.open.quote = null;
  showQuotes();
  paint();
  tell("Added to the quote.");
  changed();
}

async function newSkip() {
  const span = selected();
  if (!span || span[0] === span[1]) return tell("Select some words first.", true);
  openForm({ mode: "skip", spans: [span], quote: null, kept: {} }, "Skip these words");
  $("note").value = "";
  $("note").focus();
}

let last = null; // the value field that had the focus last

function put(value, word = "") {
  const rows = [...$("rows").children];
  const wanted = rows.find((row) => row.querySelector(".word").value === word && !row.querySelector(".value").value);
  const field = (word ? wanted?.querySelector(".value") : last?.isConnected && !last.value ? last : null);
  if (field) {
    field.value = value;
    field.focus();
  } else { // a row of its own, of which the word is still to be said
    addRow(word, value).focus();
  }
  changed();
}

function addRow(word = "", value = "", needed = false) {
  const row = element("div", "", { class: needed ? "row needed" : "row" });
  const name = element("input", "", { class: "word", list: "words", "aria-label": "Word", autocomplete: "off", spellcheck: "false" });
  const field = element("input", "", { class: "value", autocomplete: "off" });
  name.value = word;
  if (typeof value === "string") {
    field.value = value;
  } else { // a thing within, or texts by language: as it stands
    field.value = JSON.stringify(value);
    field.readOnly = true;
    field.kept = value;
  }
  const shown = () => {
    const found = state.words.get(name.value);
    field.setAttribute("aria-label", found ? found.label : "Value");
    if (found?.kind === "thing") field.setAttribute("list", "known");
    else if (found?.kind === "concept") field.setAttribute("list", "concepts");
    else field.removeAttribute("list");
    if (!row.contains(document.activeElement)) return;
    const said = found && [found.definition, `Takes ${found.takes}.`, found.example && `Example: ${found.example}`];
    $("hint").textContent = found ? said.filter(Boolean).join(" ") : name.value && `${name.value} is not a word of this project`;
  };
  row.addEventListener("focusin", shown);
  name.addEventListener("input", shown);
  field.addEventListener("focus", () => { last = field; });
  row.append(name, field, button("×", () => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector(".word") ?? $("more")).focus();
    changed();
  }, "Remove this word"));
  $("rows").append(row);
  shown();
  return name;
}

function typeChosen() {
  const kind = state.offer.classes.find((one) => one.name === $("type").value);
  $("type-told").textContent = kind?.definition ?? "";
  for (const empty of $("rows").querySelectorAll(".needed")) if (!empty.querySelector(".value").value) empty.remove();
  const there = new Set([...$("rows").querySelectorAll(".word")].map((one) => one.value));
  const date = state.open?.date;
  for (const word of kind?.needs ?? []) if (!there.has(word)) addRow(word, date?.[0] === word ? date[1] : "", true);
  const open = state.open;
  if (!open?.whole || typeof open.name?.[1] !== "string" || !kind?.needs.some((word) => state.words.get(word)?.kind === "date")) return;
  for (const row of $("rows").children) { // what happened is called by all of the words, not by a name in them
    const field = row.querySelector(".value");
    if (row.querySelector(".word").value === open.name[0] && field.value === open.name[1]) field.value = open.whole;
  }
  follow();
}

function told() {
  const known = state.ids.get($("ident").value);
  if (known && state.open?.mode === "add" && state.open.name) { // which has its name and class already
    const [word, value] = state.open.name;
    for (const row of $("rows").children) {
      if (row.querySelector(".word").value === word && row.querySelector(".value").value === value) row.remove();
    }
    $("type").value = "";
  }
  $("ident-told").textContent = known ? `known: ${[known.name, known.type].filter(Boolean).join(", ")}` : $("ident").value && "new";
}

// What the form says, but for the quote.
function said() {
  const record = { id: $("ident").value.trim() };
  if ($("type").value) record.type = $("type").value;
  for (const row of $("rows").children) {
    const word = row.querySelector(".word").value.trim();
    const field = row.querySelector(".value");
    const value = field.kept ?? field.value.trim();
    if (!word || value === "") continue;
    record[word] = word in record ? [record[word], value].flat() : value;
  }
  const basis = document.querySelector('input[name="basis"]:checked')?.value ?? "stated";
  if (basis !== "stated") record.basis = basis;
  if ($("note").value.trim()) record.note = $("note").value.trim();
  Object.assign(record, state.open.kept);
  if (!record.id) delete record.id;
  return record;
}

// The record as the form has it, and the change that it asks for; quotes are made by the server.
async function asked() {
  const open = state.open;
  let spans = open.spans;
  if ($("all").checked && !$("everywhere").hidden) spans = open.everywhere;
  let quote = open.quote;
  if (open.mode === "skip" || !quote || spans !== open.spans) {
    if (open.mode === "skip" && spans.length === 1 && /\n/.test(wordsAt(spans[0]))) return rangeSkipped(spans[0]);
    const { status, body } = await propose(spans);
    if (status !== 200) return { refused: { status, body } };
    quote = body.quote;
  }
  if (open.mode === "skip") return { do: "skip", source: state.source.id, record: { quote, reason: $("note").value.trim() } };
  const record = { quote, ...said() };
  if (open.mode === "move") return { do: "move", source: state.source.id, file: open.file, key: open.key, record };
  if (open.mode === "change") return { do: "change", file: open.file, key: open.key, record };
  return { do: "add", source: state.source.id, record, ...(open.draft ? { draft: open.draft } : {}) };
}

// A long skip is said by its first and its last words.
async function rangeSkipped([start, end]) {
  const words = wordsAt([start, end]);
  const head = words.match(/^\S+([^\S\n]+\S+){0,5}/)[0];
  const tail = words.match(/\S+([^\S\n]+\S+){0,5}$/)[0];
  const first = await propose([[start, start + [...head].length]]);
  const final = await propose([[end - [...tail].length, end]]);
  for (const one of [first, final]) if (one.status !== 200) return { refused: one };
  return { do: "skip", source: state.source.id, record: { from: first.body.quote, to: final.body.quote, reason: $("note").value.trim() } };
}

let waiting = 0; // until what was typed is looked at
let looking = false; // one look at a time; what was typed meanwhile is looked at next
let again = false;

function changed(typed = true) {
  state.dirty = state.dirty || typed;
  clearTimeout(waiting);
  waiting = setTimeout(preview, 500);
}

async function preview() {
  if (!state.open || state.busy) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  const open = state.open;
  const wanted = await asked();
  const { status, body } = wanted.refused ?? await ask("/api/preview", wanted);
  looking = false;
  if (again) {
    again = false;
    changed(false);
    return;
  }
  if (open !== state.open || state.busy) return;
  $("preview").replaceChildren(...(body.lines ?? []).map(([mark, line]) =>
    element({ "+": "ins", "-": "del", " ": "span" }[mark], `${mark} ${line}\n`)));
  showFaults(status === 200 ? body.faults : [{ message: body.message }]);
}

function showFaults(faults) {
  $("faults").replaceChildren(...(faults ?? []).map((fault) => element("li", fault.message)));
}

async function save() {
  if (!state.open || state.busy) return;
  const wanted = await asked();
  if (wanted.refused) return tell(wanted.refused.body.message, true);
  await change(wanted);
}

async function change(wanted) {
  if (state.busy) return;
  state.busy = true;
  clearTimeout(waiting);
  tell("Saving …");
  const caret = state.open?.spans.at(-1)?.[1] ?? state.caret;
  const { status, body } = await ask(wanted.do === "undo" ? "/api/undo" : "/api/change", wanted);
  state.busy = false;
  if (status !== 200) {
    showFaults(body.faults ?? []);
    tell(status === 422 ? `Not written: ${body.faults.length === 1 ? "a fault" : `${body.faults.length} faults`}, below.` : body.message, true);
    if (status === 422 && $("form").hidden) tell(`Not written: ${body.faults.map((fault) => fault.message).join("; ")}`, true);
    if (status === 409) await loadSource(state.source.id);
    return;
  }
  const needs = body.needs?.length ? ` It needs ${body.needs.join(", ")} too.` : "";
  if (wanted.do !== "drop") {
    closeForm();
    if (!takeBack()) select([caret, caret]); // at once: what is loaded now must not take the focus from what one does next
  }
  tell(body.undone ? `Taken back: ${body.undone}.` : `Written to ${body.file}, line ${body.line}.${needs}`);
  await Promise.all([loadSource(state.source.id), loadForm()]);
}

function closeForm() {
  state.open = null;
  $("form").hidden = true;
  paint();
}

function nextUnread() {
  const unread = state.source.unread;
  if (!unread.length) return tell("Nothing is left unread.");
  const after = selected()?.[1] ?? state.caret;
  const found = unread.find(([start]) => start >= after) ?? unread[0];
  select(found);
  showHere();
}

// Keys and clicks

const KEYS = { n: nextUnread, s: newSkip, p: addPassage, v: drawPage, u: () => change({ do: "undo" }), "?": () => $("keys").showModal(),
  d: () => ($("drafts").querySelector("button") ?? $("text")).focus() };

$("text").addEventListener("beforeinput", (event) => event.preventDefault());
$("text").addEventListener("drop", (event) => event.preventDefault());
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save(); // of the open form, wherever one is
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    newFact();
  } else if (event.key === "Escape" && state.open) {
    $(state.open.mode === "skip" ? "note" : "ident").focus();
  } else if (KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    KEYS[event.key.toLowerCase()]();
  }
});
document.addEventListener("selectionchange", () => {
  if (state.source && $("text").contains(getSelection().anchorNode) && document.activeElement === $("text")) showHere();
});
$("form").addEventListener("submit", (event) => { event.preventDefault(); save(); });
$("form").addEventListener("input", (event) => {
  if (event.target.classList.contains("value")) follow();
  changed();
});
addEventListener("beforeunload", (event) => {
  if ((state.open && state.dirty) || state.aside.length) event.preventDefault(); // the browser asks
});
$("form").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    select([state.caret, state.caret]);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  } else if (event.key === "Enter" && event.target.tagName === "INPUT") { // never by chance, as in a list of ids
    event.preventDefault();
  } else if (event.altKey && event.key.toLowerCase() === "w") {
    event.preventDefault();
    addRow().focus();
  }
});
$("type").addEventListener("change", () => { typeChosen(); changed(); });
$("ident").addEventListener("input", told);
$("all").addEventListener("change", () => changed());
$("drawn").addEventListener("toggle", () => { if ($("drawn").open && !$("drawing").childElementCount) drawPage(); });
$("more").addEventListener("click", () => addRow().focus());
$("cancel").addEventListener("click", () => {
  closeForm();
  tell("");
  if (!takeBack()) select([state.caret, state.caret]);
});
$("delete").addEventListener("click", () => change({ do: "delete", file: state.open.file, key: state.open.key }));
$("next").addEventListener("click", nextUnread);
$("undo").addEventListener("click", KEYS.u);
$("help").addEventListener("click", KEYS["?"]);
$("source").addEventListener("change", () => { location.hash = encodeURIComponent($("source").value); });
addEventListener("hashchange", () => { state.aside = []; closeForm(); begin(); });

// Somebody else's changes, in another editor or another tab: shown as soon as they are seen, the form as it is.
setInterval(async () => {
  if (document.hidden || state.busy || !state.source) return;
  const { status, body } = await ask("/api/stamp");
  if (status === 200 && body.stamp !== state.stamp && !state.busy) await Promise.all([loadSource(state.source.id), loadForm()]);
}, 1500);

async function begin() {
  await loadOverview();
  if (!$("source").value) return;
  await loadSource($("source").value);
  const at = Number(location.hash.split("@")[1]);
  select(at ? [at, at] : [0, 0]);
  showHere();
}

await loadForm();
await begin();
document.body.dataset.ready = "";
