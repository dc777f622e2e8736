/** A timer that a signal can end. */

/** For a timer that nothing ends. */
export const NEVER = new AbortController().signal;

/**
 * @param {AbortSignal} signal
 * @param {number} milliseconds
 * @returns {Promise<void>} rejects with the signal's reason when aborted
 */
export function sleep(signal, milliseconds) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
