"""Time a site of files of made-up reference data, and the first answer in the browser beside the bare engine's.

    python -m tests.bench.site [RECORDS ...] [--browser]

Beside the site stands what the file system takes for as many files: a copy of it (`cp -r`).
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.waist import measured, project
from tests.browser import ARGUMENTS, CHROMIUM

BARE = """async (data) => {
  const begun = performance.now();
  const { default: init, Store } = await import(new URL("static/oxigraph.js", location.href));
  const unpacked = async (url) => new Uint8Array(await new Response(
    (await fetch(url)).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  const [code, quads] = await Promise.all([unpacked("static/oxigraph.wasm.gz"), unpacked("downloads/dataset.nq.gz")]);
  await init({ module_or_path: code });
  const store = new Store();
  store.load(quads, { format: "application/n-quads", no_transaction: true });
  store.query("SELECT * { ?s ?p ?o } LIMIT 20");
  return performance.now() - begun;
}"""
RUNS = 5


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="*", type=int, default=[20_000])
    parser.add_argument("--browser", action="store_true")
    asked = parser.parse_args()
    kg = str(Path(sys.executable).with_name("kg"))
    print("| records | pages | files | seconds | pages/s | files/s | memory of all | again, nothing new | `cp -r` |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for records in asked.records:
            made, site = project(kg, Path(folder) / "project", records), Path(folder) / "site"
            subprocess.run([kg, "-C", str(made), "build"], check=True, capture_output=True)
            cost = measured(kg, "-C", made, "site", site)
            again = measured(kg, "-C", made, "site", site)
            copy = measured("cp", "-r", site, Path(folder) / "copy")
            files = sum(path.is_file() for path in site.rglob("*"))
            pages = sum(1 for _ in site.rglob("*.html"))
            print(
                f"| {records:,} | {pages:,} | {files:,} | {cost.seconds:.1f} | {pages / cost.seconds:,.0f} "
                f"| {files / cost.seconds:,.0f} | {cost.memory:,.0f} MB | {again.seconds:.1f} s | {copy.seconds:.1f} s |"
            )
            if asked.browser:
                first_answer(site)
            for path in (made, site, Path(folder) / "copy"):
                shutil.rmtree(path)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def first_answer(site: Path) -> None:
    """Print how long the first answer takes in the browser, on the page and with the engine alone."""
    handler = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        ours, bare = [], []
        for _ in range(RUNS):
            page = browser.new_context().new_page()
            page.goto(f"{url}index.html")
            bare.append(page.evaluate(BARE))
            page = browser.new_context().new_page()
            page.goto(f"{url}sparql.html")
            page.wait_for_load_state("networkidle")
            ours.append(
                page.evaluate("""() => new Promise((done) => {
                  const begun = performance.now();
                  new MutationObserver((_, seen) => {
                    if (document.querySelector("#answered table")) { seen.disconnect(); done(performance.now() - begun); }
                  }).observe(document.getElementById("answered"), { childList: true, subtree: true });
                  document.querySelector("form.ask button").click();
                })""")
            )
        browser.close()
        server.shutdown()
    mine, theirs = statistics.median(ours), statistics.median(bare)
    print(
        f"\nFirst answer in the browser: {mine:.0f} ms on the page, {theirs:.0f} ms bare: {mine / theirs:.2f} times\n"
    )


if __name__ == "__main__":
    main()
