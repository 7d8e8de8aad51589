// Drives Chromium by its debugging protocol over a WebSocket; Node.js has all that needs. See dashboard-pictures.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = process.argv[2];
const { dashboardUrl } = JSON.parse(fs.readFileSync(process.env.DEV_JSON, 'utf8'));
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

async function main(browser) {
  fs.mkdirSync(folder, { recursive: true });
  await browser.open();
  await browser.send('Page.navigate', { url: dashboardUrl });
  await browser.until(`${text}.includes('postgres') && ${text}.includes('Running')`, 'the list of resources');
  await browser.picture('resources');

  await browser.send('Page.navigate', { url: `${origin}/consolelogs/resource/postgres` });
  await browser.until(`${text}.includes('ready to accept connections')`, 'the console log of postgres');
  await browser.picture('console-logs');

  await browser.send('Page.navigate', { url: `${origin}/traces` });
  await browser.until(`document.querySelector('a[href*="/traces/detail/"], .fluent-data-grid tbody tr, fluent-data-grid-row')`, 'a trace');
  await browser.picture('traces');

  const trace = process.env.TRACE_ID ?? await longestTrace();
  if (!trace) throw new Error('no trace has been recorded yet; send a message first');
  await browser.send('Page.navigate', { url: `${origin}/traces/detail/${trace}` });
  await browser.until(`${text}.includes('Duration') || ${text}.includes('Total spans')`, 'the spans of the trace');
  await browser.picture('trace');
}

/** The recorded trace with the most spans. */
async function longestTrace() {
  const token = new URL(dashboardUrl).searchParams.get('t');
  const response = await fetch(`${origin}/api/telemetry/traces`, { headers: { 'x-api-key': token } });
  if (!response.ok) throw new Error(`the telemetry API answered ${response.status}`);
  const { data } = await response.json();
  const spans = new Map();
  for (const resource of data.resourceSpans ?? [])
    for (const scope of resource.scopeSpans ?? [])
      for (const span of scope.spans ?? []) spans.set(span.traceId, (spans.get(span.traceId) ?? 0) + 1);
  return [...spans].sort((a, b) => b[1] - a[1])[0]?.[0];
}

const browser = new Browser();
main(browser)
  .catch((error) => { console.error(`dashboard-pictures: ${error.message}`); process.exitCode = 1; })
  .finally(() => {
    browser.process.kill();
    browser.process.on('exit', () => fs.rmSync(profile, { recursive: true, force: true }));
  });
