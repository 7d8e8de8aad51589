// Reads every .eml of a folder with mailparser; prints one JSON object by file name.
const { createHash } = require('node:crypto');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { simpleParser } = require(join(process.argv[3], 'mailparser'));

const people = field => (field ? [].concat(field).flatMap(f => f.value).map(v => [v.name, v.address]) : []);
const options = { skipImageLinks: true, skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, keepCidLinks: true };

(async () => {
  const result = {};
  for (const name of readdirSync(process.argv[2]).filter(n => n.endsWith('.eml'))) {
    const mail = await simpleParser(readFileSync(join(process.argv[2], name)), options);
    result[name] = {
      subject: mail.subject ?? null, from: people(mail.from), to: people(mail.to), cc: people(mail.cc),
      date: mail.date?.toISOString() ?? null, id: mail.messageId ?? null, text: mail.text ?? null, html: mail.html || null,
      files: mail.attachments.map(a => [a.filename ?? null, a.contentType, createHash('sha256').update(a.content).digest('hex')]), defects: [],
    };
  }
  process.stdout.write(JSON.stringify(result));
})();
