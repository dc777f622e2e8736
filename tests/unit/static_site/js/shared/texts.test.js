import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { bestLanguage, featureName, LANGUAGES, loadLanguage, lookUp, texts } from '../../../../../static_site/js/shared/texts.js';

test('a text is found by its key, and a wrong key is an error', () => {
  assert.equal(lookUp('share.copy'), 'Copy link');
  assert.throws(() => lookUp('share.nothing'), /share.nothing/);
  assert.throws(() => lookUp('share'), /share/);
});

test('a feature without a translation keeps its name', () => {
  assert.equal(featureName('left eye'), 'Left eye');
  assert.equal(featureName('third eye'), 'Third eye');
});

const SITE = new URL('../../../../../static_site/', import.meta.url);
const html = readFileSync(new URL('index.html', SITE), 'utf8');

test('every key in index.html has a text', () => {
  const keys = [...html.matchAll(/data-(?:text|label|alt|placeholder)="([^"]+)"/g)].map(([, key]) => key);
  assert.ok(keys.length > 50);
  for (const key of keys) assert.ok(lookUp(key));
});

test('index.html itself holds no text but the title, the description, the logo and the note for no script', () => {
  const allowed = ['BRAIN', lookUp('page.title')];
  const body = html.replace(/<noscript>.*?<\/noscript>/s, '');
  const found = [...body.matchAll(/>([^<>]*[A-Za-z][^<>]*)</g)].map(([, text]) => text.trim());
  assert.deepEqual(found.filter((text) => !allowed.includes(text)), []);
  assert.ok(html.includes(`content="${lookUp('page.description')}"`));
  const attributes = [...html.matchAll(/ (?:aria-label|alt|title|placeholder)="([^"]+)"/g)];
  assert.deepEqual(attributes.map(([, text]) => text), []);
});

test('every text is used', () => {
  const sources = readdirSync(new URL('js/', SITE), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('texts'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    .join('');
  const tables = new Set(['names', 'roles', 'stages', 'detectors', 'titles', 'hints', 'errors', 'photoErrors']);
  /** @param {any} table @param {string} path @returns {string[]} */
  const unused = (table, path) =>
    Object.entries(table).flatMap(([name, value]) => {
      const key = path ? `${path}.${name}` : name;
      if (typeof value === 'object' && !tables.has(name)) return unused(value, key);
      return html.includes(`"${key}"`) || new RegExp(`\\b${name}\\b`).test(sources) ? [] : [key];
    });
  assert.deepEqual(unused(texts, ''), []);
});

test('the language is the first that the page has', () => {
  assert.equal(bestLanguage(['fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(bestLanguage(['en-GB', 'de']), 'en');
  assert.equal(bestLanguage(['fr']), 'en');
  assert.equal(bestLanguage([]), 'en');
});

test('every language has every text, and no text is left in English', async () => {
  /** @param {any} table @param {string} path @returns {[string, any][]} */
  const flatten = (table, path = '') =>
    Object.entries(table).flatMap(([name, value]) =>
      typeof value === 'object' ? flatten(value, `${path}${name}.`) : [[`${path}${name}`, value]],
    );
  const english = new Map(flatten(texts));
  for (const code of /** @type {(keyof typeof LANGUAGES)[]} */ (Object.keys(LANGUAGES))) {
    await loadLanguage(code);
    assert.equal(texts.code, code);
    const table = flatten(texts);
    assert.deepEqual(table.map(([key]) => key), [...english.keys()]);
    if (code === 'en') continue;
    const same = table.filter(([key, text]) => typeof text === 'string' && text.includes(' ') && text === english.get(key));
    assert.deepEqual(same, []);
  }
  await loadLanguage('en');
});
