/** Waiting for a result: patient, polite to the server, forgiving to the connection. */

import { PageError, pageError } from '../shared/errors.js';

const FIRST_DELAY = 500;
const LONGEST_DELAY = 5000;
const GROWTH = 1.3;
const FAILURES_FORGIVEN = 4;

/** How long to keep asking before the person is asked whether to go on, milliseconds. */
export const TIMEOUT = 5 * 60 * 1000;

/**
 * @param {string | null} header seconds, or an HTTP date
 * @param {number} now milliseconds since 1970
 * @returns {number} milliseconds; 0 when absent or meaningless
 */
export function retryAfter(header, now) {
  if (!header) return 0;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Math.max(0, wait) || 0;
}

/**
 * @param {number} attempt 0 for the first pause
 * @param {number} asked what the server asked for, milliseconds: never less than that
 * @returns {number} milliseconds
 */
export function pause(attempt, asked) {
  return Math.max(asked, Math.min(LONGEST_DELAY, FIRST_DELAY * GROWTH ** attempt));
}

/**
 * @param {AbortSignal} signal
 * @param {number} milliseconds
 * @returns {Promise<void>} rejects with the signal's reason when aborted
 */
export function sleep(signal, milliseconds) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * @typedef {{result: import('../shared/types.js').Result, retryAfter: string | null}} Answer
 *
 * @typedef {object} Dependencies what waiting needs from outside
 * @property {(signal: AbortSignal, id: string) => Promise<Answer>} getResult
 * @property {(signal: AbortSignal, milliseconds: number) => Promise<void>} sleep
 * @property {() => number} now milliseconds since 1970
 * @property {(status: import('../shared/types.js').Status, waited: number) => void} onStatus waited in milliseconds
 */

/**
 * Ask until the result is final.
 *
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {Dependencies} dependencies
 * @returns {Promise<import('../shared/types.js').Result>} status done or failed
 * @throws {PageError} unknown id, several failures in a row, or longer than TIMEOUT
 */
export async function waitForResult(signal, id, dependencies) {
  const start = dependencies.now();
  let failures = 0;
  for (let attempt = 0; ; attempt += 1) {
    let asked = 0;
    try {
      const answer = await dependencies.getResult(signal, id);
      failures = 0;
      if (isFinal(answer.result)) return answer.result;
      asked = retryAfter(answer.retryAfter, dependencies.now());
      dependencies.onStatus(answer.result.status, dependencies.now() - start);
    } catch (error) {
      failures += 1;
      signal.throwIfAborted();
      if (!(error instanceof PageError && error.retry) || failures > FAILURES_FORGIVEN) throw error;
    }
    if (dependencies.now() - start > TIMEOUT) throw pageError('slow');
    await dependencies.sleep(signal, pause(attempt, asked));
  }
}

/** @param {import('../shared/types.js').Result} result */
function isFinal(result) {
  return result.status === 'done' || result.status === 'failed';
}
