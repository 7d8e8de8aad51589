// Validates an OpenAPI document, and every example in it against its schema:  node openapi.mjs <file>
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const complaints = [];

const { valid, errors } = await new Validator().validate(structuredClone(document));
if (!valid) complaints.push(`the document: ${JSON.stringify(errors, null, 1)}`);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'mail:/', components: document.components });
const local = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"mail:/#/components/'));

// Compiling is what takes time, and most bodies are of few schemas.
const compiled = new Map();
function compile(schema) {
  const text = local(schema);
  const key = JSON.stringify(text);
  if (!compiled.has(key)) compiled.set(key, ajv.compile(text));
  return compiled.get(key);
}

let checked = 0;
function check(where, schema, example) {
  checked += 1;
  const validate = compile(schema);
  if (!validate(example)) complaints.push(`${where}: ${ajv.errorsText(validate.errors)}\n  ${JSON.stringify(example)}`);
}

for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const bodies = { request: operation.requestBody, ...operation.responses };
    for (const [name, body] of Object.entries(bodies)) {
      for (const media of Object.values(body?.content ?? {})) {
        if ('example' in media) check(`${method} ${path} ${name}`, media.schema, media.example);
        for (const [code, example] of Object.entries(media.examples ?? {})) {
          if ('value' in example) check(`${method} ${path} ${name} ${code}`, media.schema, example.value);
        }
      }
    }
  }
}

for (const [code, example] of Object.entries(document.components.examples)) {
  check(`example ${code}`, { $ref: '#/components/schemas/Problem' }, example.value);
}

if (checked === 0) complaints.push('no example was found');
console.log(complaints.join('\n'));
process.exitCode = complaints.length === 0 ? 0 : 1;
