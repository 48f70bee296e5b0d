
// With kg serve --reload: a page is loaded again as soon as there is a new release.
const releases = new EventSource(new URL("../events", import.meta.url));
let release = "";
releases.addEventListener("message", (event) => {
  if (release && event.data !== release) location.reload();
  release = event.data;
});
