// Answers queries in a worker: loads the engine and the graph when the first one comes, and gives results as data.
import init, { Store } from "./oxigraph.js";

// A file that was compressed, whether or not the host has unpacked it on the way.
async function unpacked(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} cannot be loaded (${answer.status})`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

let opened;
const open = (data) =>
  (opened ??= Promise.all([unpacked(new URL("oxigraph.wasm.gz", import.meta.url)), unpacked(data)]).then(async ([code, quads]) => {
    await init({ module_or_path: code });
    const store = new Store();
    store.load(quads, { format: "application/n-quads", no_transaction: true });
    return store;
  }));

// Rows as SPARQL results in JSON, or a graph as Turtle; which of them a query gives, the engine says when it is asked.
function ask(store, query, base, format) {
  if (format) return store.query(query, { base_iri: base, results_format: format });
  try {
    return { table: JSON.parse(store.query(query, { base_iri: base, results_format: "application/sparql-results+json" })) };
  } catch (error) {
    const found = store.query(query, { base_iri: base });
    if (!Array.isArray(found) || (found.length && found[0] instanceof Map)) throw error;
    return { graph: store.query(query, { base_iri: base, results_format: "ttl" }) };
  }
}

onmessage = async ({ data: { number, data, query, base, format } }) => {
  try {
    const store = await open(data);
    const begun = performance.now();
    const answer = ask(store, query, base, format);
    postMessage({ number, answer, milliseconds: performance.now() - begun });
  } catch (error) {
    if (!(await opened?.catch(() => null))) opened = undefined; // tried again with the next query
    postMessage({ number, error: String(error?.message ?? error) });
  }
};
