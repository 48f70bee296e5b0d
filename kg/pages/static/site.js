// What a page can do with a script; without one, everything is still there.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1500);
}

// Buttons that need a script stand hidden in the page; one listener serves them, also those of receipts shown later.
const wake = (root) => all("button[data-copy], button[data-table]", root).forEach((button) => (button.hidden = false));
wake(document);
const shown = () => all("table.answers tr").map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t")).join("\n");

// A receipt: the page of the statement that a link leads to, shown above the page that one is reading.
const receipt = document.createElement("dialog");
receipt.className = "receipts";
receipt.setAttribute("aria-label", "The statement and its words");
async function open(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".receipt");
  if (!found) return void (location.href = link.href);
  for (const item of all("[id]", found)) item.removeAttribute("id");
  for (const item of all("[aria-labelledby]", found)) item.removeAttribute("aria-labelledby");
  for (const item of all("a[href]", found)) item.href = new URL(item.getAttribute("href"), answer.url).href;
  receipt.innerHTML = '<form method="dialog"><a class="button">Open as a page</a><button>Close</button></form>';
  receipt.querySelector("a").href = link.href;
  receipt.append(found);
  wake(receipt);
  if (!receipt.isConnected) document.body.append(receipt);
  receipt.showModal();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy], button[data-table]");
  if (button) return void copy(button, button.dataset.copy ?? shown());
  const link = event.target.closest("a[data-receipt]");
  if (event.target === receipt) receipt.close();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link).catch(() => (location.href = link.href));
});

// Code that asks this address names it as it is here, whatever the published one is.
for (const code of all("code[data-here]")) code.textContent = code.textContent.replaceAll(code.dataset.here, location.origin + location.pathname);

// In a source: a passage and what rests on it light up together, by hand and by address (#char=10,24, in code points).
const reading = document.querySelector(".reading");
if (reading) {
  const span = (hash) => hash.match(/^#char=(\d+),(\d+)$/)?.slice(1).map(Number);
  const notes = all(".notes li", reading).map((item) => ({ item, span: span(item.firstElementChild.hash) }));
  const marks = all(".row", reading).flatMap((row) => {
    let from = +row.dataset.from;
    return [...row.firstElementChild.childNodes].filter((item) => item.nodeName !== "SUP").map((item) => ({ item, from, to: (from += [...item.textContent].length) }));
  }).filter(({ item }) => item.nodeName === "MARK");
  const inside = (mark, [from, to]) => mark.from >= from && mark.to <= to;
  const light = (spans) => {
    for (const mark of marks) mark.item.classList.toggle("on", spans.some((one) => inside(mark, one)));
    for (const note of notes) note.item.classList.toggle("on", spans.some((one) => one[0] === note.span[0] && one[1] === note.span[1]));
  };
  const targeted = () => {
    const note = notes.find(({ item }) => `#${item.id}` === location.hash);
    light([note?.span ?? span(location.hash)].filter(Boolean));
  };
  reading.addEventListener("pointerover", ({ target }) => {
    const note = notes.find(({ item }) => item.contains(target));
    const mark = marks.find(({ item }) => item === target);
    if (note) light([note.span]);
    else if (mark) light(notes.map((one) => one.span).filter((one) => inside(mark, one)));
  });
  reading.addEventListener("pointerleave", targeted);
  addEventListener("hashchange", targeted);
  targeted();
}

// The editor is fetched only where there is a query to write.
const textarea = document.querySelector("form.ask textarea");
if (textarea) {
  const { upgrade } = await import("./editor.js");
  const problem = document.querySelector(".problem[data-line]");
  const error = problem && { line: +problem.dataset.line, column: +problem.dataset.column, message: problem.querySelector("p").textContent };
  upgrade(textarea, JSON.parse(document.getElementById("terms").textContent), error);
}
