/** Loading what is needed only sometimes, when it is needed first. */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {{(): Promise<T>, loaded: () => Promise<T> | null}} loads once; after a failure, the next call tries again.
 *   `loaded` gives what was asked for before
 */
export function once(load) {
  /** @type {Promise<T> | null} */
  let loading = null;
  const get = () => {
    loading ??= load().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  return Object.assign(get, { loaded: () => loading });
}
