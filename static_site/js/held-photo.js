/** The photo that is still on this device, and sending it. */

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

const NOTHING = { photo: null, partner: null };

/**
 * @param {Pick<import('./flow-types.js').Dependencies, 'createUpload' | 'send' | 'load' | 'preview' | 'release'>} dependencies
 * @param {() => void} onChange another photo is held, or none any more
 */
export function createHeldPhoto({ createUpload, send, load, preview, release }, onChange) {
  /** @type {Held | null} */
  let held = null;

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
      const file = photo.file ?? (await load(photo.url));
      const partner = held?.partner && held.partner !== PAIR ? { compare_with: held.partner } : {};
      const ticket = await createUpload(signal, { content_type: photo.type, size: file.size, face, ...partner });
      await send(signal, ticket.upload, file, (sent) => onProgress(sent, file.size));
      signal.throwIfAborted();
      held?.ids.add(ticket.id);
      return ticket.id;
    },
  };
}
