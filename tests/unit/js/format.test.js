import assert from 'node:assert/strict';
import test from 'node:test';
import { certainty, counted, duration, fileSize, introduction, percent, readable } from '../../../static_site/js/format.js';

test('a percentage never claims more than is known', () => {
  assert.deepEqual([0, 0.004, 0.01, 0.5, 0.99, 0.996, 1].map(percent), [
    '0 %', '< 1 %', '1 %', '50 %', '99 %', '> 99 %', '100 %',
  ]);
});

test('certainty in words follows the probability', () => {
  const words = [0.95, 0.9, 0.7, 0.4, 0.1, 0].map(certainty);
  assert.equal(words[0], words[1]);
  assert.equal(new Set(words).size, 4);
  assert.match(words[5], /hardly/i);
});

test('the nearest of strangers is not announced as a match', () => {
  assert.equal(introduction(0.5, 158), 'Of the 158 people it knows, most like');
  assert.match(introduction(0.1, 158), /^Like none of the 158/);
  assert.match(introduction(0.5, undefined), /^Of the people it knows/);
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
  assert.equal(counted(1, 'face', 'faces'), '1 face');
  assert.equal(counted(2, 'face', 'faces'), '2 faces');
});
