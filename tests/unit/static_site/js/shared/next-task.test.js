import assert from 'node:assert/strict';
import test from 'node:test';
import { nextTask, putOffFirst } from '../../../../../static_site/js/shared/next-task.js';

test('the first drawing waits for its own task, and a newer one takes its place', async () => {
  /** @type {string[]} */
  const drawn = [];
  const whenReady = putOffFirst();
  whenReady(() => drawn.push('old'));
  whenReady(() => drawn.push('new'));
  assert.deepEqual(drawn, []);
  await nextTask();
  assert.deepEqual(drawn, ['new']);
});

test('later drawings do not wait', async () => {
  let drawn = 0;
  const whenReady = putOffFirst();
  whenReady(() => (drawn += 1));
  await nextTask();
  whenReady(() => (drawn += 1));
  assert.equal(drawn, 2);
});
