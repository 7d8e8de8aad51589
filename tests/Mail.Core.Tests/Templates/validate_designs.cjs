// Reads a JSON array of design documents and answers an array of whether each fits sdks/templates/design.schema.json.
const path = require('node:path');
const root = process.argv[2];
const Ajv = require(path.join(root, 'tests/tools/node_modules/ajv/dist/2020'));
const validate = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(require(path.join(root, 'sdks/templates/design.schema.json')));
let input = '';
process.stdin.on('data', (chunk) => { input += chunk; }).on('end', () => {
  const answers = JSON.parse(input).map((design) => (validate(design) ? 'valid' : JSON.stringify(validate.errors[0])));
  process.stdout.write(JSON.stringify(answers));
});
