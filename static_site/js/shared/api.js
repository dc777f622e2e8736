/** The HTTP API of docs/contracts.md, one function for each request. */

import { errorFromResponse, pageError } from './errors.js';

/** @typedef {import('./types.js').Result} Result */

const TIMEOUT_MS = 20_000;
const NOT_MODIFIED = 304;

/** @type {Map<string, Promise<Answer>>} answers by id that nobody has waited for yet */
const ahead = new Map();

/**
 * @param {AbortSignal} signal
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a success, or 304 to a conditional request
 * @throws {import('./errors.js').PageError}
 */
async function request(signal, path, options = {}) {
  const response = await send(signal, path, options);
  if (response.ok || response.status === NOT_MODIFIED) return response;
  throw errorFromResponse(response.status, await response.json().catch(() => ({})));
}

/**
 * @param {AbortSignal} signal
 * @param {string} path
 * @param {RequestInit} options
 */
async function send(signal, path, options) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(path, { ...options, signal: AbortSignal.any([signal, timeout]), cache: 'no-store' });
  } catch (error) {
    signal.throwIfAborted();
    throw pageError(timeout.aborted ? 'timeout' : 'network', { detail: String(error) });
  }
}

/**
 * @template T
 * @param {Response} response
 * @returns {Promise<T>}
 * @throws {import('./errors.js').PageError} it is not JSON
 */
async function json(response) {
  try {
    return await response.json();
  } catch (error) {
    throw pageError('server', { detail: String(error) });
  }
}

/**
 * Ask for a form with which a photo may be uploaded.
 *
 * @param {AbortSignal} signal
 * @param {import('./types.js').Upload} photo
 * @returns {Promise<import('./types.js').Ticket>}
 */
export async function createUpload(signal, photo) {
  const headers = { 'Content-Type': 'application/json' };
  const options = { method: 'POST', headers, body: JSON.stringify(photo) };
  const response = await request(signal, '/api/uploads', options).catch((error) => {
    // All that can be missing here is the result that the photo is to be compared with.
    throw error.reason === 'not-found' ? pageError('other-unknown') : error;
  });
  return json(response);
}

/**
 * @typedef {object} Answer
 * @property {Result | null} result null where nothing has changed since the given ETag
 * @property {string | null} etag
 * @property {string | null} retryAfter
 */

/**
 * Ask for a result before anybody waits for it.
 *
 * @param {string} id
 * @returns {Promise<Answer>} what the next `getResult` gives
 */
export function askAhead(id) {
  const answer = getResult(AbortSignal.timeout(TIMEOUT_MS), id);
  ahead.set(id, answer);
  answer.catch(() => ahead.delete(id));
  return answer;
}

/**
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {string | null} [etag] of the answer that is at hand
 * @returns {Promise<Answer>}
 */
export async function getResult(signal, id, etag = null) {
  const asked = ahead.get(id);
  if (asked) {
    ahead.delete(id);
    const answer = await asked;
    signal.throwIfAborted();
    return answer;
  }
  const response = await request(signal, resultPath(id), etag ? { headers: { 'If-None-Match': etag } } : {});
  const { headers, status } = response;
  const result = status === NOT_MODIFIED ? null : await json(response);
  return { result, etag: headers.get('ETag') ?? etag, retryAfter: headers.get('Retry-After') };
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
 * @param {{q: string, limit: number, source: string}} search q: part of a name, empty for everybody; source: `embedded`,
 *   `own` or `both`
 * @returns {Promise<{
 *   total: number,
 *   matches: number,
 *   identities: {label: number, name: string, source?: import('./types.js').Source}[],
 * }>}
 */
export async function searchIdentities(signal, search) {
  const query = new URLSearchParams({ ...search, limit: String(search.limit) });
  return json(await request(signal, `/api/identities?${query}`));
}

/** @param {string} id */
export function resultPath(id) {
  return `/api/results/${id}`;
}
