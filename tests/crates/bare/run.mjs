// Runs the program as WebAssembly: `node run.mjs bare.wasm`.
import { readFileSync, writeSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
// Here a function that does not exist becomes an import.
const imports = WebAssembly.Module.imports(module).map(({ module, name }) => `${module}.${name}`);
if (imports.join() !== "host.print") throw new Error(`the program needs ${imports}`);

const print = (from, length) => writeSync(1, new Uint8Array(exports.memory.buffer, from, length));
const { exports } = new WebAssembly.Instance(module, { host: { print } });
process.exit(exports.run());
