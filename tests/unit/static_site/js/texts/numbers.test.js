import assert from 'node:assert/strict';
import test from 'node:test';
import { numbersWith } from '../../../../../static_site/js/texts/numbers.js';

test('whole numbers are written as the browser writes them', () => {
  for (const [language, separator] of [['en', ','], ['de', '.']]) {
    const { number } = numbersWith(separator);
    for (const value of [0, 7, 999, 1000, 5749, 12_345, 999_999, 1_000_000]) {
      assert.equal(number(value), value.toLocaleString(language));
    }
  }
});

test('one has the singular, everything else the plural', () => {
  const { plural } = numbersWith(',');
  assert.deepEqual([0, 1, 2, 5749].map((count) => plural(count, 'person', 'people')), [
    '0 people', '1 person', '2 people', '5,749 people',
  ]);
});
