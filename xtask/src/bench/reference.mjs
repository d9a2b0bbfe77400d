// The reference's WebAssembly build, measured in one process: node reference.mjs DIR SECONDS FILE...
// Prints a line of JSON for each file and operation: median and best of the warm calls in milliseconds.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [dir, seconds, ...files] = process.argv.slice(2);
const wasm = createRequire(path.join(path.resolve(dir), 'x.js'))('@prisma/prisma-schema-wasm');
for (const file of files) {
  const sources = [['schema.prisma', fs.readFileSync(file, 'utf8')]];
  const document = { textDocument: { uri: 'file:/schema.prisma' }, options: { tabSize: 2, insertSpaces: true } };
  const operations = {
    validate: () => wasm.validate(JSON.stringify({ prismaSchema: sources, noColor: true })),
    format: () => wasm.format(JSON.stringify(sources), JSON.stringify(document)),
    dmmf: () => wasm.get_dmmf(JSON.stringify({ prismaSchema: sources, noColor: true })),
  };
  for (const [operation, run] of Object.entries(operations)) {
    try {
      const times = [];
      const started = performance.now();
      while (times.length < 4 || performance.now() - started < seconds * 1000) {
        const begun = performance.now();
        run();
        times.push(performance.now() - begun);
        if (performance.now() - started > 20000) break;
      }
      const warm = times.slice(1).sort((a, b) => a - b);
      console.log(JSON.stringify({ file, operation, median: warm[warm.length >> 1] ?? times[0], best: warm[0] ?? times[0] }));
    } catch (error) {
      console.log(JSON.stringify({ file, operation, failed: String(error).slice(0, 200) }));
    }
  }
}
