import assert from 'node:assert/strict';
import test from 'node:test';
import { wrap } from '../../../../../static_site/js/result/share-picture.js';

const measure = (/** @type {string} */ text) => text.length;

test('lines are as long as they can be', () => {
  assert.deepEqual(wrap(measure, 'of the people it knows', 10), ['of the', 'people it', 'knows']);
  assert.deepEqual(wrap(measure, 'short', 10), ['short']);
});

test('a word that is too long has a line of its own', () => {
  assert.deepEqual(wrap(measure, 'a incomprehensible b', 5), ['a', 'incomprehensible', 'b']);
});
