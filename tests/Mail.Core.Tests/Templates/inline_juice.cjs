// Inlines documents with juice: a JSON array of HTML in, one of HTML out.
const path = require('node:path');
const juice = require(path.join(process.argv[2], 'tests/tools/node_modules/juice'));
let input = '';
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => {
  const options = { preserveImportant: true, applyWidthAttributes: false, applyHeightAttributes: false, applyAttributesTableElements: false };
  process.stdout.write(JSON.stringify(JSON.parse(input).map((html) => juice(html, options))));
});
