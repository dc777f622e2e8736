/** The photo that is still on this device, and sending it. */

import { PageError } from './shared/errors.js';

/** @typedef {import('./shared/types.js').Photo} Photo */

/**
 * @typedef {object} Held
 * @property {Photo} photo
 * @property {Set<string>} ids of its results
 * @property {string | null} partner id of the result that it is compared with, or PAIR
 * @property {1 | 2} [part] which of two photos it is
 */

/** Stands for the partner of a photo while both photos are still to be chosen. */
export const PAIR = 'pair';

/** Pauses before an upload that broke off begins again, with an id of its own: what did arrive is not replaced. */
const PAUSES_MS = [1000, 3000];

const NOTHING = { photo: null, partner: null };

/**
 * @param {Pick<import('./flow-types.js').Dependencies,
 *   'createUpload' | 'send' | 'load' | 'preview' | 'release' | 'online' | 'pause'>} dependencies
 * @param {object} events
 * @param {() => void} events.onChange another photo is held, or none any more
 * @param {() => void} events.onResend an upload broke off and begins again
 */
export function createHeldPhoto({ createUpload, send, load, preview, release, online, pause }, { onChange, onResend }) {
  /** @type {Held | null} */
  let held = null;

  /**
   * @param {AbortSignal} signal
   * @param {import('./shared/types.js').Upload} asked
   * @param {Blob} file
   * @param {(sent: number) => void} onProgress fraction
   * @returns {Promise<string>} the id
   */
  async function sendOnce(signal, asked, file, onProgress) {
    const ticket = await createUpload(signal, asked);
    await send(signal, ticket.upload, file, onProgress);
    return ticket.id;
  }

  /** @type {typeof sendOnce} once more, and again, where the server ended the connection */
  async function sendPatiently(signal, asked, file, onProgress) {
    for (const milliseconds of PAUSES_MS) {
      try {
        return await sendOnce(signal, asked, file, onProgress);
      } catch (error) {
        const passing = error instanceof PageError && error.reason === 'interrupted';
        if (!passing || !online()) throw error;
      }
      onResend();
      await pause(signal, milliseconds);
    }
    return sendOnce(signal, asked, file, onProgress);
  }

  return {
    get current() {
      return held;
    },
    /**
     * @param {{file: Blob, type: string} | Photo | null} next a sample photo brings its URL
     * @param {{partner: string | null, part?: 1 | 2}} [role]
     */
    hold(next, role = { partner: null }) {
      if (held) release(held.photo.url);
      onChange();
      held = next && { photo: 'url' in next ? next : { ...next, url: preview(next.file) }, ids: new Set(), ...role };
      return held;
    },
    /**
     * @param {string} id
     * @returns {{photo: Photo | null, partner: string | null, part?: 1 | 2}} what is held, if the result is of it
     */
    about(id) {
      return held?.ids.has(id) ? held : NOTHING;
    },
    /**
     * @param {AbortSignal} signal
     * @param {Photo} photo
     * @param {number} face
     * @param {(sent: number, size: number) => void} onProgress fraction and bytes
     * @returns {Promise<string>} the id
     */
    async upload(signal, photo, face, onProgress) {
      const file = photo.file ?? (await load(signal, photo.url));
      const partner = held?.partner && held.partner !== PAIR ? { compare_with: held.partner } : {};
      const asked = { content_type: photo.type, size: file.size, face, ...partner };
      const id = await sendPatiently(signal, asked, file, (sent) => onProgress(sent, file.size));
      signal.throwIfAborted();
      held?.ids.add(id);
      return id;
    },
  };
}
