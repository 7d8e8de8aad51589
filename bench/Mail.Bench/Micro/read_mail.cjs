// Reads one mail again and again with mailparser; prints messages per second of processor time.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { simpleParser } = require(join(process.argv[2], 'mailparser'));

const options = { skipImageLinks: true, skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true };
const octets = readFileSync(0);
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
(async () => {
  for (let i = 0; i < 200; i++) await simpleParser(octets, options);
  const start = used();
  let count = 0;
  for (; used() - start < 2; count++) await simpleParser(octets, options);
  console.log(count / (used() - start));
})();
