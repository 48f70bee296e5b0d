// What a page can do with a script; without one, everything is still there.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1500);
}

for (const button of all("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, button.dataset.copy));
}
for (const button of all("button[data-table]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, all("table.answers tr").map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t")).join("\n")));
}

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
