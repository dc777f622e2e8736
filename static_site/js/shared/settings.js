/** The visitor's choices, kept in this browser. A browser that keeps nothing works as well. */

/**
 * @param {string} name
 * @returns {string | null} null where nothing is kept
 */
export function readSetting(name) {
  try {
    return localStorage.getItem(`brain.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function writeSetting(name, value) {
  try {
    localStorage.setItem(`brain.${name}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
