// npm smtp-server on a free loopback port. Prints the port, then one JSON line per message. Ends with its standard input.
'use strict';
const fs = require('fs');
const { SMTPServer } = require('smtp-server');

const pem = fs.readFileSync(process.argv[2]);
const server = new SMTPServer({
  name: 'mx.local.test',
  key: pem,
  cert: pem,
  authOptional: true,
  authMethods: ['LOGIN', 'XOAUTH2'],
  onAuth(auth, session, done) {
    const ok = auth.password === 'correct' || auth.accessToken === 'correct';
    done(ok ? null : new Error('Invalid'), { user: auth.username });
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('end', () => {
      console.log(JSON.stringify({
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map(to => to.address),
        options: [],
        content: Buffer.concat(chunks).toString('base64'),
        tls: session.secure,
        login: session.user || null,
      }));
      done(null, 'kept');
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
