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
for (const button of all("button[data-curl]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, `curl '${new URL(button.dataset.curl, location).href.replaceAll("'", "%27")}'`));
}

// In a source: a passage and what rests on it light up together, by hand and by address.
const reading = document.querySelector(".reading");
if (reading) {
  const light = (numbers) => {
    for (const part of all("[data-n]", reading)) {
      part.classList.toggle("on", part.dataset.n.split(" ").some((number) => numbers.includes(number)));
    }
  };
  const numbersOf = (node) => node?.closest("[data-n]")?.dataset.n.split(" ") ?? [];
  const targeted = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const own = numbersOf(target ?? null);
    const note = all(".notes .number", reading).find((link) => link.hash === location.hash);
    return note ? numbersOf(note) : own;
  };
  const show = () => light(targeted());
  reading.addEventListener("pointerover", (event) => {
    const numbers = numbersOf(event.target);
    if (numbers.length) light(numbers);
  });
  reading.addEventListener("pointerleave", show);
  addEventListener("hashchange", show);
  show();
}

// The editor is fetched only where there is a query to write.
const textarea = document.querySelector("form.ask textarea");
if (textarea) {
  const { upgrade } = await import("./editor.js");
  const problem = document.querySelector(".problem[data-line]");
  const error = problem && { line: +problem.dataset.line, column: +problem.dataset.column, message: problem.querySelector("p").textContent };
  upgrade(textarea, JSON.parse(document.getElementById("terms").textContent), error);
}
