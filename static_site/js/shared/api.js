/** The page's own API, one function each. */

import { pageError, errorFromResponse } from './errors.js';

/** @typedef {import('./types.js').Result} Result */

const TIMEOUT = 20_000;

/**
 * @param {AbortSignal} signal
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} an answer in the 200s
 * @throws {import('./errors.js').PageError}
 */
async function request(signal, path, options = {}) {
  const answer = await reach(signal, path, options);
  if (answer.ok) return answer;
  throw errorFromResponse(answer.status, await answer.json().catch(() => ({})));
}

/**
 * @param {AbortSignal} signal
 * @param {string} path
 * @param {RequestInit} options
 */
async function reach(signal, path, options) {
  const limit = AbortSignal.timeout(TIMEOUT);
  try {
    return await fetch(path, { ...options, signal: AbortSignal.any([signal, limit]), cache: 'no-store' });
  } catch (error) {
    signal.throwIfAborted();
    throw pageError(limit.aborted ? 'timeout' : 'network', { detail: String(error) });
  }
}

/**
 * @template T
 * @param {Response} answer
 * @returns {Promise<T>}
 */
async function body(answer) {
  try {
    return await answer.json();
  } catch (error) {
    throw pageError('server', { detail: String(error) });
  }
}

/**
 * Ask for a place to send a photo to.
 *
 * @param {AbortSignal} signal
 * @param {{content_type: string, size: number, face: number}} photo size in bytes
 * @returns {Promise<import('./types.js').Ticket>}
 */
export async function createUpload(signal, photo) {
  const headers = { 'Content-Type': 'application/json' };
  return body(await request(signal, '/api/uploads', { method: 'POST', headers, body: JSON.stringify(photo) }));
}

/**
 * @param {AbortSignal} signal
 * @param {string} id
 * @returns {Promise<{result: Result, retryAfter: string | null}>}
 */
export async function getResult(signal, id) {
  const answer = await request(signal, resultPath(id));
  return { result: await body(answer), retryAfter: answer.headers.get('Retry-After') };
}

/**
 * @param {AbortSignal} signal
 * @param {string} id
 * @returns {Promise<void>}
 */
export async function deleteResult(signal, id) {
  await request(signal, resultPath(id), { method: 'DELETE' });
}

/**
 * @param {AbortSignal} signal
 * @param {string} query part of a name; empty for everybody
 * @param {number} limit at most so many
 * @returns {Promise<{total: number, matches: number, identities: {label: number, name: string}[]}>}
 */
export async function searchIdentities(signal, query, limit) {
  const search = new URLSearchParams({ q: query, limit: String(limit) });
  return body(await request(signal, `/api/identities?${search}`));
}

/** @param {string} id */
export function resultPath(id) {
  return `/api/results/${id}`;
}
