/** The faces of the photo at hand: which of them are explained, and explaining the others in the background. */

/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').FaceState} FaceState */
/** @typedef {import('./shared/types.js').Faces} Faces */

/**
 * @param {object} dependencies
 * @param {(signal: AbortSignal, photo: Photo, face: number, onProgress: () => void) => Promise<string>}
 *   dependencies.upload gives the id
 * @param {import('./flow-types.js').Wait} dependencies.wait
 * @param {(faces: Faces) => void} dependencies.onChange
 */
export function createFaces({ upload, wait, onChange }) {
  let controller = new AbortController();
  /** @type {Map<number, FaceState>} */
  const faces = new Map();

  /**
   * @param {number} index
   * @param {FaceState} state
   */
  function set(index, state) {
    faces.set(index, state);
    onChange(faces);
  }

  /**
   * @param {AbortSignal} signal
   * @param {Photo} photo
   * @param {number} index
   */
  async function resultFor(signal, photo, index) {
    const id = await upload(signal, photo, index, () => undefined);
    return wait(signal, id, { onStage: () => undefined, onNamed: () => undefined });
  }

  /**
   * @param {AbortSignal} signal
   * @param {Photo} photo
   * @param {number} index
   */
  async function explainOne(signal, photo, index) {
    set(index, { status: 'running', result: null });
    const result = await resultFor(signal, photo, index).catch(() => null);
    if (signal.aborted) return;
    if (result?.status === 'done') set(index, { status: 'done', result });
    // The visitor may have had it explained meanwhile.
    else if (!faces.get(index)?.result) set(index, { status: 'failed', result: null });
  }

  return {
    /** Forget the faces: another photo is at hand. */
    clear() {
      controller.abort();
      controller = new AbortController();
      faces.clear();
    },
    /** @param {Result} result of one of the faces */
    add(result) {
      if (result.face) set(result.face.index, { status: 'done', result });
    },
    /** @param {number} index @returns {Result | null} null where the face is not explained yet */
    resultOf(index) {
      return faces.get(index)?.result ?? null;
    },
    /**
     * Explain faces one after the other; one that fails does not stop the others.
     *
     * @param {Photo} photo
     * @param {number[]} indices
     */
    async explain(photo, indices) {
      const { signal } = controller;
      for (const index of indices) {
        const known = faces.get(index);
        if (signal.aborted) return;
        if (!known || known.status === 'failed') await explainOne(signal, photo, index);
      }
    },
  };
}
