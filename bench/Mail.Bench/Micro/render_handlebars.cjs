// Renders one template again and again with Handlebars, compiled before; prints renderings per second of processor time.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const Handlebars = require(join(process.argv[2], 'handlebars'));

const { source, data, expected } = JSON.parse(readFileSync(0, 'utf8'));
const render = Handlebars.compile(source);
const plain = (html) => html.replaceAll('&#x3D;', '='); // Handlebars escapes this one too.
if (plain(render(data)) !== expected) throw new Error('Handlebars renders something else.');
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
for (const end = used() + 1; used() < end;) render(data);
const start = used();
let count = 0;
for (; used() - start < 2; count++) render(data);
console.log(count / (used() - start));
