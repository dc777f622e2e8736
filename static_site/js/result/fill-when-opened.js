/** Disclosures whose content is made when they are opened. */

/**
 * @param {HTMLDetailsElement} details
 * @param {() => Promise<void>} fill
 * @param {(error: unknown) => void} onError what it takes could not be loaded; the disclosure is closed again
 * @returns {() => Promise<void>} fills it once more, if it is open
 */
export function fillWhenOpened(details, fill, onError) {
  async function refill() {
    if (!details.open) return;
    try {
      await fill();
    } catch (error) {
      details.open = false;
      onError(error);
    }
  }
  details.addEventListener('toggle', refill);
  return refill;
}
