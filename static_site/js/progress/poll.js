/** Waiting for a result: quick at first, then patient; tolerant of a connection that comes and goes. */

import { PageError, pageError } from '../shared/errors.js';

/** How long to wait after so many milliseconds: no name is there at once, and most are there within a second. */
const EAGER = [
  { until: 100, delay: 250 },
  { until: 1000, delay: 80 },
  { until: 2500, delay: 120 },
  { until: 5000, delay: 250 },
];
const LONGEST_DELAY_MS = 5000;
const FAILURES_TOLERATED = 4;

/** How long to wait before the visitor is asked whether to go on. */
export const TIMEOUT_MS = 5 * 60 * 1000;

/**
 * @param {string | null} header seconds, or an HTTP date
 * @param {number} now milliseconds since 1970
 * @returns {number} milliseconds; 0 when absent or meaningless
 */
export function retryAfter(header, now) {
  if (!header) return 0;
  const seconds = Number(header);
  const delay = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Math.max(0, delay) || 0;
}

/**
 * @param {number} waited milliseconds so far
 * @param {number} asked the server's Retry-After, milliseconds: the least delay once the eager time is over
 * @returns {number} milliseconds until the next request
 */
export function delayAfter(waited, asked) {
  const eager = EAGER.find(({ until }) => waited < until);
  if (eager) return eager.delay;
  return Math.max(asked, Math.min(LONGEST_DELAY_MS, waited / 8));
}

/**
 * @typedef {object} Dependencies
 * @property {typeof import('../shared/api.js').getResult} getResult
 * @property {typeof import('../shared/sleep.js').sleep} sleep
 * @property {() => number} now milliseconds since 1970
 *
 * @typedef {object} Listeners
 * @property {(stage: 'waiting' | 'processing', waited: number) => void} onStage waited in milliseconds
 * @property {(result: import('../shared/types.js').Result) => void} onNamed the name is known, the checks still run
 */

/**
 * Ask until the result is final.
 *
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {Dependencies} dependencies
 * @param {Listeners} listeners
 * @returns {Promise<import('../shared/types.js').Result>} status done or failed
 * @throws {PageError} unknown id, several failures in a row, or longer than TIMEOUT_MS
 */
export async function waitForResult(signal, id, { getResult, sleep, now }, { onStage, onNamed }) {
  const start = now();
  let failures = 0;
  /** @type {string | null} */
  let etag = null;
  /** @type {import('../shared/types.js').Status | null} */
  let status = null;
  for (;;) {
    let asked = 0;
    // A phone that slept meanwhile asks once more.
    const late = now() - start > TIMEOUT_MS;
    try {
      const answer = await getResult(signal, id, etag);
      failures = 0;
      etag = answer.etag;
      asked = retryAfter(answer.retryAfter, now());
      const { result } = answer;
      if (result?.status === 'done' || result?.status === 'failed') return result;
      if (result?.status === 'named' && status !== 'named') onNamed(result);
      status = result?.status ?? status;
      if (status === 'waiting' || status === 'processing') onStage(status, now() - start);
    } catch (error) {
      failures += 1;
      signal.throwIfAborted();
      if (!(error instanceof PageError && error.retry) || failures > FAILURES_TOLERATED) throw error;
    }
    if (late) throw pageError('slow');
    await sleep(signal, failures ? 1000 * failures : delayAfter(now() - start, asked));
  }
}
