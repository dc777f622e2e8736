import assert from 'node:assert/strict';
import test from 'node:test';
import { loadLanguage } from '../../../../../static_site/js/shared/texts.js';
import { wordingOf } from '../../../../../static_site/js/shared/wording.js';

/** @type {any} */
const explanation = {
  language: 'en',
  sentences: ['The nose.'],
  contrasts: [{ sentence: 'The nose speaks for A.' }],
  translations: { de: { sentences: ['Die Nase.'], contrasts: ['Für A spricht die Nase.'] } },
};

test('the sentences follow the language of the page, where the result has them', async () => {
  await loadLanguage('de');
  const german = { language: 'de', sentences: ['Die Nase.'], contrasts: ['Für A spricht die Nase.'] };
  assert.deepEqual(wordingOf(explanation), german);
  await loadLanguage('en');
  const own = { language: 'en', sentences: ['The nose.'], contrasts: ['The nose speaks for A.'] };
  assert.deepEqual(wordingOf(explanation), own);
});

test('an older result keeps its own language', async () => {
  await loadLanguage('de');
  assert.equal(wordingOf({ ...explanation, translations: undefined }).language, 'en');
  assert.deepEqual(wordingOf(null), { language: 'en', sentences: [], contrasts: [] });
  await loadLanguage('en');
});
