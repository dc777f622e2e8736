import assert from 'node:assert/strict';
import test from 'node:test';
import { TIMEOUT_MS, delayAfter, retryAfter, waitForResult } from '../../../../../static_site/js/progress/poll.js';
import { pageError } from '../../../../../static_site/js/shared/errors.js';

const ID = '0'.repeat(32);
const NOW = Date.parse('2030-01-01T00:00:00Z');

/**
 * A server that gives these answers one after the other, the last one for ever, and a clock that only sleeping moves.
 *
 * @param {(string | null | Error)[]} answers statuses, null for "not modified", or what is thrown
 */
function server(answers, header = '1') {
  const seen = {
    delays: /** @type {number[]} */ ([]),
    stages: /** @type {string[]} */ ([]),
    named: /** @type {string[]} */ ([]),
    etags: /** @type {(string | null | undefined)[]} */ ([]),
  };
  let time = NOW;
  const left = [...answers];
  const dependencies = {
    getResult: async (/** @type {AbortSignal} */ _, /** @type {string} */ id, /** @type {any} */ etag) => {
      seen.etags.push(etag);
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof Error) throw next;
      const result = next && /** @type {any} */ ({ id, status: next });
      return { result: result || null, etag: `"${next ?? 'same'}"`, retryAfter: header };
    },
    sleep: async (/** @type {AbortSignal} */ _, /** @type {number} */ milliseconds) => {
      seen.delays.push(milliseconds);
      time += milliseconds;
    },
    now: () => time,
  };
  const listeners = {
    onStage: (/** @type {string} */ stage) => void seen.stages.push(stage),
    onNamed: (/** @type {any} */ result) => void seen.named.push(result.status),
  };
  /** @param {number} milliseconds that pass while the first request is under way */
  function sleepDuringRequest(milliseconds) {
    const { getResult } = dependencies;
    dependencies.getResult = async (...request) => {
      const answer = await getResult(...request);
      time += milliseconds;
      dependencies.getResult = getResult;
      return answer;
    };
  }
  return { sleepDuringRequest, wait: () => waitForResult(new AbortController().signal, ID, dependencies, listeners), seen };
}

test('Retry-After is understood as seconds and as a date', () => {
  assert.equal(retryAfter('2', NOW), 2000);
  assert.equal(retryAfter('Tue, 01 Jan 2030 00:00:03 GMT', NOW), 3000);
  assert.equal(retryAfter('Mon, 31 Dec 2029 00:00:00 GMT', NOW), 0);
  assert.equal(retryAfter(null, NOW), 0);
  assert.equal(retryAfter('soon', NOW), 0);
});

test('it asks often at first, then at growing intervals that respect Retry-After', () => {
  assert.ok([0, 300, 2000, 4999].every((waited) => delayAfter(waited, 1000) <= 300));
  assert.ok([300, 800, 1500, 2000].every((waited) => delayAfter(waited, 1000) <= 120));
  const delays = [5000, 10_000, 30_000, 60_000, 200_000].map((waited) => delayAfter(waited, 1000));
  assert.deepEqual(delays, [...delays].sort((a, b) => a - b));
  assert.deepEqual([delays[0], delays[4]], [1000, 5000]);
  assert.equal(delayAfter(10_000, 9000), 9000);
});

test('it waits through the stages to the end and reports the name once', async () => {
  const { wait, seen } = server(['waiting', 'processing', 'named', 'named', null, 'done']);
  assert.equal((await wait()).status, 'done');
  assert.deepEqual(seen.stages, ['waiting', 'processing']);
  assert.deepEqual(seen.named, ['named']);
});

test('an unchanged answer need not be sent again, and keeps the stage', async () => {
  const { wait, seen } = server(['processing', null, 'done']);
  await wait();
  assert.deepEqual(seen.etags, [null, '"processing"', '"same"']);
  assert.deepEqual(seen.stages, ['processing', 'processing']);
});

test('a failed result ends the waiting as well', async () => {
  assert.equal((await server(['failed']).wait()).status, 'failed');
});

test('a connection that comes back is tolerated, one that stays away is not', async () => {
  const short = server([pageError('network'), pageError('server'), 'done']);
  assert.equal((await short.wait()).status, 'done');
  const long = server([pageError('network')]);
  await assert.rejects(long.wait(), { reason: 'network' });
  assert.ok(long.seen.delays.reduce((sum, delay) => sum + delay) >= 5000, 'long enough for a network to come back');
});

test('an unknown id ends the waiting at once', async () => {
  const { wait, seen } = server([pageError('not-found')]);
  await assert.rejects(wait(), { reason: 'not-found' });
  assert.deepEqual(seen.delays, []);
});

test('an answer from before the phone slept does not end the waiting', async () => {
  const asleep = server(['processing', 'done']);
  asleep.sleepDuringRequest(2 * TIMEOUT_MS);
  assert.equal((await asleep.wait()).status, 'done');
});

test('waiting has an end, and may be continued', async () => {
  const { wait, seen } = server(['waiting']);
  await assert.rejects(wait(), { reason: 'slow', retry: true });
  assert.ok(seen.delays.reduce((sum, delay) => sum + delay) > TIMEOUT_MS);
});
