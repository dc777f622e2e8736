/** Dividing work into tasks, so that taps are answered and frames are shown in between. */

/** @returns {Promise<void>} when the browser has had its turn */
export function nextTask() {
  return new Promise((resolve) => setTimeout(resolve));
}

/** @returns {Promise<void>} when what is there has been drawn; nothing is drawn while nobody sees the page */
export async function nextFrame() {
  if (!document.hidden) await new Promise(requestAnimationFrame);
  await nextTask();
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

/**
 * Do what can wait, step by step and in order.
 *
 * @param {() => Promise<void>} [pause] before each step
 */
export function createQueue(pause = nextFrame) {
  /** @type {(() => void)[]} */
  let left = [];

  function finish() {
    for (const step of left.splice(0)) step();
  }

  return {
    /** Do at once whatever is left. */
    finish,
    /** @param {(() => void)[]} steps to be done after those that are left, which are done at once */
    async add(steps) {
      finish();
      const own = [...steps];
      left = own;
      while (own.length) {
        await pause();
        own.shift()?.();
      }
    },
  };
}
