/** Dividing work into tasks, so that taps are answered and frames are shown in between. */

/** @returns {Promise<void>} when the browser has had its turn */
export function nextTask() {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * Put off the first drawing, so that it does not hold up the text around it.
 *
 * @returns {(draw: () => void) => void} draws in a task of its own at first, at once later on
 */
export function putOffFirst() {
  /** @type {(() => void) | null} */
  let latest = null;
  let first = true;
  return (draw) => {
    if (!first) {
      draw();
      return;
    }
    if (!latest) {
      nextTask().then(() => {
        first = false;
        latest?.();
      });
    }
    latest = draw;
  };
}
