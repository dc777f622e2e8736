/** What happens from photo to result. Knows no document: views, network and address are handed in. */

import { toPageError, errorFromResult } from './shared/errors.js';

/** @typedef {import('./shared/errors.js').PageError} PageError */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Ticket} Ticket */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./progress/progress-view.js').Stage} Stage */

/**
 * @typedef {object} Views
 * @property {(notice?: string) => void} start
 * @property {(stage: Stage, facts: {photo: Photo | null, waited?: number}) => void} progress
 * @property {(sent: number, size: number) => void} sent fraction and bytes
 * @property {(result: Result, photo: Photo | null) => void} result
 * @property {(failure: PageError, photo: Photo | null, retry: (() => void) | null) => void} problem
 *
 * @callback CreateUpload
 * @param {AbortSignal} signal
 * @param {{content_type: string, size: number, face: number}} photo
 * @returns {Promise<Ticket>}
 *
 * @callback Send
 * @param {AbortSignal} signal
 * @param {Ticket['upload']} upload
 * @param {Blob} file
 * @param {(sent: number) => void} onProgress fraction
 * @returns {Promise<void>}
 *
 * @callback Wait
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {(stage: Stage, waited: number) => void} onStage waited in milliseconds
 * @returns {Promise<Result>}
 *
 * @typedef {object} Parts
 * @property {Views} views
 * @property {(signal: AbortSignal, file: Blob) => Promise<string>} check gives the content type
 * @property {CreateUpload} createUpload
 * @property {Send} send
 * @property {Wait} wait
 * @property {(signal: AbortSignal, id: string) => Promise<void>} remove
 * @property {(id: string | null) => void} go puts the id into the address
 * @property {() => boolean} online
 * @property {(file: Blob) => string} preview makes an object URL
 * @property {(url: string) => void} release revokes it
 */

/** @param {Parts} parts */
export function createFlow(parts) {
  const { views } = parts;
  let controller = new AbortController();
  /** @type {{photo: Photo, ids: Set<string>} | null} the one photo kept on this device, and its results */
  let held = null;
  /** @type {(() => void) | null} what to do when the connection is back */
  let resume = null;

  function begin() {
    controller.abort();
    controller = new AbortController();
    resume = null;
    return controller.signal;
  }

  /** @param {Photo | null} photo */
  function hold(photo) {
    if (held) parts.release(held.photo.url);
    held = photo && { photo, ids: new Set() };
  }

  /** @param {string} id */
  const photoOf = (id) => (held?.ids.has(id) ? held.photo : null);

  /**
   * @param {(signal: AbortSignal) => Promise<void>} task
   * @param {() => void} again
   * @param {() => Photo | null} photo
   */
  async function attempt(task, again, photo) {
    const signal = begin();
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) return;
      const failure = toPageError(error, parts.online());
      if (failure.reason === 'offline') resume = again;
      views.problem(failure, photo(), failure.retry ? again : null);
    }
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @param {Stage} stage
   * @param {number} face
   */
  async function follow(signal, id, stage, face) {
    const photo = photoOf(id);
    views.progress(stage, { photo });
    const result = await parts.wait(signal, id, (now, waited) => views.progress(now, { photo, waited }));
    signal.throwIfAborted();
    if (result.status === 'done' || !result.error) return views.result(result, photo);
    const failure = errorFromResult(result.error);
    views.problem(failure, photo, photo && failure.retry ? () => explain(photo, face) : null);
  }

  /**
   * @param {Photo} photo
   * @param {number} face
   */
  function explain(photo, face) {
    /** @type {string | null} */
    let id = null;
    const task = async (/** @type {AbortSignal} */ signal) => {
      views.progress('sending', { photo });
      const { file, type } = photo;
      const ticket = await parts.createUpload(signal, { content_type: type, size: file.size, face });
      await parts.send(signal, ticket.upload, file, (sent) => views.sent(sent, file.size));
      signal.throwIfAborted();
      id = ticket.id;
      held?.ids.add(id);
      parts.go(id);
      await follow(signal, id, 'waiting', face);
    };
    // Once the photo has arrived, trying again dependencies waiting on, not sending it twice.
    return attempt(task, () => (id ? open(id) : explain(photo, face)), () => photo);
  }

  /** @param {string} id */
  function open(id) {
    return attempt((signal) => follow(signal, id, 'opening', 0), () => open(id), () => photoOf(id));
  }

  function home(notice = '') {
    begin();
    parts.go(null);
    views.start(notice);
  }

  return {
    open,
    home,
    /** Explain a new photo. @param {Blob} file */
    accept(file) {
      const task = async (/** @type {AbortSignal} */ signal) => {
        hold(null);
        parts.go(null);
        const type = await parts.check(signal, file);
        hold({ file, type, url: parts.preview(file) });
        if (held) await explain(held.photo, 0);
      };
      return attempt(task, () => home(), () => null);
    },
    /** Explain another face of the photo at hand. @param {number} face */
    anotherFace(face) {
      return held ? explain(held.photo, face) : undefined;
    },
    /** Go on with what a lost connection interrupted. */
    reconnected() {
      resume?.();
    },
    /**
     * Delete a photo with its result, for good.
     *
     * @param {string} id
     * @throws {import('./shared/errors.js').PageError} it may still be there
     */
    async remove(id) {
      const signal = begin();
      try {
        await parts.remove(signal, id);
      } catch (error) {
        if (signal.aborted) return;
        const failure = toPageError(error, parts.online());
        if (failure.reason !== 'not-found') throw failure;
      }
      hold(null);
      home('Your photo and its result are deleted.');
    },
  };
}
