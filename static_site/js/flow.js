/** The way from a photo to its result. Knows no document: views, network and address are passed in. */

import { createFaces } from './faces.js';
import { errorFromResult, toPageError } from './shared/errors.js';

/** @typedef {import('./shared/errors.js').PageError} PageError */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Sample} Sample */
/** @typedef {import('./shared/types.js').Stage} Stage */

/** @param {import('./flow-types.js').Dependencies} dependencies */
export function createFlow(dependencies) {
  const { views } = dependencies;
  let controller = new AbortController();
  /** @type {{photo: Photo, ids: Set<string>} | null} the photo kept on this device, and its results */
  let held = null;
  /** @type {(() => void) | null} continues what was interrupted */
  let resume = null;
  const faces = createFaces({ upload, wait: dependencies.wait, onChange: (known) => views.faces(known) });

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
    faces.clear();
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
   * @param {Result} result
   * @param {Photo | null} photo
   * @param {Sample} [sample]
   */
  function show(result, photo, sample) {
    views.result(result, photo, sample);
    if (photo) faces.add(result);
  }

  /**
   * @param {AbortSignal} signal
   * @param {Photo} photo
   * @param {number} face
   * @param {(sent: number) => void} onProgress fraction
   * @returns {Promise<string>} the id
   */
  async function upload(signal, { file, type }, face, onProgress) {
    const ticket = await dependencies.createUpload(signal, { content_type: type, size: file.size, face });
    await dependencies.send(signal, ticket.upload, file, onProgress);
    signal.throwIfAborted();
    held?.ids.add(ticket.id);
    return ticket.id;
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @param {Stage | null} stage to show; null while a result is shown already
   * @param {number} face
   */
  async function follow(signal, id, stage, face) {
    const photo = photoOf(id);
    if (!dependencies.online() && (await showKept(signal, id))) return;
    if (stage) views.progress(stage, { photo });
    const result = await waitFor(signal, id, photo);
    signal.throwIfAborted();
    if (!result) return;
    if (result.status === 'done' || !result.error) {
      show(result, photo);
      return;
    }
    const error = errorFromResult(result.error);
    views.error(error, photo, photo && error.retry ? () => explain(photo, face) : null);
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @returns {Promise<boolean>} whether this device has a copy of the result
   */
  async function showKept(signal, id) {
    const copy = await dependencies.kept(id);
    if (!copy || signal.aborted) return false;
    resume = () => open(id);
    views.kept(copy);
    return true;
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
          show(result, photo);
        },
      });
    } catch (thrown) {
      const error = toPageError(thrown, dependencies.online());
      if (signal.aborted || !error.retry) throw thrown;
      if (!named) {
        if (await showKept(signal, id)) return null;
        throw thrown;
      }
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
      id = await upload(signal, photo, face, (sent) => views.sent(sent, photo.file.size));
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

  /** @param {string} slug */
  function openSample(slug) {
    const task = async (/** @type {AbortSignal} */ signal) => {
      const { sample, result, file } = await dependencies.openSample(signal, slug);
      signal.throwIfAborted();
      hold({ file, type: file.type, url: dependencies.preview(file) });
      held?.ids.add(result.id);
      show(result, photoOf(result.id), sample);
    };
    return attempt(task, () => openSample(slug), () => null);
  }

  function home(notice = '') {
    begin();
    dependencies.go(null);
    views.start(notice);
  }

  return {
    open,
    openSample,
    home,
    /** Explain a new photo. @param {Blob} chosen */
    accept(chosen) {
      const task = async (/** @type {AbortSignal} */ signal) => {
        hold(null);
        dependencies.go(null);
        views.progress('preparing', { photo: null });
        const { file, type } = await dependencies.prepare(signal, chosen);
        hold({ file, type, url: dependencies.preview(file) });
        if (held) await explain(held.photo, 0);
      };
      return attempt(task, () => home(), () => null);
    },
    /** Show another face of the photo at hand, and have it explained first where that is new. @param {number} face */
    async anotherFace(face) {
      if (!held) return;
      const known = faces.resultOf(face);
      if (!known) {
        await explain(held.photo, face);
        return;
      }
      dependencies.go(known.id);
      if (known.status !== 'done') await open(known.id);
      else {
        begin();
        show(known, held.photo);
      }
    },
    /** Explain several faces of the photo at hand, one after the other. @param {number[]} indices */
    async allFaces(indices) {
      if (held) await faces.explain(held.photo, indices);
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
