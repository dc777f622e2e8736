/** The visitor's choices, kept in this browser. A browser that keeps nothing works as well. */

/** What could not be stored. @type {Map<string, string>} */
const unstored = new Map();

/**
 * @param {string} name
 * @returns {string | null} null where nothing is kept
 */
export function readSetting(name) {
  try {
    return unstored.get(name) ?? localStorage.getItem(`brain.${name}`);
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
    unstored.delete(name);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
    unstored.set(name, value);
  }
}
