// Takes every address out of the lock file; what is fetched is named by its integrity hash alone.
import { readFileSync, writeFileSync } from "node:fs";

const name = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(name));
for (const about of Object.values(lock.packages)) {
  delete about.resolved;
  delete about.funding;
}
writeFileSync(name, `${JSON.stringify(lock, null, 2)}\n`);
