// Builds what the portal serves beside its pages: `node build.js FOLDER`. Names carry a hash of the
// content, so that a browser keeps a file for ever; compressed forms lie beside, made once.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import rtlcss from "rtlcss";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = process.argv[2];
const built = {};

function keep(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(join(target, hashed), bytes);
  writeFileSync(join(target, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(target, `${hashed}.br`), brotliCompressSync(bytes, { params: quality }));
  built[name] = hashed;
}

function notices() {
  const used = ["govuk-frontend"]; // what ends in the built files; the other modules only build them
  const told = used.map((name) => {
    const about = JSON.parse(readFileSync(join(modules, name, "package.json")));
    const licence = readFileSync(join(here, "licences", `${name}.txt`), "utf8");
    return `${name} ${about.version} (${about.license})\n\n${licence.trim()}\n`;
  });
  return `The portal's stylesheets contain parts of:\n\n${told.join("\n")}`;
}

mkdirSync(target, { recursive: true });
const { css } = compile(join(here, "portal.scss"), {
  style: "compressed",
  charset: false,
  quietDeps: true,
  loadPaths: [modules],
});
keep("portal.css", css);
keep("portal.rtl.css", rtlcss.process(css));
keep("mark.svg", readFileSync(join(here, "mark.svg")));
writeFileSync(join(target, "THIRD_PARTY_NOTICES.txt"), notices());
writeFileSync(join(target, "manifest.json"), JSON.stringify(built, null, 1));
