import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonSchemas } from '#app/check/json-schema';
import '#schemas/generate';

/** Writes model/schema beside what schemas/generate writes; `--check` only compares and exits 1 on a difference. */
const folder = fileURLToPath(new URL('../../model/schema/', import.meta.url));
const check = process.argv.includes('--check');
if (!check) mkdirSync(folder, { recursive: true });
for (const [file, text] of jsonSchemas()) {
  if (!check) writeFileSync(`${folder}${file}`, text);
  else if (readFileSync(`${folder}${file}`, 'utf8') !== text) {
    process.exitCode = 1;
    process.stderr.write(`model/schema/${file} does not match the model's language; run npm run gen\n`);
  }
}
