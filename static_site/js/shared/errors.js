/** Everything that can go wrong, with what to do about it. Every failure that reaches a view is a PageError. */

import { texts } from './texts.js';

/** Reasons that may pass when the same thing is tried again. */
const PASSING = new Set(['offline', 'network', 'interrupted', 'timeout', 'slow', 'busy', 'server', 'upload-refused', 'unexpected']);

/** Reasons that a browser without a connection gives as well. */
const LOST = ['network', 'interrupted'];

/** Codes of stored errors that are the photo's fault: trying again cannot help. */
const PHOTO_AT_FAULT = new Set([1, 3]);

export class PageError extends Error {
  /**
   * @param {object} facts
   * @param {string} facts.reason stable slug
   * @param {string} [facts.hint] what to do, where the server or the caller knows better than the table of texts
   * @param {number | null} [facts.code] the explainer's error code, 1 to 6
   * @param {string} [facts.detail] the original message
   */
  constructor({ reason, hint = '', code = null, detail = '' }) {
    super(detail || reason);
    this.reason = reason;
    this.code = code;
    this.detail = detail;
    this.ownHint = hint;
  }

  get #words() {
    if (this.code === null) return texts.errors[this.reason] ?? texts.errors.unexpected;
    if (!PHOTO_AT_FAULT.has(this.code)) return texts.errors.server;
    const fallback = this.code === 1 ? '1 damaged' : '3 no-face';
    return texts.photoErrors[`${this.code} ${this.reason}`] ?? [texts.photoErrors[fallback][0], this.ownHint];
  }

  /** What happened, in a few words. */
  get title() {
    return this.#words[0];
  }

  /** What to do next. */
  get hint() {
    return (this.code === null && this.ownHint) || this.#words[1];
  }

  /** Whether the photo that another one was to be compared with is the obstacle, not the other one. */
  get otherAtFault() {
    return this.reason.startsWith('other-') || this.reason === 'not-comparable';
  }

  /** Whether the same thing may work when it is tried again. */
  get retry() {
    return this.code === null ? PASSING.has(this.reason) : !PHOTO_AT_FAULT.has(this.code);
  }
}

/**
 * @param {string} reason a key of `texts.errors`; an unknown one reads as `unexpected`
 * @param {{hint?: string, detail?: string}} [facts] a better hint, the original message
 */
export function pageError(reason, facts = {}) {
  return new PageError({ ...facts, reason: reason in texts.errors || facts.hint ? reason : 'unexpected' });
}

/** @param {import('./types.js').StoredError} error of a failed result */
export function errorFromResult({ code, reason, hint, message }) {
  return new PageError({ code, reason, hint, detail: message });
}

/**
 * @param {number} status HTTP status of a response that is not a success
 * @param {{reason?: string, hint?: string, detail?: string}} problem the RFC 9457 document, or {}
 */
export function errorFromResponse(status, problem) {
  const facts = { hint: problem.hint, detail: problem.detail };
  if (status === 404) return pageError('not-found');
  if (status === 429) return pageError('busy', facts);
  if (status >= 500) return pageError('server', facts);
  return pageError(problem.reason ?? 'unexpected', facts);
}

/**
 * @param {unknown} error anything thrown
 * @param {boolean} online what the browser says about the connection
 * @returns {PageError}
 */
export function toPageError(error, online) {
  if (error instanceof PageError) return LOST.includes(error.reason) && !online ? pageError('offline') : error;
  return pageError('unexpected', { detail: error instanceof Error ? error.message : String(error) });
}
