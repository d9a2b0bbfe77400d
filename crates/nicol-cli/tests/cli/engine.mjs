// What the reference engine can do beyond the operations of oracle.mjs: `migrate resolve` and the database's part of
// `migrate reset`.
//   node engine.mjs PACKAGES applied|rolled-back|reset SCHEMA URL MIGRATIONS [NAME]
// PACKAGES is the folder whose node_modules holds the engine.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import fs from 'node:fs';
import path from 'node:path';

const [packages, operation, schema, url, migrations, name] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), 'any.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)));

const home = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
const glue = await import(pathToFileURL(path.join(home, 'schema_engine_bg.js')));
const bytes = fs.readFileSync(path.join(home, 'schema_engine_bg.wasm'));
const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start?.();

let factory;
if (url.startsWith('file:')) {
  const { PrismaLibSql } = await load('@prisma/adapter-libsql');
  factory = new PrismaLibSql({ url });
} else {
  const { PrismaPg } = await load('@prisma/adapter-pg');
  factory = new PrismaPg({ connectionString: url });
}
const { bindMigrationAwareSqlAdapterFactory } = await load('@prisma/driver-adapter-utils');
const datamodels = [[schema, fs.readFileSync(schema, 'utf8')]];
const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));

function migrationsList() {
  const read = (file) => fs.readFileSync(path.join(migrations, file), 'utf8');
  const folders = fs.readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const directory = ({ name }) => {
    const content = { tag: 'ok', value: read(path.join(name, 'migration.sql')) };
    return { path: name, migrationFile: { path: 'migration.sql', content } };
  };
  return {
    baseDir: migrations,
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: folders.map(directory).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

const operations = {
  applied: () => engine.markMigrationApplied({ migrationName: name, migrationsList: migrationsList() }),
  'rolled-back': () => engine.markMigrationRolledBack({ migrationName: name }),
  reset: () => engine.reset({ filter: { externalTables: [], externalEnums: [] } }),
};
try {
  await operations[operation]();
  process.exit(0);
} catch (error) {
  console.error(error?.message ?? error);
  process.exit(1);
}
