import assert from 'node:assert/strict';
import test from 'node:test';
import { wrap } from '../../../../../static_site/js/result/share-picture.js';

const measure = (/** @type {string} */ text) => text.length;

test('lines are as long as they can be', () => {
  assert.deepEqual(wrap(measure, 'of the people it knows', 10), ['of the', 'people it', 'knows']);
  assert.deepEqual(wrap(measure, 'short', 10), ['short']);
});

test('a word that is too long is broken after its hyphens, or cut', () => {
  assert.deepEqual(wrap(measure, 'a incomprehensible b', 5), ['a', 'incom', 'prehe', 'nsibl', 'e b']);
  assert.deepEqual(wrap(measure, 'von Hohenstaufen-Wittelsbach - so', 14), ['von', 'Hohenstaufen-', 'Wittelsbach -', 'so']);
});

test('nothing stands outside of a line', () => {
  for (const text of ['Dr. Anna-Maria Schmitt-Łukasiewicz', 'up to 99\u00a0%', '']) {
    const lines = wrap(measure, text, 9);
    assert.ok(lines.every((line) => line.length <= 9));
    assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});
