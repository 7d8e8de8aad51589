// Renders the cases of sdks/templates/conformance.json that use nothing but Handlebars, with Handlebars itself.
const path = require('node:path');
const root = process.argv[2];
const Handlebars = require(path.join(root, 'tests/tools/node_modules/handlebars'));
const { cases } = require(path.join(root, 'sdks/templates/conformance.json'));
const answers = {};
for (const { name, context, template, model, output } of cases) {
  if (output === undefined || context === 'subject') continue;
  try {
    answers[name] = Handlebars.compile(template, { noEscape: context === 'text', strict: false })(model);
  } catch (error) {
    answers[name] = null; // One of our helpers.
  }
}
process.stdout.write(JSON.stringify(answers));
