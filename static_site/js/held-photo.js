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
 * @param {Pick<import('./flow-types.js').Dependencies, 'createUpload' | 'send' | 'preview' | 'release'>} dependencies
 * @param {() => void} onChange another photo is held, or none any more
 */
export function createHeldPhoto({ createUpload, send, preview, release }, onChange) {
  /** @type {Held | null} */
  let held = null;

  return {
    get current() {
      return held;
    },
    /**
     * @param {{file: Blob, type: string} | null} next
     * @param {{partner: string | null, part?: 1 | 2}} [role]
     */
    hold(next, role = { partner: null }) {
      if (held) release(held.photo.url);
      onChange();
      held = next && { photo: { ...next, url: preview(next.file) }, ids: new Set(), ...role };
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
     * @param {(sent: number) => void} onProgress fraction
     * @returns {Promise<string>} the id
     */
    async upload(signal, { file, type }, face, onProgress) {
      const partner = held?.partner && held.partner !== PAIR ? { compare_with: held.partner } : {};
      const ticket = await createUpload(signal, { content_type: type, size: file.size, face, ...partner });
      await send(signal, ticket.upload, file, onProgress);
      signal.throwIfAborted();
      held?.ids.add(ticket.id);
      return ticket.id;
    },
  };
}
