// Writes schema/cli/*.schema.json from the types in src/cli/output/documents.ts: part of `npm run schema`.
// With --check it writes nothing, and ends with 1 where a file is not what it would write.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = `${ROOT}schema/cli/`;
const SOURCE = `${ROOT}src/cli/output/documents.ts`;

const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [SOURCE] }, ts.sys, ROOT);
const program = ts.createProgram([SOURCE], {
  ...options,
  noEmit: true,
  incremental: false,
  tsBuildInfoFile: undefined,
});
const checker = program.getTypeChecker();

const documents = program
  .getSourceFile(SOURCE)
  ?.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Documents');
if (documents === undefined) throw new Error(`${SOURCE} declares no Documents`);

const files = new Map();
for (const property of checker.getPropertiesOfType(checker.getTypeAtLocation(documents))) {
  files.set(`${property.name}.schema.json`, `${JSON.stringify(documentSchema(property), null, 2)}\n`);
}
const stale = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => !files.has(name)) : [];
if (process.argv.includes('--check')) {
  const read = (name) => (existsSync(FOLDER + name) ? readFileSync(FOLDER + name, 'utf8') : '');
  const wrong = [...stale, ...[...files.keys()].filter((name) => read(name) !== files.get(name))];
  if (wrong.length > 0) {
    process.stderr.write(`not what the types say: ${wrong.join(', ')}; npm run schema writes them\n`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of stale) rmSync(FOLDER + name);
  for (const [name, text] of files) writeFileSync(FOLDER + name, text);
}

/** One file: types that have a name and are used in more than one place stand under `$defs`. */
function documentSchema(property) {
  const type = checker.getTypeOfSymbolAtLocation(property, documents);
  const defs = {};
  const schema = schemaOf(type, { defs, open: [] });
  const [verb, part] = property.name.split('-');
  const command =
    property.name === 'error' ? 'any verb that fails' : `sputnik ${verb}${part === undefined ? '' : ` ${part}`}`;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:sputnik-harvester:schema:cli:${property.name}`,
    title: `What ${command} prints with --json`,
    ...described(property),
    ...schema,
    ...(Object.keys(defs).length > 0 ? { $defs: defs } : {}),
  };
}

function described(symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
  return text === '' ? {} : { description: text };
}

function schemaOf(type, context) {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
  if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
  if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
  if (type.flags & ts.TypeFlags.BooleanLike && !type.isUnion()) return { type: 'boolean' };
  if (type.isUnion()) return unionSchema(type, context);
  if (checker.isTupleType(type) || checker.isArrayType(type)) return arraySchema(type, context);
  if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return objectSchema(type, context);
  throw new Error(`no schema for ${checker.typeToString(type)}`);
}

function unionSchema(type, context) {
  const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
  const isNull = (member) => (member.flags & ts.TypeFlags.Null) !== 0;
  const words = members.filter((member) => member.isStringLiteral()).map(({ value }) => value);
  const booleans = members.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
  const others = members.filter(
    (member) => !member.isStringLiteral() && !isNull(member) && !(booleans.length === 2 && booleans.includes(member)),
  );
  const choices = [
    ...(words.length > 0 ? [{ type: 'string', enum: words.sort() }] : []),
    ...(booleans.length === 2 ? [{ type: 'boolean' }] : []),
    ...others.map((member) => schemaOf(member, context)),
    ...(members.some(isNull) ? [{ type: 'null' }] : []),
  ];
  return choices.length === 1 ? choices[0] : { anyOf: choices };
}

function arraySchema(type, context) {
  const [items] = checker.getTypeArguments(type);
  return { type: 'array', items: items === undefined ? {} : schemaOf(items, context) };
}

function objectSchema(type, context) {
  const name = nameOf(type);
  if (name !== null && name in context.defs) return { $ref: `#/$defs/${name}` };
  if (name !== null) context.defs[name] = {};
  const properties = {};
  const required = [];
  for (const property of checker.getPropertiesOfType(type)) {
    const inner = checker.getTypeOfSymbolAtLocation(property, documents);
    properties[property.name] = { ...described(property), ...schemaOf(inner, context) };
    if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
  }
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const schema = {
    type: 'object',
    ...(Object.keys(properties).length > 0 ? { properties, required } : {}),
    additionalProperties: index === undefined ? false : schemaOf(index, context),
  };
  if (name === null) return schema;
  context.defs[name] = schema;
  return { $ref: `#/$defs/${name}` };
}

/** The name that the source gives a type; null for what stands where it is used. */
function nameOf(type) {
  const name = (type.aliasSymbol ?? type.symbol)?.name ?? '__type';
  const isGeneric =
    (type.aliasTypeArguments ?? []).length > 0 || ['Omit', 'Pick', 'Partial', 'Record', 'Readonly'].includes(name);
  return isGeneric || name.startsWith('__') ? null : name;
}
