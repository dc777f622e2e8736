/** The way from two photos to their comparison. A photo is compared with a result, so the other photo is explained first. */

import { PAIR } from './held-photo.js';
import { errorFromResult } from './shared/errors.js';

/** @typedef {import('./held-photo.js').Held} Held */
/** @typedef {import('./shared/types.js').Photo} Photo */

/**
 * @typedef {object} Steps
 * @property {import('./flow-types.js').Views} views
 * @property {import('./flow-types.js').Dependencies['prepare']} prepare
 * @property {import('./flow-types.js').Wait} wait
 * @property {ReturnType<typeof import('./held-photo.js').createHeldPhoto>['hold']} hold
 * @property {(signal: AbortSignal, photo: Photo, face: number) => Promise<string>} send the photo that is held; gives
 *   the id
 * @property {(photo: Photo, face: number) => Promise<void>} explain the photo that is held
 * @property {(
 *   task: (signal: AbortSignal) => Promise<void>,
 *   again: () => void,
 *   about: () => {photo: Photo | null, partner: string | null},
 * ) => Promise<void>} attempt
 */

/** @param {Steps} steps */
export function createPairFlow({ views, prepare, wait, hold, send, explain, attempt }) {
  /**
   * @param {AbortSignal} signal
   * @param {Held} held
   * @returns {Promise<string>} the id of its result, once the name is known
   * @throws {import('./shared/errors.js').PageError} it could not be explained
   */
  async function nameOf(signal, { photo, part }) {
    const id = await send(signal, photo, 0);
    views.progress('waiting', { photo, part });
    const named = new AbortController();
    const listeners = {
      onNamed: () => named.abort(),
      /** @type {import('./flow-types.js').Listeners['onStage']} */
      onStage: (stage, waited) => views.progress(stage, { photo, waited, part }),
    };
    const result = await wait(AbortSignal.any([signal, named.signal]), id, listeners).catch((thrown) => {
      if (!named.signal.aborted) throw thrown;
      return null;
    });
    signal.throwIfAborted();
    if (result?.status === 'failed' && result.error) throw errorFromResult(result.error);
    return id;
  }

  /**
   * Compare two photos.
   *
   * @param {Blob} chosen
   * @param {Blob} other
   */
  return function comparePhotos(chosen, other) {
    /** @type {Held | null} */
    let first = null;
    const task = async (/** @type {AbortSignal} */ signal) => {
      views.progress('preparing', { photo: null, part: 1 });
      const [before, after] = [await prepare(signal, other), await prepare(signal, chosen)];
      first = hold(before, { partner: PAIR, part: 1 });
      const partner = first && (await nameOf(signal, first));
      const second = hold(after, { partner, part: 2 });
      if (second) await explain(second.photo, 0);
    };
    return attempt(task, () => comparePhotos(chosen, other), () => ({ photo: first?.photo ?? null, partner: PAIR }));
  };
}
