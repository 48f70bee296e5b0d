// Makes ../editor.js, ../world.json and what a static site answers with (kg/site/static/oxigraph.*) from the packages of package-lock.json: npm ci && npm run build
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { geoNaturalEarth1, geoPath, geoCentroid, geoArea } from "d3-geo";
import countries from "i18n-iso-countries";
import { feature } from "topojson-client";

await build({
  entryPoints: ["editor.mjs"],
  outfile: "../editor.js",
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
});

// Countries as SVG paths in a plane 960 wide, by ISO 3166-1 alpha-3, with the point where a small one is shown as a dot.
const atlas = JSON.parse(readFileSync("node_modules/world-atlas/countries-110m.json"));
const shapes = feature(atlas, atlas.objects.countries).features.filter((shape) => shape.properties.name !== "Antarctica");
const projection = geoNaturalEarth1().fitWidth(960, { type: "FeatureCollection", features: shapes });
const draw = geoPath(projection).digits(0);
const world = {};
for (const shape of shapes) {
  const code = countries.numericToAlpha3(shape.id) ?? `-${shape.properties.name}`;
  const [x, y] = projection(geoCentroid(shape)).map(Math.round);
  world[code] = { path: draw(shape), x, y, small: geoArea(shape) < 0.0004 };
}
// What is too small for 1:110m: where to put its dot, by the centre of the 1:50m shape.
const fine = JSON.parse(readFileSync("node_modules/world-atlas/countries-50m.json"));
for (const shape of feature(fine, fine.objects.countries).features) {
  const code = countries.numericToAlpha3(shape.id);
  if (code && !world[code] && code !== "ATA") {
    const [x, y] = projection(geoCentroid(shape)).map(Math.round);
    world[code] = { path: "", x, y, small: true };
  }
}
const [[, top], [, bottom]] = draw.bounds({ type: "FeatureCollection", features: shapes });
const sorted = Object.fromEntries(Object.entries(world).sort());
writeFileSync("../world.json", `${JSON.stringify({ width: 960, top: Math.floor(top), bottom: Math.ceil(bottom), countries: sorted })}\n`);

// The engine that answers in the browser, with the code around it.
const engine = "../../../site/static";
copyFileSync("node_modules/oxigraph/web.js", `${engine}/oxigraph.js`);
writeFileSync(`${engine}/oxigraph.wasm.gz`, gzipSync(readFileSync("node_modules/oxigraph/web_bg.wasm"), { level: 9 }));

// The licences of what is in these files.
const { readdirSync, existsSync } = await import("node:fs");
const parts = [];
for (const scope of readdirSync("node_modules")) {
  const names = scope.startsWith("@") ? readdirSync(`node_modules/${scope}`).map((name) => `${scope}/${name}`) : [scope];
  for (const name of names.filter((name) => !/^(\.|@?esbuild)/.test(name))) {
    const folder = `node_modules/${name}`;
    const file = existsSync(`${folder}/package.json`) && readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    const meta = existsSync(`${folder}/package.json`) ? JSON.parse(readFileSync(`${folder}/package.json`)) : {};
    if (meta.name) parts.push(`${meta.name} ${meta.version} (${meta.license})\n\n${file ? readFileSync(`${folder}/${file}`, "utf8").trim() : "no licence file in the package"}\n`);
  }
}
writeFileSync("LICENSES.txt", parts.join(`\n${"-".repeat(80)}\n\n`));
