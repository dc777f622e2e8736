/** The way from a photo to its result. Knows no document: views, network and address are passed in. */

import { createFaces } from './faces.js';
import { createHeldPhoto } from './held-photo.js';
import { errorFromResult, pageError, toPageError } from './shared/errors.js';

/** @typedef {import('./shared/errors.js').PageError} PageError */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Sample} Sample */
/** @typedef {import('./shared/types.js').Stage} Stage */

/** @param {import('./flow-types.js').Dependencies} dependencies */
export function createFlow(dependencies) {
  const { views } = dependencies;
  let controller = new AbortController();
  const held = createHeldPhoto(dependencies, { onChange: () => faces.clear(), onResend: () => views.resent() });
  const { hold } = held;
  /** @type {(() => void) | null} continues what was interrupted */
  let resume = null;
  /** @type {string | null} id of the result that is being deleted */
  let removing = null;
  const faces = createFaces({ upload: held.upload, wait: dependencies.wait, onChange: (known) => views.faces(known) });

  function begin() {
    controller.abort();
    controller = new AbortController();
    resume = null;
    return controller.signal;
  }

  /**
   * @param {(signal: AbortSignal) => Promise<void>} task
   * @param {() => void} again
   * @param {() => {photo: Photo | null, partner: string | null}} about
   */
  async function attempt(task, again, about) {
    const signal = begin();
    try {
      await task(signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toPageError(thrown, dependencies.online());
      if (error.reason === 'offline') resume = again;
      views.error(error, about().photo, error.retry ? again : null, about().partner);
    }
  }

  /** @param {Result} result @param {Photo | null} photo @param {Sample} [sample] */
  function show(result, photo, sample) {
    views.result(result, photo, sample);
    if (photo) faces.add(result);
  }

  /**
   * @param {AbortSignal} signal
   * @param {string} id
   * @param {Stage | null} stage to show; null while a result is shown already
   * @param {number} face
   */
  async function follow(signal, id, stage, face) {
    const { photo, partner, part } = held.about(id);
    if (!dependencies.online() && (await showKept(signal, id))) return;
    signal.throwIfAborted();
    if (stage) views.progress(stage, { photo, part });
    const result = await waitFor(signal, id, !stage);
    signal.throwIfAborted();
    if (!result) return;
    if (result.status === 'done' || !result.error) {
      show(result, photo);
      return;
    }
    const error = errorFromResult(result.error);
    views.error(error, photo, photo && error.retry ? () => explain(photo, face) : null, partner);
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
   * @param {boolean} named whether the result is shown already
   * @returns {Promise<Result | null>} null where only the name is known, and the rest has to be asked for again
   */
  async function waitFor(signal, id, named) {
    const { photo, partner, part } = held.about(id);
    try {
      return await dependencies.wait(signal, id, {
        onStage: (stage, waited) => views.progress(stage, { photo, waited, part }),
        onNamed(result) {
          // Two photos are compared after both have their names; the name alone is not what was asked for.
          named = !partner;
          if (named) show(result, photo);
          else views.progress('comparing', { photo, part });
        },
      });
    } catch (thrown) {
      const error = toPageError(thrown, dependencies.online());
      if (removing === id && error.reason === 'not-found') return null;
      if (signal.aborted || !error.retry) throw thrown;
      if (!named) {
        if (await showKept(signal, id)) return null;
        throw thrown;
      }
      // What is shown stays: only the checks are missing.
      resume = () => attempt((next) => follow(next, id, null, 0), () => open(id), () => held.about(id));
      views.interrupted(error);
      return null;
    }
  }

  /** @param {Photo} photo @param {number} face */
  function explain(photo, face) {
    /** @type {string | null} */
    let id = null;
    const task = async (/** @type {AbortSignal} */ signal) => {
      id = await sendHeld(signal, photo, face);
      await follow(signal, id, 'waiting', face);
    };
    // Once the photo has arrived, trying again means waiting on, not uploading it twice.
    return attempt(task, () => (id ? open(id) : explain(photo, face)), () => ({ photo, partner: held.current?.partner ?? null }));
  }

  /**
   * @param {AbortSignal} signal
   * @param {Photo} photo that is held
   * @param {number} face
   * @returns {Promise<string>} the id, which the address has now
   */
  async function sendHeld(signal, photo, face) {
    views.progress('sending', { photo, part: held.current?.part });
    const id = await held.upload(signal, photo, face, views.sent);
    dependencies.go(id);
    return id;
  }

  /** @param {string} id */
  function open(id) {
    return attempt((signal) => follow(signal, id, 'opening', 0), () => open(id), () => held.about(id));
  }

  /** @param {string} slug */
  function openSample(slug) {
    const task = async (/** @type {AbortSignal} */ signal) => {
      views.progress('opening', { photo: null });
      const { sample, result, url } = await dependencies.openSample(signal, slug);
      signal.throwIfAborted();
      hold({ file: null, type: 'image/jpeg', url })?.ids.add(result.id);
      show(result, held.about(result.id).photo, sample);
    };
    return attempt(task, () => openSample(slug), () => ({ photo: null, partner: null }));
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
    /** Choose two photos. */
    pair() {
      begin();
      views.pair();
    },
    /**
     * Explain a new photo.
     *
     * @param {Blob} chosen
     * @param {string | null} [partner] id of the result that it is compared with
     */
    accept(chosen, partner = null) {
      const task = async (/** @type {AbortSignal} */ signal) => {
        hold(null);
        // Until it is uploaded, the address leads back to what the photo is compared with.
        if (!partner) dependencies.go(null);
        views.progress('preparing', { photo: null });
        const next = hold(await dependencies.prepare(signal, chosen), { partner });
        if (next) await explain(next.photo, 0);
      };
      return attempt(task, () => home(), () => ({ photo: null, partner }));
    },
    /** Compare two photos. @param {Blob} photo @param {Blob} other */
    async comparePhotos(photo, other) {
      const { createPairFlow } = await import('./pair-flow.js');
      await createPairFlow({ ...dependencies, attempt, hold, send: sendHeld, explain })(photo, other);
    },
    /** Show another face of the photo at hand, and have it explained first where that is new. @param {number} face */
    async anotherFace(face) {
      const photo = held.current?.photo;
      if (!photo) return;
      const known = faces.resultOf(face);
      if (!known) {
        await explain(photo, face);
        return;
      }
      dependencies.go(known.id);
      if (known.status !== 'done') await open(known.id);
      else {
        begin();
        show(known, photo);
      }
    },
    /** Explain several faces of the photo at hand, one after the other. @param {number[]} indices */
    async allFaces(indices) {
      if (held.current) await faces.explain(held.current.photo, indices);
    },
    /** Continue what a lost connection interrupted. */
    resume() {
      resume?.();
    },
    /** There is nothing at the address. */
    missing() {
      begin();
      views.error(pageError('not-found'), null, null);
    },
    /**
     * Delete a photo with its result, whatever the visitor does meanwhile.
     *
     * @param {string} id
     * @throws {PageError} it may still be there
     */
    async remove(id) {
      removing = id;
      try {
        await dependencies.remove(id);
      } catch (thrown) {
        const error = toPageError(thrown, dependencies.online());
        if (error.reason !== 'not-found') throw error;
      } finally {
        removing = null;
      }
      if (held.current?.ids.has(id)) hold(null);
    },
  };
}
