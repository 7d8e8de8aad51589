// Sums the counters of all .trx files below a folder: "N passed, N failed[, N skipped]".
// Fails when no test ran, when one failed, or when a run did not complete.
const fs = require('node:fs');
const path = require('node:path');

const folder = process.argv[2];
const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.trx')) : [];
const sum = { total: 0, executed: 0, passed: 0, notExecuted: 0 };
let aborted = 0;
for (const name of files) {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  const counters = /<Counters ([^>]*)\/>/.exec(text)?.[1] ?? '';
  const outcome = /<ResultSummary outcome="([^"]*)"/.exec(text)?.[1];
  const value = (key) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(counters)?.[1] ?? 0);
  for (const key of Object.keys(sum)) sum[key] += value(key);
  const failed = value('executed') - value('passed');
  if (outcome !== 'Completed' && failed === 0) aborted += 1;
}
// A run that broke off counts as a failure even when every test it got to has passed.
const failed = sum.executed - sum.passed + aborted;
const skipped = sum.total - sum.executed;
console.log(`${sum.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(sum.executed === 0 || failed > 0 ? 1 : 0);
