// Drives Chromium by its debugging protocol over a WebSocket; Node.js has all that needs. See dashboard-pictures.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = process.argv[2];
const { apiUrl, apiKey, dashboardUrl } = JSON.parse(fs.readFileSync(process.env.DEV_JSON, 'utf8'));
const origin = new URL(dashboardUrl).origin;
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'dashboard-pictures-'));
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--window-size=1600,1000', '--remote-debugging-pipe',
  `--user-data-dir=${profile}`, 'about:blank',
];

/** A connection to Chromium over the two pipes it opens for --remote-debugging-pipe. */
class Browser {
  constructor() {
    this.process = spawn(process.env.CHROMIUM, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.next = 1;
    this.waiting = new Map();
    let rest = '';
    this.process.stdio[4].on('data', (chunk) => {
      const parts = (rest + chunk).split('\0');
      rest = parts.pop();
      for (const part of parts) this.receive(JSON.parse(part));
    });
    this.process.on('exit', () => { for (const { reject } of this.waiting.values()) reject(new Error('Chromium ended')); });
  }

  receive(message) {
    const call = this.waiting.get(message.id);
    if (!call) return;
    this.waiting.delete(message.id);
    if (message.error) call.reject(new Error(message.error.message));
    else call.resolve(message.result);
  }

  send(method, params = {}, sessionId = this.session) {
    const id = this.next++;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  async open() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' }, undefined);
    this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true }, undefined)).sessionId;
    await this.send('Emulation.setDeviceMetricsOverride', { width: 1600, height: 1000, deviceScaleFactor: 1, mobile: false });
  }

  async evaluate(expression) {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    return result.value;
  }

  /** Waits until the expression is true in the page. */
  async until(expression, what) {
    for (let left = 300; left > 0; left -= 1) {
      if (await this.evaluate(`Boolean(${expression})`).catch(() => false)) return;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    await this.picture('failed');
    throw new Error(`not seen within 30 s: ${what}`);
  }

  async picture(name) {
    // The page animates; two frames later it has settled what it was told.
    await this.evaluate('new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))');
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    fs.writeFileSync(path.join(folder, `${name}.png`), Buffer.from(data, 'base64'));
    console.log(path.join(folder, `${name}.png`));
  }
}

const text = 'document.body.innerText';
/** What a message goes through, as its trace names it. */
const steps = ['POST /v1/mail/send', 'queue wait', 'deliver', 'smtp', 'inbound session'];

async function main(browser) {
  fs.mkdirSync(folder, { recursive: true });
  await browser.open();
  await browser.send('Page.navigate', { url: dashboardUrl });
  await browser.until(`${text}.includes('postgres') && ${text}.includes('Running')`, 'the list of resources');
  await browser.picture('resources');

  await browser.send('Page.navigate', { url: `${origin}/consolelogs/resource/postgres` });
  await browser.until(`${text}.includes('ready to accept connections')`, 'the console log of postgres');
  await browser.picture('console-logs');

  const trace = await traceOfMessage();
  await browser.send('Page.navigate', { url: `${origin}/traces` });
  await browser.until(`${text}.includes('POST /v1/mail/send')`, 'the trace of a message');
  await browser.picture('traces');

  await browser.send('Page.navigate', { url: `${origin}/traces/detail/${trace}` });
  await browser.until(`${JSON.stringify(steps)}.every((step) => ${text}.includes(step))`, 'the spans of the trace');
  await browser.picture('trace');

  for (const instrument of ['mail.delivery.attempts', 'mail.queue.depth', 'mail.delivery.latency']) {
    // As the links beside the worker, see Mail.AppHost/DashboardLinks.cs.
    await browser.send('Page.navigate', { url: `${origin}/metrics/resource/worker?meter=Mail.Worker&instrument=${instrument}&duration=5&view=Graph` });
    await browser.until(`document.querySelector('.js-plotly-plot .trace, .js-plotly-plot .scatterlayer .js-line') && ${text}.includes('${instrument}')`, `the graph of ${instrument}`);
    await browser.picture(instrument);
  }
}

/** Sends a message, and waits until the dashboard has its trace from the request to the inbound session. */
async function traceOfMessage() {
  const response = await fetch(`${apiUrl}/v1/mail/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: 'hello@demo.test', to: 'reader@example.test', subject: 'A picture', text: 'Smile.' }),
  });
  if (response.status !== 202) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  const trace = response.headers.get('x-request-id');
  for (let left = 300; left > 0; left -= 1) {
    const names = await spansOf(trace);
    if (steps.every((step) => names.includes(step))) return trace;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`the dashboard has not got the whole trace ${trace} within 30 s`);
}

/** The names of the spans of a trace so far. */
async function spansOf(trace) {
  const token = new URL(dashboardUrl).searchParams.get('t');
  const response = await fetch(`${origin}/api/telemetry/spans?traceId=${trace}`, { headers: { 'x-api-key': token } });
  if (!response.ok) throw new Error(`the telemetry API answered ${response.status}`);
  const { data } = await response.json();
  return (data.resourceSpans ?? []).flatMap((resource) => resource.scopeSpans ?? []).flatMap((scope) => scope.spans ?? []).map((span) => span.name);
}

const browser = new Browser();
main(browser)
  .catch((error) => { console.error(`dashboard-pictures: ${error.message}`); process.exitCode = 1; })
  .finally(() => {
    browser.process.kill();
    browser.process.on('exit', () => fs.rmSync(profile, { recursive: true, force: true }));
  });
