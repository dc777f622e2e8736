import assert from 'node:assert/strict';
import test from 'node:test';
import { TIMEOUT, pause, retryAfter, sleep, waitForResult } from '../../../../../static_site/js/progress/poll.js';
import { pageError } from '../../../../../static_site/js/shared/errors.js';

const ID = '0'.repeat(32);
const NOW = Date.parse('2030-01-01T00:00:00Z');

/**
 * A server that gives these answers one after the other, and a clock that only sleeping moves.
 *
 * @param {(string | Error)[]} answers statuses, or what is thrown
 */
function server(answers, header = '1') {
  const seen = /** @type {{naps: number[], statuses: string[]}} */ ({ naps: [], statuses: [] });
  let time = NOW;
  const left = [...answers];
  const dependencies = {
    getResult: async () => {
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof Error) throw next;
      return { result: /** @type {any} */ ({ id: ID, status: next }), retryAfter: header };
    },
    sleep: async (/** @type {AbortSignal} */ _, /** @type {number} */ milliseconds) => {
      seen.naps.push(milliseconds);
      time += milliseconds;
    },
    now: () => time,
    onStatus: (/** @type {string} */ status) => seen.statuses.push(status),
  };
  return { dependencies, seen };
}

const signal = () => new AbortController().signal;

test('Retry-After is understood as seconds and as a date', () => {
  assert.equal(retryAfter('2', NOW), 2000);
  assert.equal(retryAfter('Tue, 01 Jan 2030 00:00:03 GMT', NOW), 3000);
  assert.equal(retryAfter('Mon, 31 Dec 2029 00:00:00 GMT', NOW), 0);
  assert.equal(retryAfter(null, NOW), 0);
  assert.equal(retryAfter('soon', NOW), 0);
});

test('pauses grow up to a limit, and are never shorter than asked', () => {
  const pauses = Array.from({ length: 30 }, (_, attempt) => pause(attempt, 0));
  assert.deepEqual(pauses, [...pauses].sort((one, other) => one - other));
  assert.equal(pauses[29], 5000);
  assert.equal(pause(0, 9000), 9000);
});

test('it waits through the states to the end', async () => {
  const { dependencies, seen } = server(['waiting', 'processing', 'done']);
  const result = await waitForResult(signal(), ID, dependencies);
  assert.equal(result.status, 'done');
  assert.deepEqual(seen.statuses, ['waiting', 'processing']);
  assert.ok(seen.naps.every((nap) => nap >= 1000));
});

test('a failed result is an end as well', async () => {
  const { dependencies } = server(['failed']);
  assert.equal((await waitForResult(signal(), ID, dependencies)).status, 'failed');
});

test('a connection that comes back is forgiven, one that stays away is not', async () => {
  const short = server([pageError('network'), pageError('server'), 'done']);
  assert.equal((await waitForResult(signal(), ID, short.dependencies)).status, 'done');
  const long = server([pageError('network')]);
  await assert.rejects(waitForResult(signal(), ID, long.dependencies), { reason: 'network' });
  assert.ok(long.seen.naps.length >= 3);
});

test('an unknown id ends the waiting at once', async () => {
  const { dependencies, seen } = server([pageError('not-found')]);
  await assert.rejects(waitForResult(signal(), ID, dependencies), { reason: 'not-found' });
  assert.deepEqual(seen.naps, []);
});

test('patience has an end, which is offered as a choice', async () => {
  const { dependencies, seen } = server(['waiting']);
  await assert.rejects(waitForResult(signal(), ID, dependencies), { reason: 'slow', retry: true });
  assert.ok(seen.naps.reduce((sum, nap) => sum + nap) > TIMEOUT);
});

test('an abort ends a sleep', async () => {
  const controller = new AbortController();
  const nap = sleep(controller.signal, 60_000);
  controller.abort();
  await assert.rejects(nap, { name: 'AbortError' });
  await assert.rejects(sleep(controller.signal, 0), { name: 'AbortError' });
});
