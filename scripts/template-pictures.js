// Loads each golden mail in Chromium and takes a picture of it; images that the mails name are drawn here. See template-pictures.
const fs = require('node:fs');
const path = require('node:path');

const [root, folder] = process.argv.slice(2);
const { chromium } = require(path.join(root, 'tests/tools/node_modules/playwright-core'));
const golden = path.join(root, 'tests/Mail.Core.Tests/Templates/Design/Golden');
const placeholder = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="180"><rect width="300" height="180" fill="#c4b5fd"/>'
  + '<circle cx="220" cy="60" r="28" fill="#fde68a"/><path d="M0 180 100 80l70 60 50-40 80 80z" fill="#7c3aed"/></svg>';
const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="140" height="40"><rect width="140" height="40" rx="8" fill="#0f766e"/></svg>';

async function main() {
  fs.mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  for (const file of fs.readdirSync(golden).filter((name) => name.endsWith('.html'))) {
    for (const width of [600, 375]) {
      for (const colorScheme of ['light', 'dark']) {
        const page = await browser.newPage({ viewport: { width: width === 600 ? 680 : width, height: 400 }, colorScheme });
        await page.route('**/*', (route) => (route.request().resourceType() === 'image'
          ? route.fulfill({ contentType: 'image/svg+xml', body: route.request().url().includes('logo') ? logo : placeholder }) : route.abort()));
        await page.setContent(fs.readFileSync(path.join(golden, file), 'utf8'), { waitUntil: 'load' });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (overflow > 0) throw new Error(`${file} is ${overflow} pixels wider than ${width}.`);
        await page.screenshot({ path: path.join(folder, `${file.slice(0, -5)}-${width}-${colorScheme}.png`), fullPage: true });
        await page.close();
      }
    }
  }
  await browser.close();
}

main().catch((error) => { console.error(`template-pictures: ${error.message}`); process.exit(1); });
