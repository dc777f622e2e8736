import assert from 'node:assert/strict';
import test from 'node:test';
import { createQueue, nextTask, putOffFirst } from '../../../../../static_site/js/shared/next-task.js';

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

/** @param {string[]} done @param {string[]} names */
const steps = (done, ...names) => names.map((name) => () => void done.push(name));

test('steps are done in order, with a pause before each', async () => {
  /** @type {string[]} */
  const done = [];
  const queue = createQueue(async () => void done.push('pause'));
  await queue.add(steps(done, 'one', 'two'));
  assert.deepEqual(done, ['pause', 'one', 'pause', 'two']);
});

test('what is left is done at once when it has to be, or before what comes next', async () => {
  /** @type {string[]} */
  const done = [];
  const queue = createQueue(nextTask);
  const first = queue.add(steps(done, 'one', 'two'));
  queue.finish();
  assert.deepEqual(done, ['one', 'two']);
  const second = queue.add(steps(done, 'three'));
  const third = queue.add(steps(done, 'four'));
  assert.deepEqual(done, ['one', 'two', 'three']);
  await Promise.all([first, second, third]);
  assert.deepEqual(done, ['one', 'two', 'three', 'four']);
});
