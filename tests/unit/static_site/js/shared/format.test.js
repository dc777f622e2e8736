import assert from 'node:assert/strict';
import test from 'node:test';
import { duration, fileSize, keepTogether, locale, percent, probabilityText, readable } from '../../../../../static_site/js/shared/format.js';

test('a percentage never claims more than is known', () => {
  assert.deepEqual([0, 0.004, 0.01, 0.5, 0.99, 0.996, 1].map(percent), [
    '0\u00a0%', '<\u00a01\u00a0%', '1\u00a0%', '50\u00a0%', '99\u00a0%', '>\u00a099\u00a0%', '100\u00a0%',
  ]);
  assert.equal(keepTogether('from 76 % to 9 %'), 'from 76\u00a0% to 9\u00a0%');
});

test('a probability that was rounded to 0 or 1 is neither', () => {
  assert.deepEqual([0, 0.5, 1].map(probabilityText), ['<\u00a01\u00a0%', '50\u00a0%', '>\u00a099\u00a0%']);
});

test('sizes', () => {
  const sizes = [0, 900, 2048, 1024 * 1024, 2.5 * 1024 * 1024, 20 * 1024 * 1024];
  assert.deepEqual(sizes.map(fileSize), ['0 bytes', '900 bytes', '2 KB', '1 MB', '2.5 MB', '20 MB']);
});

test('durations', () => {
  assert.deepEqual([0, 0.012, 0.9994, 1.25, 12.4].map(duration), ['< 1 ms', '12 ms', '999 ms', '1.3 s', '12 s']);
});

test('names from the contract read as words', () => {
  assert.equal(readable('left eye'), 'Left eye');
  assert.equal(readable('gc_map'), 'Gc map');
});

test('dates are written as in the region of a visitor who reads the language of the page', () => {
  const prefer = (/** @type {string[]} */ ...languages) =>
    Object.defineProperty(globalThis, 'navigator', { value: { languages }, configurable: true });
  prefer('de-AT', 'en-GB', 'en-US');
  assert.equal(locale(), 'en-GB');
  prefer('de-AT');
  assert.equal(locale(), 'en');
});
