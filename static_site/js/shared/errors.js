/**
 * Whatever can go wrong, in words a person can use. Every failure that reaches the page is a PageError.
 */

export class PageError extends Error {
  /**
   * @param {object} facts
   * @param {string} facts.title what happened, a few words
   * @param {string} facts.hint what to do next
   * @param {string} facts.reason stable slug
   * @param {boolean} [facts.retry] whether the same thing may work when tried again
   * @param {number | null} [facts.code] the explainer's error code, 1 to 6
   * @param {string} [facts.detail] the original message, for those who want it
   */
  constructor({ title, hint, reason, retry = false, code = null, detail = '' }) {
    super(title);
    this.title = title;
    this.hint = hint;
    this.reason = reason;
    this.retry = retry;
    this.code = code;
    this.detail = detail;
  }
}

/** @type {Record<string, {title: string, hint: string, retry?: boolean}>} */
const KNOWN = {
  offline: {
    title: 'You are offline',
    hint: 'Nothing is lost. As soon as the connection is back, this goes on by itself.',
    retry: true,
  },
  network: {
    title: 'The connection broke off',
    hint: 'Your photo is still here. Check the connection, then try again.',
    retry: true,
  },
  timeout: {
    title: 'No answer so far',
    hint: 'The connection is very slow just now. Your photo is still here: try again in a moment.',
    retry: true,
  },
  slow: {
    title: 'This takes unusually long',
    hint: 'Your photo is still in the queue. Keep waiting, or come back to this address later.',
    retry: true,
  },
  busy: {
    title: 'Very busy just now',
    hint: 'Too many photos came in at once. Wait a moment, then try again.',
    retry: true,
  },
  server: {
    title: 'Something broke on our side',
    hint: 'It is not your photo. Try again in a minute.',
    retry: true,
  },
  'upload-refused': {
    title: 'The photo did not get through',
    hint: 'The permission to send it has run out or was refused. Try again.',
    retry: true,
  },
  'not-found': {
    title: 'There is nothing at this address',
    hint: 'The result was deleted, has run out after 30 days, or the link is not complete.',
  },
  empty: {
    title: 'This file is empty',
    hint: 'It has no content at all. Choose the photo again, or another one.',
  },
  'too-large': {
    title: 'This photo is too large',
    hint: 'Make it smaller, or take a screenshot of it and use that.',
  },
  'unsupported-type': {
    title: 'This is not a photo that can be read',
    hint: 'Use a JPEG, PNG or WebP photo. A screenshot of the picture works too.',
  },
  'unreadable-file': {
    title: 'The file could not be opened',
    hint: 'It may have been moved, or it lies in a cloud folder. Copy it to this device and choose it again.',
  },
  unexpected: {
    title: 'Something unexpected happened',
    hint: 'Try again. If it happens again, reload the page.',
    retry: true,
  },
};

/**
 * @param {string} reason a slug; an unknown one gives `unexpected`
 * @param {{hint?: string, detail?: string}} [facts] a better hint, or the original message
 */
export function pageError(reason, facts = {}) {
  const known = KNOWN[reason] ?? KNOWN.unexpected;
  return new PageError({ ...known, reason, hint: facts.hint || known.hint, detail: facts.detail });
}

/** @type {Record<number, string>} */
const TITLES = {
  1: 'This file could not be read as a photo',
  3: 'No face found in this photo',
};

/**
 * The error of a result that failed. A photo at fault (codes 1 and 3) stays at fault however often it is
 * tried; the other codes are ours.
 *
 * @param {import('./types.js').StoredError} error
 */
export function errorFromResult(error) {
  return new PageError({
    title: TITLES[error.code] ?? KNOWN.server.title,
    hint: error.hint || KNOWN.server.hint,
    reason: error.reason,
    retry: !(error.code in TITLES),
    code: error.code,
    detail: error.message,
  });
}

/**
 * The error of a response that is not a success.
 *
 * @param {number} status HTTP status
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
  if (error instanceof PageError) return error.reason === 'network' && !online ? pageError('offline') : error;
  return pageError('unexpected', { detail: error instanceof Error ? error.message : String(error) });
}
