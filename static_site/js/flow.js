/** The way from a photo to its result. Knows no document: views, network and address are passed in. */

import { errorFromResult, toPageError } from './shared/errors.js';

/** @typedef {import('./shared/errors.js').PageError} PageError */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Ticket} Ticket */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Stage} Stage */

/**
 * @typedef {object} Views
 * @property {(notice?: string) => void} start
 * @property {(stage: Stage, facts: {photo: Photo | null, waited?: number}) => void} progress
 * @property {(sent: number, size: number) => void} sent fraction and bytes
 * @property {(result: Result, photo: Photo | null) => void} result named first, then done
 * @property {(error: PageError) => void} interrupted the checks of the result that is shown; `resume` goes on
 * @property {(error: PageError, photo: Photo | null, retry: (() => void) | null) => void} error
 *
 * @typedef {object} Listeners
 * @property {(stage: Stage, waited: number) => void} onStage waited in milliseconds
 * @property {(result: Result) => void} onNamed
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
 * @param {Listeners} listeners
 * @returns {Promise<Result>}
 *
 * @typedef {object} Dependencies
 * @property {Views} views
 * @property {(signal: AbortSignal, file: Blob) => Promise<{file: Blob, type: string}>} prepare checks a file and gives
 *   what is to be uploaded
 * @property {CreateUpload} createUpload
 * @property {Send} send
 * @property {Wait} wait
 * @property {(signal: AbortSignal, id: string) => Promise<void>} remove
 * @property {(id: string | null) => void} go puts the id into the address
 * @property {() => boolean} online
 * @property {(file: Blob) => string} preview makes an object URL
 * @property {(url: string) => void} release revokes it
 */

/** @param {Dependencies} dependencies */
export function createFlow(dependencies) {
  const { views } = dependencies;
  let controller = new AbortController();
  /** @type {{photo: Photo, ids: Set<string>} | null} the photo kept on this device, and its results */
  let held = null;
  /** @type {(() => void) | null} continues what was interrupted */
  let resume = null;

  function begin() {
    controller.abort();
    controller = new AbortController();
    resume = null;
    return controller.signal;
  }

  /** @param {Photo | null} photo */
  function hold(photo) {
    if (held) dependencies.release(held.photo.url);
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
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toPageError(thrown, dependencies.online());
      if (error.reason === 'offline') resume = again;
      views.error(error, photo(), error.retry ? again : null);
    }
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @param {Stage | null} stage to show; null while a result is shown already
   * @param {number} face
   */
  async function follow(signal, id, stage, face) {
    const photo = photoOf(id);
    if (stage) views.progress(stage, { photo });
    const result = await waitFor(signal, id, photo);
    signal.throwIfAborted();
    if (!result) return;
    if (result.status === 'done' || !result.error) {
      views.result(result, photo);
      return;
    }
    const error = errorFromResult(result.error);
    views.error(error, photo, photo && error.retry ? () => explain(photo, face) : null);
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @param {Photo | null} photo
   * @returns {Promise<Result | null>} null where only the name is known, and the rest has to be asked for again
   */
  async function waitFor(signal, id, photo) {
    let named = false;
    try {
      return await dependencies.wait(signal, id, {
        onStage: (stage, waited) => views.progress(stage, { photo, waited }),
        onNamed(result) {
          named = true;
          views.result(result, photo);
        },
      });
    } catch (thrown) {
      const error = toPageError(thrown, dependencies.online());
      if (signal.aborted || !named || !error.retry) throw thrown;
      // What is shown stays: only the checks are missing.
      resume = () => attempt((next) => follow(next, id, null, 0), () => open(id), () => photo);
      views.interrupted(error);
      return null;
    }
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
      const ticket = await dependencies.createUpload(signal, { content_type: type, size: file.size, face });
      await dependencies.send(signal, ticket.upload, file, (sent) => views.sent(sent, file.size));
      signal.throwIfAborted();
      id = ticket.id;
      held?.ids.add(id);
      dependencies.go(id);
      await follow(signal, id, 'waiting', face);
    };
    // Once the photo has arrived, trying again means waiting on, not uploading it twice.
    return attempt(task, () => (id ? open(id) : explain(photo, face)), () => photo);
  }

  /** @param {string} id */
  function open(id) {
    return attempt((signal) => follow(signal, id, 'opening', 0), () => open(id), () => photoOf(id));
  }

  function home(notice = '') {
    begin();
    dependencies.go(null);
    views.start(notice);
  }

  return {
    open,
    home,
    /** Explain a new photo. @param {Blob} chosen */
    accept(chosen) {
      const task = async (/** @type {AbortSignal} */ signal) => {
        hold(null);
        dependencies.go(null);
        const { file, type } = await dependencies.prepare(signal, chosen);
        hold({ file, type, url: dependencies.preview(file) });
        if (held) await explain(held.photo, 0);
      };
      return attempt(task, () => home(), () => null);
    },
    /** Explain another face of the photo at hand. @param {number} face */
    anotherFace(face) {
      return held ? explain(held.photo, face) : undefined;
    },
    /** Continue what a lost connection interrupted. */
    resume() {
      resume?.();
    },
    /**
     * Delete a photo with its result.
     *
     * @param {string} id
     * @returns {Promise<boolean>} whether it is gone; false when something else was begun meanwhile
     * @throws {PageError} it may still be there
     */
    async remove(id) {
      const signal = begin();
      try {
        await dependencies.remove(signal, id);
      } catch (thrown) {
        if (signal.aborted) return false;
        const error = toPageError(thrown, dependencies.online());
        if (error.reason !== 'not-found') throw error;
      }
      hold(null);
      return true;
    },
  };
}
