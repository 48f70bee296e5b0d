// On a site of files: what a server would answer is answered here. Questions with other values and SPARQL are asked of
// the graph in a worker, which is started when the first is asked; search reads an index.
const root = new URL("../", import.meta.url);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const file = async (name) => (await fetch(new URL(name, root))).json();
const given = new URLSearchParams(location.search);

// Elements by name, attributes and what is in them.
function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

let worker, number = 0, settings;
const waiting = new Map();
const set = () => (settings ??= file("answering.json"));
if (document.getElementById("answered")) set();

async function ask(query, format) {
  const { base, prefixes, data } = await set();
  if (!worker) {
    worker = new Worker(new URL("engine.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: told }) => {
      const [done, failed] = waiting.get(told.number);
      waiting.delete(told.number);
      if (told.error === undefined) done(told);
      else failed(new Error(told.error));
    };
    worker.onerror = () => {
      for (const [, failed] of waiting.values()) failed(new Error("this browser does not run modules in workers"));
      waiting.clear();
    };
  }
  return new Promise((done, failed) => {
    waiting.set(++number, [done, failed]);
    worker.postMessage({ number, data: new URL(data, root).href, query: declared(query, prefixes), base, format });
  });
}

// The query with the prefixes that it does not declare, all in its first line, so that the lines of errors are its own.
function declared(query, prefixes) {
  const begun = /^(?:\s+|#[^\n\r]*|BASE\s*<[^<>\s]*>|PREFIX\s+[^\s:]*:\s*<[^<>\s]*>)*/i.exec(query)[0].replace(/#[^\n\r<>]*$/gm, "");
  const own = new Set([...begun.matchAll(/\bPREFIX\s+([^\s:]*):/gi)].map((found) => found[1]));
  return Object.entries(prefixes).filter(([name]) => !own.has(name)).map(([name, iri]) => `PREFIX ${name}: <${iri}> `).join("") + query;
}
const before = (query, prefixes) => declared(query, prefixes).length - query.length;

// Where the page of a thing is, for those of this graph; the IRI itself for others on the web, and nothing for the rest,
// since an answer can hold any IRI, as of a script.
function address(iri, base) {
  if (!iri.startsWith(base)) return /^(https?|mailto):/i.test(iri) ? iri : "";
  const [path, fragment] = iri.slice(base.length).split("#");
  if (/\.[a-z]+$/.test(path) && !/^(id|fact|source|graph)\//.test(path)) return new URL(path, root).href;
  return new URL(`${path || "index"}.html`, root).href + (fragment ? `#${fragment}` : "");
}

// What people call the things of an answer.
async function labels(iris, base) {
  const own = [...new Set(iris)].filter((iri) => iri.startsWith(base)).slice(0, 2000);
  if (!own.length) return new Map();
  const query = `SELECT ?i (SAMPLE(?l) AS ?label) { VALUES ?i { ${own.map((iri) => `<${iri}>`).join(" ")} } ?i skos:prefLabel|rdfs:label ?l } GROUP BY ?i`;
  const { answer } = await ask(`PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ${query}`);
  return new Map(answer.table.results.bindings.map((row) => [row.i.value, row.label.value]));
}

const shorten = (iri, prefixes) => {
  const [name, start] = Object.entries(prefixes).filter(([, one]) => iri.startsWith(one)).sort((a, b) => b[1].length - a[1].length)[0] ?? [];
  return name === undefined || /[/#]/.test(iri.slice(start.length)) ? iri : `${name}:${iri.slice(start.length)}`;
};
const worded = (name) => {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words[0].toUpperCase() + words.slice(1);
};
const isNumber = (term) => /#(integer|decimal|double|float|gYear|nonNegativeInteger)$/.test(term?.datatype ?? "");

const MOST = 1000; // rows that are shown; the data have all
async function tableOf({ head, results, boolean }, heads = new Map()) {
  if (boolean !== undefined) return [make("p", { class: "lead line" }, boolean ? "Yes." : "No.")];
  const { base, prefixes } = await set();
  const rows = results.bindings;
  const columns = head.vars.filter((name) => (heads.size ? heads.has(name) : !/(Label|Basis)$/.test(name) || !head.vars.includes(name.slice(0, -5))));
  const heading = (name) => heads.get(name) ?? worded(name);
  const known = await labels(rows.slice(0, MOST).flatMap((row) => Object.keys(row).filter((name) => row[name].type === "uri" && !row[`${name}Label`]).map((name) => row[name].value)), base);
  const cell = (row, name) => {
    const term = row[name];
    if (!term) return "";
    if (term.type !== "uri") return typeof term.value === "string" ? term.value : JSON.stringify(term.value);
    const told = row[`${name}Label`]?.value ?? known.get(term.value) ?? shorten(term.value, prefixes);
    const href = address(term.value, base);
    return href ? make("a", { href }, told) : told;
  };
  const line = make("p", { class: "lead line" }, rows.length ? `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}.` : "There is no answer.");
  if (!rows.length) return [line];
  const body = rows.slice(0, MOST).map((row) => make("tr", {}, ...columns.map((name) => make("td", { "data-label": heading(name), class: isNumber(row[name]) && "number" }, cell(row, name)))));
  const table = make("table", { class: "answers" }, make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, heading(name))))), make("tbody", {}, ...body));
  const more = rows.length > MOST ? [make("p", { class: "quiet" }, "What is shown is of the first 1,000, the data have all.")] : [];
  return [line, make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The answer as a table" }, table), ...more];
}

// Links that write an answer in other formats as files.
function downloads(query, name, formats) {
  const buttons = formats.map(([label, format, type]) => {
    const button = make("button", { type: "button", class: "button" }, label);
    button.addEventListener("click", async () => {
      const { answer } = await ask(query, format);
      const link = make("a", { href: URL.createObjectURL(new Blob([answer], { type })), download: `${name}.${format}` });
      link.click();
      URL.revokeObjectURL(link.href);
    });
    return button;
  });
  return make("p", { class: "buttons" }, ...buttons);
}
const TABLES = [["CSV", "csv", "text/csv"], ["TSV", "tsv", "text/tab-separated-values"], ["JSON", "json", "application/json"], ["XML", "xml", "application/xml"]];
const GRAPHS = [["Turtle", "ttl", "text/turtle"], ["N-Triples", "nt", "application/n-triples"], ["RDF/XML", "rdf", "application/rdf+xml"]];

// What is wrong with a query, with its line where it has one; columns of the first line are as the reader wrote it.
async function problem(error, query) {
  const found = query && /at (\d+):(\d+)/.exec(error.message);
  const box = make("div", { class: "problem", role: "alert" });
  if (!found) return box.append(make("h2", {}, "This cannot be answered"), make("p", {}, error.message)), box;
  const { prefixes } = await set();
  const [line, column] = [+found[1], +found[2] - (+found[1] === 1 ? before(query, prefixes) : 0)];
  const told = error.message.replace(found[0], `at ${line}:${Math.max(1, column)}`);
  const text = query.split("\n")[line - 1] ?? "";
  box.append(make("h2", {}, `There is a mistake in line ${line}`), make("p", {}, told));
  box.append(make("pre", { class: "code" }, make("code", {}, make("span", { class: "quiet" }, String(line)), ` ${text}`)));
  return box;
}

let shown = 0; // the number of the answer that is wanted: one that comes late, after another was asked for, is not shown
async function show(query, name, heads) {
  const place = document.getElementById("answered"), mine = ++shown;
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(make("p", { class: "quiet" }, worker ? "Asking …" : "Loading the engine and the graph …"));
  try {
    const { answer, milliseconds } = await ask(query);
    const found = answer.table ? await tableOf(answer.table, heads) : [make("pre", { class: "code", tabindex: "0" }, make("code", {}, answer.graph))];
    const files = downloads(query, name, answer.table ? (answer.table.head.vars ? TABLES : TABLES.slice(2, 3)) : GRAPHS);
    if (mine !== shown) return;
    place.replaceChildren(...found, make("div", { class: "tools" }, files), make("p", { class: "quiet" }, `answered in ${Math.round(milliseconds)} ms in your browser`));
  } catch (error) {
    const told = await problem(error, query);
    if (mine === shown) place.replaceChildren(told);
  }
  if (mine === shown) place.removeAttribute("aria-busy");
}

// A form whose answer has an address: what is sent stands in it, and going back asks again.
function answering(form, run) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.pushState(null, "", `?${fields}`);
    run(fields);
  });
  addEventListener("popstate", () => run(new URLSearchParams(location.search)));
}

// SPARQL.
const free = document.querySelector("form.ask");
if (free) {
  const text = free.elements.query;
  const run = (fields) => fields.get("query") && show(fields.get("query"), "answer");
  answering(free, run);
  if (given.get("query")) {
    text.value = given.get("query");
    run(given);
  }
}

// A question with other values than those whose answer the page holds.
const asked = document.getElementById("question");
if (asked) {
  const { pieces, parameters, name } = JSON.parse(asked.textContent);
  const form = document.querySelector("form.blanks");
  const place = document.getElementById("answered");
  const standing = [...place.childNodes];
  const heads = new Map(all("thead a[href^='?']", place).map((link) => [new URLSearchParams(link.search).get("sort"), link.textContent]));
  const quoted = (text) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;

  function isDay(value) {
    const [, year, month, day] = /^(-?\d{4})-(\d\d)-(\d\d)$/.exec(value);
    const found = new Date(Date.UTC(2000, month - 1, day));
    found.setUTCFullYear(+year, month - 1, +day);
    return found.getUTCMonth() === month - 1 && found.getUTCDate() === +day;
  }
  async function iri(value) {
    const { base, prefixes } = await set();
    const colon = value.indexOf(":");
    const whole = colon > 0 && Object.hasOwn(prefixes, value.slice(0, colon)) ? prefixes[value.slice(0, colon)] + value.slice(colon + 1) : value;
    if (/^(https?|urn):[^<>"{}|^`\\\s]+$/.test(whole)) return `<${whole}>`;
    const { things } = await file("search.json");
    const folded = fold(value);
    const found = things.filter(([label, slug, , others]) => slug === value || [label, ...others].some((one) => fold(one) === folded));
    if (found.length === 1) return `<${base}id/${found[0][1]}>`;
    if (all("select option", form).some((option) => option.value === value)) return `<${base}id/${value}>`;
    throw new Error(found.length ? `“${value}” is the name of ${found.length} things: ${found.slice(0, 5).map((one) => one[1]).join(", ")}; give one of these` : `nothing here is called “${value}”`);
  }
  async function term(value, { kind, language, latest, takes, form }) {
    if (kind === "iri") return iri(value);
    if (language) return `${quoted(value)}@${language}`;
    if (/#date$/.test(kind) && /^-?\d{4}(-\d\d)?$/.test(value)) {
      const [year, month] = [value.slice(0, value.length > 5 ? -3 : undefined), value.length > 5 ? value.slice(-2) : ""];
      const last = new Date(Date.UTC(2000, month ? +month : 12, 0));
      last.setUTCFullYear(+year, month ? +month : 12, 0);
      value = latest ? `${year}-${month || "12"}-${String(last.getUTCDate()).padStart(2, "0")}` : `${year}-${month || "01"}-01`;
    }
    if (form && (!new RegExp(`^(?:${form})$`).test(value) || (kind.endsWith("#date") && !isDay(value)))) throw new Error(`“${value}” is not ${takes}`);
    return `${quoted(value)}^^<${kind}>`;
  }
  async function run(fields) {
    const wanted = [...fields].filter(([key, value]) => Object.hasOwn(parameters, key) && value);
    if (!wanted.length) return void (++shown, place.replaceChildren(...standing));
    for (const [key, value] of wanted) if (form.elements[key]) form.elements[key].value = value;
    try {
      const terms = new Map(await Promise.all(wanted.map(async ([key, value]) => [key, await term(value, parameters[key])])));
      await show(pieces.map(([text, key]) => terms.get(key) ?? text).join(""), name, heads);
    } catch (error) {
      place.replaceChildren(await problem(error, ""));
    }
  }
  if (form) {
    answering(form, run);
    run(given);
  }

  // The rows of the answer that the page holds, sorted and filtered here.
  const table = place.querySelector("table.answers");
  const filter = place.querySelector("form.filter");
  filter?.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = fold(filter.elements.filter.value).split(/\s+/);
    for (const row of table.tBodies[0].rows) row.hidden = !words.every((word) => fold(row.textContent).includes(word));
  });
  for (const link of all("thead a[href^='?']", table ?? document.createElement("table")))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const head = link.closest("th");
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of all("th", table)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[head.cellIndex].textContent.trim();
      const compare = (a, b) => value(a).localeCompare(value(b), "en", { numeric: true });
      const rows = [...table.tBodies[0].rows].sort((a, b) => (value(a) === "") - (value(b) === "") || (down ? compare(b, a) : compare(a, b)));
      table.tBodies[0].append(...rows);
    });
}

// Search.
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
const found = document.getElementById("found");
if (found) {
  const form = document.querySelector("main form[role=search]");
  let index;
  async function run(fields) {
    const text = (fields.get("q") ?? "").trim();
    form.elements.q.value = text;
    if (!text) return void found.replaceChildren(make("p", {}, "Search by name, by another name, by words of the source, or for a question."));
    index ??= (await file("search.json"));
    const words = fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const has = (told, word) => (` ${told}`).search(new RegExp(`[^\\p{L}\\p{N}]${word}`, "u")) >= 0;
    const score = ([label, , , others, quotes]) => {
      const names = [label, ...others].map(fold), whole = fold(text);
      if (names.includes(whole)) return 5;
      if (names.some((name) => name.startsWith(whole))) return 4;
      if (words.every((word) => has(names[0], word))) return 3;
      if (words.every((word) => has(names.join(" | "), word))) return 2;
      return words.every((word) => has(`${names.join(" | ")} ${fold(quotes)}`, word)) ? 1 : 0;
    };
    if (!words.length) return void found.replaceChildren(make("p", {}, "Nothing here is called so. Search for words."));
    const hits = index.things.map((thing) => [score(thing), thing]).filter(([points]) => points).sort((a, b) => b[0] - a[0]);
    const questions = index.questions.filter(([summary]) => words.every((word) => has(fold(summary), word)));
    const parts = [];
    if (questions.length)
      parts.push(make("section", {}, make("h2", {}, "Questions ", make("small", {}, String(questions.length))), make("ul", { class: "questions" }, ...questions.map(([summary, name]) => make("li", {}, make("a", { href: `query/${name}.html` }, summary))))));
    if (hits.length)
      parts.push(make("section", {}, make("h2", {}, "Things ", make("small", {}, hits.length.toLocaleString("en"))), make("ol", { class: "found" }, ...hits.slice(0, 100).map(([, thing]) => result(thing, words)))));
    if (!parts.length) parts.push(make("p", {}, index.quoted ? "Nothing here is called so, and no quoted words have it. Try fewer or shorter words." : "Nothing here is called so. Try fewer or shorter words."));
    found.replaceChildren(...parts);
  }
  function result([label, slug, kind, others, quotes], words) {
    const item = make("li", {}, make("p", { class: "tag" }, kind || "thing"), make("p", {}, make("a", { href: `id/${slug}.html` }, label), others.length ? make("span", { class: "quiet" }, ` also ${others.slice(0, 4).join(", ")}`) : ""));
    const at = fold(quotes).indexOf(words.find((word) => !fold(label).includes(word)) ?? "\0");
    if (at >= 0) item.append(make("p", { class: "snippet" }, `${at > 60 ? "…" : ""}${quotes.slice(Math.max(0, at - 60), at + 100)}${quotes.length > at + 100 ? "…" : ""}`));
    return item;
  }
  answering(form, run);
  run(given);
}
